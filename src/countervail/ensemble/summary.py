"""Quantiles and means of draws: exact by sorting, means as sums over blocks in the order of draws."""

import numpy as np

from countervail.ensemble.blocks import BLOCK

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
QUANTILE_NAMES = ("p5", "p25", "p50", "p75", "p95")


def quantiles(values: np.ndarray, probabilities: tuple[float, ...] = QUANTILES) -> np.ndarray:
    """Return quantiles over the last axis, new axis last, by linear interpolation between sorted draws."""
    return of_ranked(
        np.sort(values, axis=-1), probabilities
    )  # many times faster than a selection by quantile


def of_ranked(ranked: np.ndarray, probabilities: tuple[float, ...] = QUANTILES) -> np.ndarray:
    """Return quantiles of values sorted along the last axis, new axis last."""
    position = np.asarray(probabilities) * (ranked.shape[-1] - 1)
    low = np.floor(position).astype(int)
    high = np.minimum(low + 1, ranked.shape[-1] - 1)
    share = position - low
    return ranked[..., low] * (1 - share) + ranked[..., high] * share


def block_sums(values: np.ndarray) -> np.ndarray:
    """Return float64 sums over each block of draws, new axis last."""
    whole = values.shape[-1] // BLOCK * BLOCK
    blocks = values[..., :whole].reshape(*values.shape[:-1], -1, BLOCK).sum(-1, dtype=np.float64)
    if whole == values.shape[-1]:
        return blocks
    return np.concatenate([blocks, values[..., whole:].sum(-1, dtype=np.float64)[..., None]], -1)


def in_order(sums: np.ndarray) -> np.ndarray:
    """Return the sum of sums over blocks, one after another, so that streamed and whole runs agree to the bit."""
    total = np.zeros(sums.shape[:-1])
    for k in range(sums.shape[-1]):
        total += sums[..., k]
    return total


def mean(values: np.ndarray) -> np.ndarray:
    """Return float64 means over the last axis."""
    return in_order(block_sums(values)) / values.shape[-1]
