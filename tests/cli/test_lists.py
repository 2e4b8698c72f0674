"""`countervail scenarios`, `levers`, `outcomes`, `claims` and `sources` on the command line."""

import json

import pytest

import countervail as cv


@pytest.mark.parametrize(
    ("command", "key"), [("scenarios", "id"), ("levers", "id"), ("outcomes", "variable")]
)
def test_a_list_has_the_same_rows_as_text_and_as_json(cli, command, key):
    rows = json.loads(cli(command, "--json").out)[command]
    assert rows
    text = cli(command).out
    for row in rows:
        assert row[key] in text


def test_the_shipped_scenarios_are_there(cli):
    ids = {row["id"] for row in json.loads(cli("scenarios", "--json").out)["scenarios"]}
    assert {"status-quo", "current-law", "article", "full-denial", "self-reliance", "no-controls"} <= ids


def test_a_lever_says_its_side_unit_and_range(cli):
    rows = {row["id"]: row for row in json.loads(cli("levers", "--json").out)["levers"]}
    fee = rows["us_export_fee"]
    assert (fee["side"], fee["min"], fee["unit"]) == ("US", 0, "share of price")


def test_claims_are_judged_by_what_was_known(cli):
    ran = cli("claims", "article-2025-12", "--as-of", "2025-12-31", "--json")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert found["as_of"] == "2025-12-31"
    verdicts = {c["id"]: c["verdict"] for c in found["claims"]}
    assert set(verdicts.values()) <= {"supported", "contradicted", "unsupported", "undecidable"}
    assert verdicts["article-nearly-double-us"] == "contradicted"
    assert "contradicted" in cli("claims", "article-2025-12", "--as-of", "2025-12-31").out


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "out"
    cv.run("status-quo", draws=64, until="2027Q4", out=folder)
    return folder


def test_a_run_leaves_the_files_of_the_contract(written):
    names = {p.name for p in written.iterdir()}
    assert {"outcomes.csv", "outcomes.xlsx", "report.html", "run.json", "result.nc"} <= names
    assert not [n for n in names if n.startswith(".")]


def test_sources_of_a_run_are_listed(cli, written):
    ran = cli("sources", str(written), "--json")
    assert ran.code == 0
    rows = json.loads(ran.out)["rests_on"]
    assert {row["kind"] for row in rows} == {"measure", "chip", "prior", "source"}
    assert "us-2026-01-h200-rule" in cli("sources", str(written)).out


def test_sources_known_by_a_day_are_fewer(written):
    now, then = cv.sources(written), cv.sources(written, as_of="2023-12-31")
    assert 0 < len(then) < len(now)


@pytest.mark.parametrize(
    "command", ["scenarios", "levers", "outcomes", "claims", "sources", "backtest", "calibrate"]
)
def test_help_has_an_example(cli, command):
    ran = cli(command, "--help")
    assert ran.code == 0
    assert f"Example: countervail {command}" in ran.out


@pytest.mark.slow
def test_backtest_gives_the_json_of_the_contract(cli):
    ran = cli("backtest", "--draws", "128", "--json")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert set(found) >= {"cutoff", "series", "overall", "points"}
    row = found["series"][0]
    assert set(row) >= {"series_id", "actor", "n", "coverage50", "coverage90", "crps", "crps_naive", "skill"}
    point = found["points"][0]
    assert set(point) >= {
        "series_id",
        "actor",
        "period",
        "observed",
        "p5",
        "p25",
        "p50",
        "p75",
        "p95",
        "fitted",
    }


def test_a_backtest_with_a_bad_cutoff_is_refused(cli):
    ran = cli("backtest", "--cutoff", "2031Q1")
    assert ran.code == 2
    assert "2024Q4" in ran.err
    assert cli("backtest", "--cutoff", "2024Q4", "--as-of", "2024-12-31").code == 2
