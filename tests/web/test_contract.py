"""The API gives what the command line gives, byte for byte."""

import json

import pytest

from countervail.cli import main

RUN = "draws=60&until=2024Q4"


def printed(capsys, *words: str) -> str:
    with pytest.raises(SystemExit) as left:
        main([*words, "--json"])
    assert left.value.code == 0
    return capsys.readouterr().out


CASES = [
    (
        "run?scenario=mandate&draws=60&until=2024Q4&set=us_export_fee=0.4@2023Q1&set=fabrication.learning_rate=0.2",
        ["run", "mandate", "--draws", "60", "--until", "2024Q4", "--set", "us_export_fee=0.4@2023Q1", "--set",
         "fabrication.learning_rate=0.2"],
    ),
    (
        f"run?scenario=article&{RUN}&seed=3&periods=all&as_of=2025-06-30",
        ["run", "article", "--draws", "60", "--until", "2024Q4", "--seed", "3", "--periods", "all", "--as-of",
         "2025-06-30"],
    ),
    (
        f"compare?scenario=status-quo&scenario=no-controls&{RUN}",
        ["compare", "status-quo", "no-controls", "--draws", "60", "--until", "2024Q4"],
    ),
    (
        "rules/check?chip=H200&to=CN&on=2026-02-01",
        ["rules", "check", "--chip", "H200", "--to", "CN", "--on", "2026-02-01"],
    ),
    (
        "rules/check?chip=H20&to=CN&on=2025-05-01&end_user=state&facts=end_use=training",
        ["rules", "check", "--chip", "H20", "--to", "CN", "--on", "2025-05-01", "--end-user", "state", "--facts",
         "end_use=training"],
    ),
    ("rules/timeline?chip=H20", ["rules", "timeline", "--chip", "H20"]),
    (
        "rules/diff?from=2025-04-01&to_date=2025-05-01&to=CN",
        ["rules", "diff", "--from", "2025-04-01", "--to-date", "2025-05-01", "--to", "CN"],
    ),
    ("rules/design?on=2023-12-01", ["rules", "design", "--on", "2023-12-01"]),
    ("levers", ["levers"]),
    ("scenarios", ["scenarios"]),
    ("outcomes", ["outcomes"]),
    ("evidence?as_of=2025-12-31", ["evidence", "list", "--as-of", "2025-12-31"]),
    ("chips", ["evidence", "list", "accelerators"]),
    ("timeline", ["evidence", "list", "timeline"]),
    ("evidence/h200", ["evidence", "show", "h200"]),
    ("claims?file=article-2025-12", ["claims", "article-2025-12"]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "words"), CASES, ids=[c[0][:60] for c in CASES])
def test_the_api_gives_the_bytes_of_the_command_line(client, capsys, path, words):
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.text == printed(capsys, *words)


def test_a_posted_run_is_the_same_run(client):
    asked = client.get(f"/api/v1/run?scenario=status-quo&{RUN}&set=us_export_fee=0.4@2023Q1")
    body = {"scenario": "status-quo", "draws": 60, "until": "2024Q4", "set": {"us_export_fee@2023Q1": 0.4}}
    assert client.post("/api/v1/run", json=body).text == asked.text


def test_a_posted_scenario_file_runs_and_may_build_on_a_shipped_one_only(client):
    text = "id: mine\ntitle: Mine\nbase: status-quo\nlevers: {us_export_fee: {2023Q1: 0.4}}\n"
    body = {"scenario_yaml": text, "draws": 60, "until": "2024Q4"}
    answer = client.post("/api/v1/run", json=body)
    asked = client.get(f"/api/v1/run?scenario=status-quo&{RUN}&set=us_export_fee=0.4@2023Q1").json()
    assert answer.status_code == 200
    assert answer.json()["scenario"] == "mine"
    assert answer.json()["outcomes"] == asked["outcomes"]

    for base in ("/etc/passwd", "../x.yaml", "nothing"):
        refused = client.post("/api/v1/run", json={**body, "scenario_yaml": text.replace("status-quo", base)})
        assert refused.status_code == 422
        assert "base" in refused.json()["detail"]


def test_an_exported_scenario_gives_the_same_figures(client):
    sets = (
        "set=us_export_fee=0.4@2023Q1:2023Q3&set=us_export_fee=0.1@2023Q2&set=fabrication.learning_rate=0.2"
    )
    text = client.get(f"/api/v1/export/scenario?scenario=mandate&{sets}").text
    body = {"scenario_yaml": text, "draws": 60, "until": "2024Q4"}
    there = client.post("/api/v1/run", json=body).json()["outcomes"]
    assert there == client.get(f"/api/v1/run?scenario=mandate&{RUN}&{sets}").json()["outcomes"]


def test_a_posted_chip_is_judged_by_its_figures(client):
    body = {
        "chip": {"tpp": 100, "memory_bandwidth_gb_s": 100, "die_area_mm2": 800, "interconnect_gb_s": 50},
        "to": "CN",
        "on": "2026-02-01",
    }
    answer = client.post("/api/v1/rules/check", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["outcome"] == "no_licence_required"


def test_why_is_what_the_command_says(client, capsys):
    where = "draws=128&variable=Compute|Stock&region=CN&period=2030"
    answer = client.get(f"/api/v1/why?scenario=status-quo&{where}&set=cn_import_gate=0@2027Q1").json()
    words = ["--draws", "128", "--outcome", "Compute|Stock", "--region", "CN", "--period", "2030"]
    there = json.loads(printed(capsys, "why", "status-quo", *words, "--set", "cn_import_gate=0@2027Q1"))
    for found in (answer, there):
        assert found.pop("elapsed_ms") >= 0
    assert answer == there
    assert answer["levers"][0]["id"] == "cn_import_gate"
