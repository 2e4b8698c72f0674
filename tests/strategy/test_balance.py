"""Balance: sides are read from correlations, disagreement with a prior's note is seen, totals add up."""

from types import SimpleNamespace

import numpy as np
import pytest

from countervail.strategy.balance import OUTCOMES, balance, rank, side, totals, verdict


@pytest.mark.parametrize(
    ("correlations", "expected"),
    [((0.3, 0.02), "US"), ((0.02, -0.3), "CN"), ((0.3, -0.3), "mixed"), ((0.05, -0.05), "neither")],
)
def test_a_side_is_read_from_the_compute_ratio_and_the_lag(correlations, expected):
    assert side(np.array(correlations), 0.1) == expected


def test_model_and_note_are_set_beside_each_other():
    assert verdict("US", "CN") == "disagree"
    assert verdict("CN", "CN") == "agree"
    assert verdict("US", "none") == "the prior names no side"
    assert verdict("mixed", "CN") == "the model names no side"


def test_a_wrong_note_is_flagged():
    x = np.random.default_rng(4).random((2, 400))
    outcomes = np.stack([x[0]] * 2 + [x[1]] * (len(OUTCOMES) - 2))
    note = SimpleNamespace(label="", favours="CN", basis="assumption", confidence="low", sources=[])
    rows = rank(x, ("m.a", "m.b"), outcomes, {"m.a": note, "m.b": note})
    by_name = {r["parameter"]: r for r in rows}
    assert by_name["m.a"]["favours_model"] == "US" and by_name["m.a"]["verdict"] == "disagree"
    assert by_name["m.b"]["favours_model"] == "neither"
    assert totals(rows)["verdict"]["disagree"] == 1


def test_the_list_is_ordered_and_its_totals_add_up():
    rows = balance(256)
    assert len(rows) == 20
    influence = [r["influence"] for r in rows]
    assert influence == sorted(influence, reverse=True)
    for counts in totals(rows).values():
        assert sum(counts.values()) == 20
