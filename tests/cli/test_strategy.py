"""`countervail contested` and `balance` on the command line."""

import json

from countervail.strategy.contested import questions


def test_contested_lists_every_question_with_both_reasons(cli):
    ran = cli("contested", "--draws", "128", "--json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert (found["draws"], found["seed"]) == (128, 0)
    assert [r["id"] for r in found["questions"]] == [q["id"] for q in questions()]
    assert all(r["higher"] and r["lower"] for r in found["questions"])


def test_balance_counts_what_the_assumptions_rest_on(cli):
    found = json.loads(cli("balance", "--draws", "128", "--json").out)
    assert sum(found["totals"]["basis"].values()) == len(found["assumptions"]) == 20
    ran = cli("balance", "--draws", "128")
    for row in found["assumptions"]:
        assert row["verdict"].split()[0] in ran.out
    assert "assumption" in ran.err


def test_wrong_draws_are_refused(cli):
    ran = cli("contested", "--draws", "0")
    assert ran.code == 2 and "draws" in ran.err


WHY = (
    "why",
    "status-quo",
    "--outcome",
    "Market|Domestic share",
    "--draws",
    "128",
    "--set",
    "cn_import_gate=0@2027Q1",
)


def test_why_gives_the_same_in_json_as_in_python(cli):
    import countervail as cv

    ran = cli(*WHY, "--json")
    assert ran.code == 0
    found = json.loads(ran.out)
    given = {"outcome": "Market|Domestic share", "draws": 128, "set": {"cn_import_gate@2027Q1": 0}}
    called = json.loads(json.dumps(cv.why("status-quo", **given)))
    assert {**found, "elapsed_ms": 0} == {**called, "elapsed_ms": 0}
    assert found["region"] == "CN" and found["levers"][0]["id"] == "cn_import_gate"


def test_why_prints_levers_pathways_mechanisms_and_their_ranges(cli):
    ran = cli(*WHY)
    assert ran.code == 0
    for words in ("Share of licensed imports admitted", "Sales of US vendors", "off means", "90% of draws"):
        assert words in ran.out, words


def test_why_without_a_difference_is_refused(cli):
    ran = cli("why", "status-quo", "--outcome", "Compute|Stock")
    assert ran.code == 2
    assert "nothing differs" in ran.err and "--set" in ran.err
