"""`countervail rules` on the command line."""

import json
from datetime import date

import pytest

import countervail as cv

KEYS = {"outcome", "measure", "clause", "conditions", "fee", "cap", "trace", "flips", "import", "notes"}
H200 = ["rules", "check", "--chip", "H200", "--to", "CN", "--on", "2026-02-01"]


def test_check_gives_the_keys_of_the_contract(cli):
    ran = cli(*H200, "--json")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert set(found) >= KEYS
    assert found["outcome"] == "licence_required_case_by_case"
    assert found["measure"] == "us-2026-01-h200-rule"
    assert found["fee"]["rate"] == 0.25
    assert {"test", "value", "threshold", "passed", "source"} <= set(found["trace"][0])
    assert found["flips"]
    assert set(found["import"]) >= {"outcome", "measure", "clause", "conditions", "trace"}


def test_a_destination_outside_china_has_no_import_side(cli):
    found = json.loads(
        cli("rules", "check", "--chip", "H200", "--to", "AE", "--on", "2026-02-01", "--json").out
    )
    assert found["import"] is None


def test_check_is_readable_and_names_what_decided(cli):
    ran = cli(*H200)
    assert ran.code == 0
    for words in ("case_by_case", "us-2026-01-h200-rule", "21000", "smallest change"):
        assert words in ran.out
    assert len(cli(*H200, "--all-tests").out) > len(ran.out)


def test_a_measure_is_named_once_where_its_clause_begins_with_it(cli):
    ran = cli("rules", "check", "--chip", "H20", "--to", "CN", "--on", "2025-05-01")
    assert "us-2025-04-h20-letters" in ran.out
    assert "us-2025-04-h20-letters, us-2025-04-h20-letters" not in ran.out


def test_python_and_command_line_make_the_same_call(cli):
    outcome = cv.can_ship("H200", to="CN", on=date(2026, 2, 1))
    assert outcome.to_json() == json.loads(cli(*H200, "--json").out)


def test_a_spec_is_judged_like_a_chip(cli, tmp_path):
    spec = tmp_path / "chip.yaml"
    spec.write_text(
        "name: Mine\ndesigner: Example\ndesigner_country: US\nfp16_tflops_dense: 989.5\n"
        "fp8_or_int8_tops_dense: 1979\ndie_area_mm2: 814\nmemory_bandwidth_gb_s: 4800\n"
        "interconnect_gb_s: 900\n",
        encoding="utf-8",
    )
    question = ["rules", "check", "--spec", str(spec), "--to", "CN", "--on", "2025-06-01", "--json"]
    found = json.loads(cli(*question).out)
    assert found["outcome"] == "licence_required_presumption_of_denial"


def test_facts_may_be_given_one_by_one_or_in_a_file(cli, tmp_path):
    facts = tmp_path / "facts.yaml"
    facts.write_text("end_user:\n  entity_list: true\n", encoding="utf-8")
    from_file = json.loads(cli(*H200, "--facts", str(facts), "--json").out)
    one = json.loads(cli(*H200, "--facts", "entity_list=true", "--json").out)
    assert from_file["outcome"] == one["outcome"] == "licence_required_presumption_of_denial"


def test_headquarters_decide_for_a_buyer_abroad(cli):
    question = ["rules", "check", "--chip", "H100", "--to", "MY", "--on", "2024-06-01", "--json"]
    at_home = json.loads(cli(*question).out)
    chinese = json.loads(cli(*question, "--headquarters", "CN").out)
    assert at_home["outcome"] != chinese["outcome"]


def test_timeline_covers_all_days_without_gaps(cli):
    rows = json.loads(cli("rules", "timeline", "--chip", "H20", "--to", "CN", "--json").out)["timeline"]
    assert rows[0]["from"] == "2018-01-01" and rows[-1]["to"] == "2040-12-31"
    for before, after in zip(rows, rows[1:], strict=False):
        assert (date.fromisoformat(after["from"]) - date.fromisoformat(before["to"])).days == 1
    assert "2025-04-09" in cli("rules", "timeline", "--chip", "H20", "--to", "CN").out


def test_diff_lists_the_chips_of_the_letters(cli):
    question = ["rules", "diff", "--from", "2025-04-01", "--to-date", "2025-05-01", "--to", "CN"]
    changes = json.loads(cli(*question, "--json").out)["changes"]
    assert "nvidia-h20-96gb" in {c["id"] for c in changes}
    assert "nvidia-h20-96gb" in cli(*question).out


CASE = """cases:
- id: mine
  title: H200 in June 2025
  date: 2025-06-01
  chip: {name: H200, designer: NVIDIA, tpp: 15832, performance_density: 19.4}
  transaction: {destination: CN}
  end_user: {kind: commercial}
  expected: {outcome: %s}
"""


@pytest.mark.parametrize(
    ("expected", "code"), [("licence_required_presumption_of_denial", 0), ("no_licence_required", 1)]
)
def test_cases_exit_with_one_when_any_is_missed(cli, tmp_path, expected, code):
    path = tmp_path / "cases.yaml"
    path.write_text(CASE % expected, encoding="utf-8")
    ran = cli("rules", "test", str(path))
    assert ran.code == code
    assert f"{1 - code} passed, {code} failed" in ran.out
    assert ("expected no_licence_required" in ran.out) == bool(code)
    assert json.loads(cli("rules", "test", str(path), "--json").out)["failed"] == code


def test_design_stops_just_below_the_lines_of_the_day(cli):
    found = json.loads(cli("rules", "design", "--on", "2022-11-15", "--to", "CN", "--json").out)
    assert 590 < found["chip"]["interconnect_gb_s"] < 600 and found["chip"]["tpp"] > 4800
    assert found["binding"][0]["measure"] == "us-2022-10-ac-ifr"
    assert "2,399" in cli("rules", "design", "--on", "2023-12-01", "--to", "CN", "--maximise", "decode").out


def test_design_refuses_an_unknown_goal(cli):
    answer = cli("rules", "design", "--on", "2023-12-01", "--to", "CN", "--maximise", "speed")
    assert answer.code == 2 and "unknown goal 'speed'" in answer.err


@pytest.mark.parametrize("command", ["check", "test", "timeline", "diff", "design"])
def test_help_has_an_example(cli, command):
    ran = cli("rules", command, "--help")
    assert ran.code == 0
    assert f"Example: countervail rules {command}" in ran.out


def test_as_of_hides_later_measures(cli):
    question = ["rules", "check", "--chip", "H200", "--to", "CN", "--on", "2026-02-01", "--json"]
    then = json.loads(cli(*question, "--as-of", "2025-06-30").out)
    assert then["outcome"] == "licence_required_presumption_of_denial"
    assert "us-2026-01-h200-rule" not in json.dumps(then)
