"""Summaries of runs too large to hold: fixed bins, so that memory does not grow with draws.

Each outcome, region and period has `BINS` bins between bounds set by the first chunk, widened by half of its span
on both sides; positive outcomes are binned in logs. A quantile is read by linear interpolation inside its bin, so
its error is at most one bin: a five-hundredth of the span of the first chunk.
"""

from typing import Any

import numpy as np

from countervail.ensemble import summary
from countervail.ensemble.engine import BLOCK
from countervail.ensemble.result import Result
from countervail.ensemble.threads import each

BINS = 1024
CHUNK = 24 * BLOCK  # draws held at a time
KEPT = 2 * CHUNK  # draws kept whole, for pictures and differences
LIMIT = 20_000  # above it summaries stream


class Streamed:
    """Counts and sums of every row of a summary, chunk by chunk in the order of draws."""

    def __init__(self, periods: str) -> None:
        self.periods = periods
        self.parts: dict[tuple[str, str, str], _Bins] = {}
        self.draws = 0

    def add(self, chunk: Result) -> None:
        """Count one chunk of draws. Outcomes are shared out over threads; each has its own bins."""

        def count(series: tuple[str, str, str]) -> None:
            heads, values = _series(chunk, series)
            if series not in self.parts:
                self.parts[series] = _Bins(heads, values)
            self.parts[series].add(values)

        each(count, self._all(chunk))
        self.draws += chunk.draws

    def rows(self, chunk: Result) -> list[dict[str, Any]]:
        """Return the summary of all draws so far, in the order in which `chunk` lists its outcomes."""
        return [row for series in self._all(chunk) for row in self.parts[series].rows(self.draws)]

    def _all(self, chunk: Result) -> list[tuple[str, str, str]]:
        """Return variable, region and kind of period of every part of the summary."""
        return [
            (spec.variable, region, kind)
            for spec in chunk.variables.values()
            for region in spec.all_regions
            for kind in ("year", "quarter")
            if kind == "year" or self.periods == "all" or spec.headline
        ]


def _series(chunk: Result, series: tuple[str, str, str]) -> tuple[list[dict[str, Any]], np.ndarray]:
    """Return heads and `[period, draw]` values of one part of the summary."""
    variable, region, kind = series
    spec = chunk.variables[variable]
    if kind == "year":
        years, values = chunk.annual(variable, region)
        names = [str(y) for y in years]
    else:
        names, values = chunk.quarters, chunk.values(variable, region)
    head = {
        "variable": variable,
        "region": region,
        "unit": spec.unit,
        "_share": spec.kind == "share_of_draws",
    }
    return [{**head, "period": n} for n in names], values


class _Bins:
    """Counts and sums of the periods of one outcome and region."""

    def __init__(self, heads: list[dict[str, Any]], values: np.ndarray) -> None:
        self.heads = heads
        least, most = values.min(1).astype(np.float64), values.max(1).astype(np.float64)
        self.log = least > 0
        self.floor = np.where(self.log, least * 1e-3, 1.0).astype(np.float32)
        low = np.where(self.log, np.log(np.maximum(least, 1e-300)), least)
        high = np.where(self.log, np.log(np.maximum(most, 1e-300)), most)
        margin = 0.5 * (high - low) + 1e-6 * (1 + np.abs(low))
        self.low, self.span = low - margin, high - low + 2 * margin
        self.counts = np.zeros((len(values), BINS), np.int64)
        self.sums = np.zeros(len(values))

    def add(self, values: np.ndarray) -> None:
        """Count `[period, draw]` values."""
        if self.log.all():
            x = np.log(np.maximum(values, self.floor[:, None]))
        else:
            x = values.astype(np.float32)
            if self.log.any():
                x[self.log] = np.log(np.maximum(values[self.log], self.floor[self.log, None]))
        x -= self.low[:, None].astype(np.float32)
        x *= (BINS / self.span)[:, None].astype(np.float32)
        np.clip(x, 0, BINS - 1, out=x)
        place = x.astype(np.int64)
        place += np.arange(len(place))[:, None] * BINS
        self.counts += np.bincount(place.ravel(), minlength=self.counts.size).reshape(self.counts.shape)
        for first in range(0, values.shape[1], BLOCK):
            self.sums += values[:, first : first + BLOCK].sum(1, dtype=np.float64)

    def rows(self, draws: int) -> list[dict[str, Any]]:
        """Return a row per period."""
        total, every, means = np.cumsum(self.counts, 1), np.arange(len(self.heads)), self.sums / draws
        quantiles = np.empty((len(every), len(summary.QUANTILES)))
        for j, p in enumerate(summary.QUANTILES):
            target = p * (draws - 1) + 0.5
            k = (total < target).sum(1).clip(0, BINS - 1)
            before = np.where(k > 0, total[every, np.maximum(k - 1, 0)], 0)
            inside = np.clip((target - before) / np.maximum(self.counts[every, k], 1), 0, 1)
            x = self.low + (k + inside) * self.span / BINS
            quantiles[:, j] = np.where(self.log, np.exp(np.minimum(x, 700)), x)
        out = []
        for head, q, m in zip(self.heads, quantiles, means, strict=True):
            kept = {name: head[name] for name in ("variable", "region", "unit", "period")}
            ranges = np.repeat(m, len(q)) if head["_share"] else q
            out.append(
                {
                    **kept,
                    **dict(zip(summary.QUANTILE_NAMES, map(float, ranges), strict=True)),
                    "mean": float(m),
                }
            )
        return out
