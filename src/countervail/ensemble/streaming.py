"""Summaries of runs too large to hold: fixed bins, so that memory does not grow with draws.

Each line of a summary has `BINS` bins between bounds set by the first chunk, widened by half of its span on both
sides; positive outcomes are binned in logs. A quantile is read by linear interpolation inside its bin, so its error
is at most one bin: a five-hundredth of the span of the first chunk.
"""

from typing import Any

import numpy as np

from countervail.ensemble import summary
from countervail.ensemble.blocks import BLOCK
from countervail.ensemble.lines import Lines
from countervail.ensemble.result import Result, rows_of

BINS = 1024
CHUNK = 24 * BLOCK  # draws held at a time
KEPT = 2 * CHUNK  # draws kept whole, for pictures and differences
LIMIT = 20_000  # above it summaries stream
LINES = 32  # lines counted together: their counts stay in a core's cache


class Streamed:
    """Counts and sums of every line of a default summary, chunk by chunk in the order of draws."""

    def __init__(self) -> None:
        self.lines: Lines | None = None
        self.bins: list[_Bins] = []  # by group of lines
        self.draws = 0
        # Kept from chunk to chunk: new memory costs more than what is done in it.
        self.values: np.ndarray | None = None
        self.scratch = (np.empty(LINES * CHUNK, np.float32), np.empty(LINES * CHUNK, np.intp))

    def add(self, chunk: Result) -> None:
        """Count one chunk of draws, on one thread: the next chunk is being run on the others."""
        if self.lines is None:
            self.lines = Lines(chunk.layout, chunk.rows.shape[0])
        count = chunk.rows.shape[2]
        if self.values is None:
            self.values = np.empty((len(self.lines.heads), count), np.float32)
        values, sums = chunk.read(self.lines, 1, self.values[:, :count])
        parts = [slice(k, k + LINES) for k in range(0, len(values), LINES)]
        if not self.bins:
            self.bins = [_Bins(values[part]) for part in parts]
        for bins, part in zip(self.bins, parts, strict=True):
            bins.add(values[part], sums[part], self.scratch)
        self.draws += values.shape[1]

    def rows(self) -> list[dict[str, Any]]:
        """Return the summary of all draws so far."""
        assert self.lines is not None
        quantiles = np.concatenate([bins.quantiles(self.draws) for bins in self.bins])
        means = np.concatenate([bins.sums for bins in self.bins]) / self.draws
        return rows_of(self.lines.heads, quantiles, means)


class _Bins:
    """Counts and sums of some lines; the bounds are those of the values at first given."""

    def __init__(self, values: np.ndarray) -> None:
        least, most = values.min(1).astype(np.float64), values.max(1).astype(np.float64)
        self.log = least > 0
        self.floor = np.where(self.log, least * 1e-3, 1.0).astype(np.float32)
        low = np.where(self.log, np.log(np.maximum(least, 1e-300)), least)
        high = np.where(self.log, np.log(np.maximum(most, 1e-300)), most)
        margin = 0.5 * (high - low) + 1e-6 * (1 + np.abs(low))
        self.low, self.span = low - margin, high - low + 2 * margin
        self.counts = np.zeros((len(values), BINS), np.int64)
        self.sums = np.zeros(len(values))

    def add(self, values: np.ndarray, sums: np.ndarray, scratch: tuple[np.ndarray, np.ndarray]) -> None:
        """Count `[line, draw]` values; `sums` are theirs over blocks of draws."""
        x, place = (flat[: values.size].reshape(values.shape) for flat in scratch)
        if self.log.all():
            np.log(np.maximum(values, self.floor[:, None], out=x), out=x)
        else:
            np.copyto(x, values)
            if self.log.any():
                x[self.log] = np.log(np.maximum(values[self.log], self.floor[self.log, None]))
        x -= self.low[:, None].astype(np.float32)
        x *= (BINS / self.span)[:, None].astype(np.float32)
        np.clip(x, 0, BINS - 1, out=x)
        np.copyto(place, x, casting="unsafe")
        place += np.arange(len(place))[:, None] * BINS
        self.counts += np.bincount(place.ravel(), minlength=self.counts.size).reshape(self.counts.shape)
        for k in range(sums.shape[1]):
            self.sums += sums[:, k]

    def quantiles(self, draws: int) -> np.ndarray:
        """Return `[line, quantile]`."""
        total, every = np.cumsum(self.counts, 1), np.arange(len(self.counts))
        quantiles = np.empty((len(every), len(summary.QUANTILES)))
        for j, p in enumerate(summary.QUANTILES):
            target = p * (draws - 1) + 0.5
            k = (total < target).sum(1).clip(0, BINS - 1)
            before = np.where(k > 0, total[every, np.maximum(k - 1, 0)], 0)
            inside = np.clip((target - before) / np.maximum(self.counts[every, k], 1), 0, 1)
            x = self.low + (k + inside) * self.span / BINS
            quantiles[:, j] = np.where(self.log, np.exp(np.minimum(x, 700)), x)
        return quantiles
