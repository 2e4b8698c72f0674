"""Balance: sides are read from correlations, disagreement with a prior's note is seen, totals add up."""

from types import SimpleNamespace

import numpy as np
import pytest

from countervail.strategy.balance import JUDGES, OUTCOMES, balance, rank, side, totals, verdict


@pytest.mark.parametrize(
    ("correlations", "expected"),
    [((0.3, 0.02), "US"), ((0.02, -0.3), "CN"), ((0.3, -0.3), "mixed"), ((0.05, -0.05), "neither")],
)
def test_a_side_is_read_from_what_sets_the_sides_against_each_other(correlations, expected):
    assert side(np.array(correlations), 0.1) == expected


def test_model_and_note_are_set_beside_each_other():
    assert verdict("US", "CN") == "disagree"
    assert verdict("CN", "CN") == "agree"
    assert verdict("US", "none") == "the prior names no side"
    assert verdict("mixed", "CN") == "the model names no side"


def test_a_wrong_note_is_flagged():
    x = np.random.default_rng(4).random((3, 400))
    outcomes = np.stack([x[0], x[0], x[1], x[1], x[1], x[2], x[2]])
    note = SimpleNamespace(label="", favours="CN", basis="assumption", confidence="low", sources=[])
    rows = rank(x, ("m.a", "m.b", "m.c"), outcomes, dict.fromkeys(("m.a", "m.b", "m.c"), note))
    by_name = {r["parameter"]: r for r in rows}
    assert by_name["m.a"]["favours_model"] == "US" and by_name["m.a"]["verdict"] == "disagree"
    assert by_name["m.b"]["favours_model"] == "neither"  # what sets no side against the other
    assert (
        by_name["m.c"]["favours_model"] == "mixed"
    )  # China could build more alone, the US gains more output
    assert totals(rows)["verdict"]["disagree"] == 1


def test_each_side_has_its_own_outcomes_among_those_that_judge():
    assert [OUTCOMES[k] for k, sign in JUDGES.items() if sign < 0] == [("Sovereignty|Index", "CN")]
    assert {OUTCOMES[k] for k, sign in JUDGES.items() if sign > 0} == {
        ("Compute|Stock ratio", "US to CN"), ("AI|Frontier lag", "CN"), ("Economy|AI output gain", "US less CN"),
    }  # fmt: skip


def test_the_list_is_ordered_and_its_totals_add_up():
    rows = balance(256)
    assert len(rows) == 20
    influence = [r["influence"] for r in rows]
    assert influence == sorted(influence, reverse=True)
    for counts in totals(rows).values():
        assert sum(counts.values()) == 20
