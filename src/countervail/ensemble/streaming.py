"""Summaries of runs too large to hold: fixed bins, so that memory does not grow with draws.

Each outcome, region and period has `BINS` bins between bounds set by the first chunk, widened by half of its span
on both sides; positive outcomes are binned in logs. A quantile is read by linear interpolation inside its bin, so
its error is at most one bin: a thousandth of twice the span of the first chunk, reported as `resolution`.
"""

from typing import Any

import numpy as np

from countervail.ensemble import summary
from countervail.ensemble.engine import BLOCK
from countervail.ensemble.result import Result

BINS = 1024
CHUNK = 64 * BLOCK  # draws held at a time
KEPT = 2 * CHUNK  # draws kept whole, for pictures and differences
LIMIT = 20_000  # above it summaries stream


class Streamed:
    """Counts and sums of every row of a summary, chunk by chunk in the order of draws."""

    def __init__(self, periods: str) -> None:
        self.periods = periods
        self.heads: list[dict[str, Any]] = []
        self.draws = 0

    def add(self, chunk: Result) -> None:
        """Count one chunk of draws."""
        parts = [(h, v) for h, v in _rows(chunk, self.periods)]
        values = np.concatenate([v for _, v in parts])
        if not self.heads:
            self.heads = [h for head, _ in parts for h in head]
            self._bound(values)
        logs = np.log(np.where(self.log[:, None], np.maximum(values, self.floor[:, None]), 1.0))
        x = np.where(self.log[:, None], logs, values)
        place = ((x - self.low[:, None]) * (BINS / self.span)[:, None]).astype(np.int64)
        np.clip(place, 0, BINS - 1, out=place)
        place += np.arange(len(place))[:, None] * BINS
        self.counts += np.bincount(place.ravel(), minlength=self.counts.size).reshape(self.counts.shape)
        for first in range(0, values.shape[1], BLOCK):
            self.sums += values[:, first : first + BLOCK].sum(1, dtype=np.float64)
        self.draws += values.shape[1]

    def rows(self) -> list[dict[str, Any]]:
        """Return the summary: quantiles, means and the resolution of the bins."""
        total = np.cumsum(self.counts, 1)
        out = []
        means = self.sums / self.draws
        quantiles = np.empty((len(self.heads), len(summary.QUANTILES)))
        for j, p in enumerate(summary.QUANTILES):
            target = p * (self.draws - 1) + 0.5
            k = (total < target).sum(1).clip(0, BINS - 1)
            rows = np.arange(len(k))
            before = np.where(k > 0, total[rows, np.maximum(k - 1, 0)], 0)
            inside = np.clip((target - before) / np.maximum(self.counts[rows, k], 1), 0, 1)
            x = self.low + (k + inside) * self.span / BINS
            quantiles[:, j] = np.where(self.log, np.exp(np.minimum(x, 700)), x)
        for head, q, m in zip(self.heads, quantiles, means, strict=True):
            shares = head.pop("_share")
            named = dict(zip(summary.QUANTILE_NAMES, map(float, np.repeat(m, 5) if shares else q), strict=True))
            out.append({**head, **named, "mean": float(m)})
            head["_share"] = shares
        return out

    def _bound(self, values: np.ndarray) -> None:
        """Set bounds from the first chunk."""
        least, most = values.min(1).astype(np.float64), values.max(1).astype(np.float64)
        self.log = least > 0
        self.floor = np.where(self.log, least * 1e-3, -np.inf).astype(np.float32)
        low = np.where(self.log, np.log(np.maximum(least, 1e-300)), least)
        high = np.where(self.log, np.log(np.maximum(most, 1e-300)), most)
        margin = 0.5 * (high - low) + 1e-6 * (1 + np.abs(low))
        self.low, self.span = low - margin, high - low + 2 * margin
        self.counts = np.zeros((len(values), BINS), np.int64)
        self.sums = np.zeros(len(values))


def _rows(chunk: Result, periods: str) -> list[tuple[list[dict[str, Any]], np.ndarray]]:
    """Return heads and `[row, draw]` values of every row of a summary of a chunk."""
    out = []
    for spec in chunk.variables.values():
        for region in spec.all_regions:
            head = {"variable": spec.variable, "region": region, "unit": spec.unit}
            share = spec.kind == "share_of_draws"
            years, yearly = chunk.annual(spec.variable, region)
            out.append(([{**head, "period": str(y), "_share": share} for y in years], yearly))
            if periods == "all" or spec.headline:
                quarterly = chunk.values(spec.variable, region)
                out.append(([{**head, "period": q, "_share": share} for q in chunk.quarters], quarterly))
    return out
