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
