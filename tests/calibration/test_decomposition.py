"""Variance shares: what is known beforehand comes out."""

import numpy as np
import pytest

from countervail.calibration.decomposition import GROUPS, SWITCHES, _share, decompose, kind_of, table
from countervail.evidence import load


def test_shares_of_a_sum_of_two_inputs():
    rng = np.random.default_rng(0)
    x, y, other = rng.normal(size=(3, 20_000))
    assert _share(x + y, x + other) == pytest.approx(0.5, abs=0.03)
    assert _share(np.ones(5), np.arange(5.0)) == 0


def test_what_two_independent_sets_share_by_chance_is_taken_off():
    rng = np.random.default_rng(1)
    x, y, other, alone = rng.normal(size=(4, 300))
    luck = np.corrcoef(x + 2 * y, alone + 2 * other)[0, 1]
    errors = [_share(x + 2 * y, x + 2 * other, b) - 0.2 for b in (0.0, luck)]
    assert abs(errors[1]) < max(abs(errors[0]), 0.05)


def test_every_group_holds_parameters_that_exist():
    names = [p.key for rows in load().priors.values() for p in rows.values()]
    paths, switches = table()
    assert set(switches) <= set(names)
    assert all(any(n.startswith(p) for n in names) for p in paths)
    assert kind_of("military.compute_decides", set()) == SWITCHES


@pytest.fixture(scope="module")
def rows():
    return decompose(periods=("2026Q4",), draws=256)


def test_every_share_is_named_and_they_explain_most_of_it(rows):
    for row in rows:
        assert set(row["shares"]) <= set(GROUPS)
        assert all(0 <= s <= 1 for s in row["shares"].values())
    us = next(r for r in rows if (r["variable"], r["region"]) == ("Compute|Stock", "US"))
    assert us["interaction"] < 0.5
    assert all(sum(r["shares"].values()) < 1.3 for r in rows)  # 256 draws: an error of 0.06 for each of four


def test_a_choice_of_form_shows_where_it_matters(rows):
    found = {(r["variable"], r["region"]): r["shares"][SWITCHES] for r in rows}
    assert found["Innovation|Index", "US"] > found["Compute|Stock", "US"]


def test_a_certain_policy_explains_nothing(rows):
    assert all("uncertain policy" not in r["shares"] for r in rows)
