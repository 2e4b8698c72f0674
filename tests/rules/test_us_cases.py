"""Worked cases and boundary cases: each is judged on the facts it states."""

from pathlib import Path
from typing import Any

import pytest

from countervail.errors import UserError
from countervail.files import read_yaml
from countervail.rules import OUTCOMES, run_cases
from countervail.rules.cases import run_case
from countervail.rules.regime import Regime

FOLDER = Path(__file__).parent / "cases"
CASES = [(f, c) for f in ("us.yaml", "boundaries.yaml") for c in read_yaml(FOLDER / f)["cases"]]


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{c['id']}" for _, c in CASES])
def test_case(file: str, case: dict[str, Any]) -> None:
    result = run_case(case, file, Regime.load())
    assert result.passed, (result.misses, result.outcome.measure, result.outcome.clause)


def test_every_outcome_word_occurs_in_a_case() -> None:
    found = {case["expected"]["outcome"] for _, case in CASES}
    assert found == set(OUTCOMES) - {"undetermined"}


def test_a_file_without_meta_and_sources_runs() -> None:
    only = {"cases": [CASES[0][1]]}
    assert [r.passed for r in run_cases(only)] == [True]


def test_a_wrong_expectation_is_a_miss() -> None:
    case = {**CASES[0][1], "expected": {"outcome": "licence_required_case_by_case"}}
    (result,) = run_cases({"cases": [case]})
    assert not result.passed
    assert "expected licence_required_case_by_case" in result.misses[0]


def test_wrong_amounts_are_misses() -> None:
    case = next(c for _, c in CASES if c["id"] == "us-s55")
    wrong = {**case, "expected": {**case["expected"], "section_232_duty": 0.1, "classification": "3A090.b"}}
    (result,) = run_cases({"cases": [wrong]})
    assert len(result.misses) == 2


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "no list of cases"),
        ({"cases": ["x"]}, "not a mapping"),
        ({"cases": [{"date": "2024-01-01", "transaction": {}}]}, "no destination"),
        ({"cases": [{"transaction": {"destination": "CN"}}]}, "no date"),
        (
            {
                "cases": [
                    {
                        "date": "2024-01-01",
                        "transaction": {"destination": "CN"},
                        "expected": {"outcome": "yes"},
                    }
                ]
            },
            "no outcome word",
        ),
        (
            {
                "cases": [
                    {"date": "2024-01-01", "chip": {"tpp": "fast"}, "transaction": {"destination": "CN"}}
                ]
            },
            "tpp",
        ),
    ],
)
def test_bad_files_say_what_is_wrong(data: Any, says: str) -> None:
    with pytest.raises(UserError, match=says):
        run_cases(data)
