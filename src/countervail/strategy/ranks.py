"""Rank correlation of many parameters with many outcomes at once."""

import numpy as np

from countervail.errors import UserError

FEWEST = 0.2  # below this a parameter is not said to decide anything


MOST_DRAWS = 20_000  # larger runs do not hold every draw


def check_draws(draws: int) -> None:
    """Refuse more draws than a run holds one by one; the run itself refuses other nonsense."""
    if isinstance(draws, int) and draws > MOST_DRAWS:
        raise UserError(
            f"draws is {draws}", f"give at most {MOST_DRAWS:,} here: every draw is compared by itself"
        )


def ranks(x: np.ndarray) -> np.ndarray:
    """Return ranks along the last axis, from 0; equal values share the mean of their ranks."""
    n = x.shape[-1]
    order = np.argsort(x, axis=-1, kind="stable")
    ordered = np.take_along_axis(x, order, -1)
    differs = ordered[..., 1:] != ordered[..., :-1]
    edge = np.ones((*x.shape[:-1], 1), bool)
    place = np.arange(n)
    first = np.maximum.accumulate(np.where(np.concatenate([edge, differs], -1), place, 0), -1)
    ends = np.where(np.concatenate([differs, edge], -1), place, n - 1)
    last = np.minimum.accumulate(ends[..., ::-1], -1)[..., ::-1]
    out = np.empty(x.shape)
    np.put_along_axis(out, order, (first + last) / 2, -1)
    return out


def standard_ranks(x: np.ndarray) -> np.ndarray:
    """Return ranks of rows with mean 0 and length 1, so that products are correlations; a constant row gives 0."""
    r = ranks(np.atleast_2d(x))
    r -= r.mean(-1, keepdims=True)
    length = np.sqrt((r**2).sum(-1, keepdims=True))
    return np.divide(r, length, out=np.zeros_like(r), where=length > 0)


def rank_correlation(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return Spearman's correlation `[row of a, row of b]` of rows over draws; a constant row gives 0."""
    return standard_ranks(a) @ standard_ranks(b).T


def threshold(draws: int, least: float = FEWEST) -> float:
    """Return the correlation below which nothing is named: `least`, or four standard errors of chance."""
    return float(max(least, 4 / np.sqrt(draws)))
