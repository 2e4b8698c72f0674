"""`countervail evidence` on the command line."""

import json

import pytest

TABLES = {"accelerators", "measures", "history", "sources", "priors", "alliances", "timeline"}


def test_list_gives_every_table_of_the_contract_with_ids(cli):
    ran = cli("evidence", "list", "--json")
    assert ran.code == 0 and ran.err == ""
    tables = json.loads(ran.out)
    assert set(tables) >= TABLES
    for name in TABLES:
        assert tables[name], name
        assert all(row["id"] for row in tables[name])


def test_list_of_one_table_shows_its_rows(cli):
    ran = cli("evidence", "list", "accelerators")
    assert ran.code == 0
    assert "nvidia-h200-sxm" in ran.out and "15,8" in ran.out


def test_as_of_hides_what_was_not_known(cli):
    now = json.loads(cli("evidence", "list", "measures", "--json").out)["measures"]
    then = json.loads(cli("evidence", "list", "measures", "--json", "--as-of", "2022-12-31").out)["measures"]
    assert 0 < len(then) < len(now)
    assert max(row["known_since"] for row in then) <= "2022-12-31"


def test_show_writes_the_sources_out(cli):
    ran = cli("evidence", "show", "H200", "--json")
    row = json.loads(ran.out)
    assert row["id"] == "nvidia-h200-sxm"
    assert row["memory_bandwidth_gb_s"] == 4800
    assert all(s["title"] for s in row["sources"])
    assert "nvidia-h200-sxm" in cli("evidence", "show", "H200").out


def test_validate_passes_on_the_shipped_evidence(cli):
    ran = cli("evidence", "validate", "--json")
    found = json.loads(ran.out)
    assert ran.code == 0
    assert found["errors"] == 0


def test_a_broken_row_of_the_user_is_refused_with_its_line(cli, tmp_path):
    mine = tmp_path / "history.csv"
    mine.write_text(
        "series_id,period,actor,value,unit,source_url,source_title,published,confidence\n"
        "nvidia_revenue_total,2025Q1,NVIDIA,1,furlongs,https://example.org/a,A,2025-05-01,high\n",
        encoding="utf-8",
    )
    ran = cli("evidence", "validate", "--data", str(tmp_path))
    assert ran.code == 2
    assert "history.csv" in ran.err and "2" in ran.err and "furlongs" in ran.err


def test_export_writes_a_package(cli, tmp_path):
    ran = cli("evidence", "export", "--out", str(tmp_path / "package"))
    assert ran.code == 0
    package = json.loads((tmp_path / "package" / "datapackage.json").read_text(encoding="utf-8"))
    assert {r["name"] for r in package["resources"]} >= TABLES


@pytest.mark.parametrize("command", ["list", "show", "validate", "export"])
def test_help_has_an_example(cli, command):
    ran = cli("evidence", command, "--help")
    assert ran.code == 0
    assert f"Example: countervail evidence {command}" in ran.out
