"""Variance shares: what is known beforehand comes out."""

import numpy as np
import pytest

from countervail.calibration.decomposition import GROUPS, _share, decompose


def test_shares_of_a_sum_of_two_inputs():
    rng = np.random.default_rng(0)
    x, y, other = rng.normal(size=(3, 20_000))
    assert _share(x + y, x + other) == pytest.approx(0.5, abs=0.03)
    assert _share(np.ones(5), np.arange(5.0)) == 0


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


def test_a_certain_policy_explains_nothing(rows):
    assert all("uncertain policy" not in r["shares"] for r in rows)
