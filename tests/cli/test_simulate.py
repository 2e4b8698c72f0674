"""`countervail run` and `compare`, on the command line and in Python."""

import json

import numpy as np
import pytest

import countervail as cv
from countervail import api

SMALL = ["--draws", "64", "--until", "2027Q4"]
ROW = {"variable", "region", "unit", "period", "p5", "p25", "p50", "p75", "p95", "mean"}


@pytest.fixture(scope="module")
def result():
    return cv.run("status-quo", draws=64, until="2027Q4")


def test_run_gives_the_json_of_the_contract(cli):
    ran = cli("run", "status-quo", *SMALL, "--json")
    assert ran.code == 0 and ran.err == ""
    found = json.loads(ran.out)
    head = {k: found[k] for k in ("scenario", "version", "draws", "seed", "until", "as_of")}
    assert head == {
        "scenario": "status-quo",
        "version": cv.__version__,
        "draws": 64,
        "seed": 0,
        "until": "2027Q4",
        "as_of": None,
    }
    assert all(set(row) == ROW for row in found["outcomes"])
    periods = {row["period"] for row in found["outcomes"]}
    assert {"2026", "2026Q4"} <= periods
    for row in found["outcomes"]:
        assert row["p5"] <= row["p50"] <= row["p95"]


def test_all_periods_hold_more_than_the_default(cli):
    default = json.loads(cli("run", "status-quo", *SMALL, "--json").out)["outcomes"]
    every = json.loads(cli("run", "status-quo", *SMALL, "--json", "--periods", "all").out)["outcomes"]
    assert len(every) > 2 * len(default)


def test_command_line_and_python_give_the_same_figures(cli, result):
    found = json.loads(cli("run", "status-quo", *SMALL, "--json").out)
    assert found == json.loads(json.dumps(api.document(result)))


def test_run_prints_ranges_and_who_leads(cli):
    ran = cli("run", "status-quo", *SMALL)
    assert ran.code == 0
    for words in (
        "China's installed compute",
        " to ",
        "H100e",
        "2027",
        "percent of draws",
        "64 draws, seed 0",
    ):
        assert words in ran.out


def test_a_lever_moves_the_result(result):
    moved = cv.run("status-quo", draws=64, until="2027Q4", set={"us_export_fee": 0.0})
    fee = [r.annual("Fee|Revenue", "US")[1][-1].mean() for r in (result, moved)]
    assert fee[0] > 0
    assert fee[1] < fee[0]


def test_a_parameter_can_be_fixed(cli):
    ran = cli("run", "status-quo", *SMALL, "--set", "fabrication.learning_rate=0.3", "--json")
    assert ran.code == 0
    fixed = json.loads(ran.out)["outcomes"]
    free = json.loads(cli("run", "status-quo", *SMALL, "--json").out)["outcomes"]
    assert fixed != free


def test_compare_pairs_the_draws(cli):
    ran = cli("compare", "status-quo", "full-denial", *SMALL, "--json")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert found["base"] == "status-quo"
    assert [s["scenario"] for s in found["scenarios"]] == ["status-quo", "full-denial"]
    assert all(set(row) == {*ROW, "scenario", "base"} for row in found["differences"])
    before = [
        row for row in found["differences"] if row["period"] < "2022Q4" and row["variable"] == "Compute|Stock"
    ]
    assert before and all(row["p5"] == row["p95"] == 0 for row in before), "history is the same in both"


def test_differences_are_taken_draw_by_draw():
    base, other = cv.compare("status-quo", "full-denial", draws=64, until="2027Q4")
    rows = api.differences(base, other)
    row = next(
        r for r in rows if (r["variable"], r["region"], r["period"]) == ("Compute|Stock", "CN", "2027")
    )
    change = other.annual("Compute|Stock", "CN")[1][-1] - base.annual("Compute|Stock", "CN")[1][-1]
    assert np.isclose(row["mean"], change.mean(), rtol=1e-5)
    assert np.isclose(row["p50"], np.median(change), rtol=1e-5)


@pytest.mark.parametrize("columns", ["70", "200"])
def test_compare_prints_values_and_differences_at_any_width(cli, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    ran = cli("compare", "status-quo", "full-denial", *SMALL)
    assert ran.code == 0
    assert "no change" in ran.out or "+" in ran.out
    assert max(map(len, ran.out.splitlines())) <= int(columns)
    assert "…" not in ran.out


@pytest.mark.parametrize("command", ["run", "compare"])
def test_help_has_an_example(cli, command):
    ran = cli(command, "--help")
    assert ran.code == 0
    assert f"Example: countervail {command}" in ran.out
