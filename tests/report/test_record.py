"""A run can be made again and traced to its sources."""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import pytest

from countervail.ensemble import Result
from countervail.errors import UserError
from countervail.evidence import load
from countervail.report import sources
from countervail.report.record import record


@pytest.fixture(scope="module")
def data(written: dict[str, Path]) -> dict:
    return json.loads(written["run.json"].read_text(encoding="utf-8"))


def test_it_holds_versions_inputs_and_hashes(data: dict, several: list[Result]):
    import platform

    assert data["packages"]["jax"] == version("jax")
    assert data["packages"]["numpy"] == version("numpy")
    assert data["python"] == platform.python_version()
    assert (data["draws"], data["seed"], data["until"]) == (64, 0, "2028Q4")
    assert {"evidence", "rules", "parameters"} <= data["hashes"].keys()
    assert data["command"]
    assert [s["id"] for s in data["scenarios"]] == [r.scenario.id for r in several]
    assert len(data["parameters"]) == len(several[0].parameter_names)


def test_hashes_of_files_are_those_of_the_files(data: dict, written: dict[str, Path]):
    assert set(data["files"]) == set(written) - {"run.json"}
    for name, digest in data["files"].items():
        assert hashlib.sha256(written[name].read_bytes()).hexdigest() == digest


def test_levers_are_spans_over_all_quarters(data: dict):
    denial = next(s for s in data["scenarios"] if s["id"] == "full-denial")
    spans = denial["variants"][0]["levers"]["us_enforcement"]
    assert spans[0][0] == "2022Q1"
    assert spans[-1][1] == "2040Q4"
    assert spans[-1][2] == 2.0
    assert all("cn_cloud_domestic_share" in v["levers"] for s in data["scenarios"] for v in s["variants"])


def test_uncertain_measures_are_variants_with_probabilities(data: dict):
    article = next(s for s in data["scenarios"] if s["id"] == "article")
    assert len(article["variants"]) == 4
    assert sum(v["probability"] for v in article["variants"]) == pytest.approx(1)
    assert len({v["policy_hash"] for v in article["variants"]}) == 4


def test_settings_change_the_record(single: list[Result]):
    from countervail.ensemble import run

    changed = run("status-quo", draws=64, until="2026Q4", set=["us_export_fee=0.4@2026Q1"])
    before, after = record(single), record([changed])
    assert after["scenarios"][0]["settings"] == ["us_export_fee=0.4@2026Q1:2040Q4"]
    hashes = [d["scenarios"][0]["variants"][0]["policy_hash"] for d in (before, after)]
    assert hashes[0] != hashes[1]


def test_sources_of_a_run(written: dict[str, Path]):
    rows = sources(written["run.json"].parent)
    kinds = {k: [r for r in rows if r["kind"] == k] for k in ("measure", "chip", "prior", "source")}
    assert all(kinds.values())
    assert {"us-2026-01-h200-rule", "cn-h200-quota-2026"} <= {r["id"] for r in kinds["measure"]}
    named = {k for r in rows for k in r["sources"]}
    assert named <= {r["id"] for r in kinds["source"]}
    known = load().sources
    assert all(known[r["id"]].title in r["name"] for r in kinds["source"] if r["id"] in known)
    assert sources(written["run.json"]) == rows


def test_sources_of_something_else_is_a_clear_error(tmp_path: Path):
    with pytest.raises(UserError, match="holds no run.json"):
        sources(tmp_path)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(UserError, match="line 1"):
        sources(tmp_path)
    (tmp_path / "run.json").write_text("[]")
    with pytest.raises(UserError, match="no record"):
        sources(tmp_path)
