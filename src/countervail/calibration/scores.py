"""Scores of forecasts: coverage, CRPS on the asinh scale, and naive forecasts to beat.

    z = asinh(x / s),  s = 5% of the series' largest value before the cutoff

so that large values count in proportion and zeros count at all. CRPS = E|Z - z| - E|Z - Z'| / 2.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SCALE_SHARE = 0.05
DAMPING = 0.8  # share of the trend kept per quarter
LEAST_SD, FIRST_SD = 0.05, 0.3  # of a quarter's step: at least, and where one point is all there is
NAIVE = ("last value", "trend", "damped trend")


def to_z(x: np.ndarray | float, s: float) -> np.ndarray:
    """Return values on the scale of the scores."""
    return np.arcsinh(np.asarray(x, float) / s)


def crps_draws(z: np.ndarray, observed: float) -> float:
    """Return the CRPS of an ensemble."""
    ranked = np.sort(np.asarray(z, float))
    n = ranked.size
    spread = np.sum((2 * np.arange(1, n + 1) - n - 1) * ranked) / n**2  # half of E|Z - Z'|
    return float(np.mean(np.abs(ranked - observed)) - spread)


def crps_normal(mean: float, sd: float, observed: float) -> float:
    """Return the CRPS of a normal forecast (Gneiting and Raftery 2007)."""
    u = (observed - mean) / sd
    cdf = 0.5 * (1 + math.erf(u / math.sqrt(2)))
    density = math.exp(-0.5 * u * u) / math.sqrt(2 * math.pi)
    return sd * (u * (2 * cdf - 1) + 2 * density - 1 / math.sqrt(math.pi))


@dataclass(frozen=True)
class Naive:
    """A forecast that knows only the series: normal on the asinh scale, wider with the root of the distance."""

    kind: str
    times: tuple[float, ...]  # quarters
    values: tuple[float, ...]  # asinh scale

    def at(self, time: float) -> tuple[float, float]:
        """Return mean and standard deviation at a time after the last observation."""
        ahead = max(time - self.times[-1], 0.25)
        slope = 0.0 if self.kind == "last value" else _slope(self.times, self.values)
        steps = ahead if self.kind != "damped trend" else DAMPING * (1 - DAMPING**ahead) / (1 - DAMPING)
        return self.values[-1] + slope * steps, self._sd(slope) * math.sqrt(ahead)

    def _sd(self, slope: float) -> float:
        if len(self.times) < 3:
            return FIRST_SD
        steps = [
            (b - a - slope * (t1 - t0)) ** 2 / max(t1 - t0, 0.25)
            for t0, t1, a, b in zip(self.times, self.times[1:], self.values, self.values[1:], strict=False)
        ]
        return max(math.sqrt(sum(steps) / len(steps)), LEAST_SD)


def _slope(times: Sequence[float], values: Sequence[float]) -> float:
    """Return the least-squares slope over the last eight points."""
    t, v = np.asarray(times[-8:]), np.asarray(values[-8:])
    if t.size < 2 or np.ptp(t) == 0:
        return 0.0
    return float(np.polyfit(t - t[-1], v, 1)[0])


def best_naive(times: Sequence[float], values: Sequence[float]) -> Naive:
    """Return the naive forecast that did best on the series itself, one to four steps ahead, before the cutoff."""
    if len(times) < 4:
        return Naive("last value", tuple(times), tuple(values))
    scores = []
    for kind in NAIVE:
        total = []
        for origin in range(3, len(times)):
            past = Naive(kind, tuple(times[:origin]), tuple(values[:origin]))
            for k in range(origin, min(origin + 4, len(times))):
                total.append(crps_normal(*past.at(times[k]), values[k]))
        scores.append(float(np.mean(total)))
    return Naive(NAIVE[int(np.argmin(scores))], tuple(times), tuple(values))
