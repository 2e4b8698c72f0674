"""Rank correlation: equal to SciPy's, ties shared, constants harmless."""

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from countervail.strategy.ranks import rank_correlation, ranks, threshold


@pytest.fixture
def values() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 30, (4, 200)).astype(float)


def test_ranks_share_ties_as_scipy_does(values):
    assert np.array_equal(ranks(values), rankdata(values, axis=-1) - 1)


def test_correlations_equal_those_of_scipy(values):
    ours = rank_correlation(values[:3], values[3])
    theirs = [spearmanr(row, values[3]).statistic for row in values[:3]]
    assert ours[:, 0] == pytest.approx(theirs, abs=1e-12)


def test_a_curve_that_always_rises_correlates_fully_and_a_constant_not_at_all():
    x = np.linspace(0, 3, 50)
    assert rank_correlation(np.stack([x, -x, x * 0]), np.exp(x))[:, 0] == pytest.approx([1, -1, 0])


def test_few_draws_need_a_larger_correlation():
    assert threshold(1000) == 0.2
    assert threshold(64) == 0.5
