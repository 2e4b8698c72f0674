"""Contested signs: the table is complete, effects are counted as they say, and a run gives every row."""

import numpy as np
import pytest

from countervail.ensemble.outcomes import find
from countervail.errors import UserError
from countervail.evidence import load
from countervail.scenario import list_scenarios
from countervail.strategy.contested import contested, decider, effect_row, questions, signs

DRAWS = 128


@pytest.mark.parametrize("q", questions(), ids=lambda q: q["id"])
def test_a_question_names_an_outcome_scenarios_and_sources_for_both_signs(q):
    find(q["outcome"], q["region"])
    known = {row.id if hasattr(row, "id") else row["id"] for row in list_scenarios()}
    assert {q["change"][0], q["base"][0]} <= known
    assert q["change"] != q["base"]
    ev = load()
    for side in ("higher", "lower"):
        assert q[side].endswith((".", ")")) and q[f"{side}_sources"]
        for key in q[f"{side}_sources"]:
            assert key in ev.sources or key in ev.measures, key


def test_the_questions_of_the_design_are_there():
    ids = {q["id"] for q in questions()}
    assert len(ids) == len(questions()) >= 9
    outcomes = {q["outcome"] for q in questions()}
    assert {"Supply|Packages", "R&D|Huawei", "R&D|NVIDIA", "AI|Frontier lag"} <= outcomes


def test_effects_are_counted_by_sign_and_tiny_ones_are_none():
    base = np.array([1.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    change = np.array([1.5, 0.5, 1.0005, 1.0, 0.0, 2.0])
    assert signs(change, base).tolist() == [1, -1, 0, 0, 0, 1]
    row = effect_row(change, base)
    assert (row["positive"], row["negative"], row["no_change"]) == pytest.approx((2 / 6, 1 / 6, 3 / 6))


def test_the_decider_is_the_parameter_the_effect_was_made_from():
    draw = np.random.default_rng(2)
    parameters = draw.random((5, 500))
    effect = parameters[3] - 0.5 + 0.05 * draw.standard_normal(500)
    found = decider(effect, np.sign(effect), parameters, "abcde")
    assert (found["decides"], found["decides_sign"]) == ("d", "d")
    assert found["correlation"] > 0.9
    assert found["positive_low"] < 0.1 < 0.9 < found["positive_high"]


def test_no_parameter_is_named_where_none_decides():
    draw = np.random.default_rng(3)
    effect = draw.standard_normal(500)
    found = decider(effect, np.sign(effect), draw.random((5, 500)), "abcde")
    assert found["decides"] is None and found["positive_low"] is None and abs(found["correlation"]) < 0.2


def test_a_run_gives_shares_that_add_up_and_the_same_rows_again():
    ids = ["relaxed-exports-packages", "relaxed-exports-us-compute"]
    rows = contested(DRAWS, ids=ids)
    assert [r["id"] for r in rows] == ids
    for r in rows:
        assert r["positive"] + r["negative"] + r["no_change"] == pytest.approx(1)
        assert r["p5"] <= r["median"] <= r["p95"]
        assert r["no_change"] < 1, "the change moves nothing"
    assert contested(DRAWS, ids=ids) == rows


def test_an_unknown_question_is_refused_before_any_run():
    with pytest.raises(UserError, match="relaxd"):
        contested(DRAWS, ids=["relaxd-exports-packages"])


def test_more_draws_than_a_run_holds_are_refused():
    with pytest.raises(UserError, match="draws is 30000"):
        contested(30_000)
