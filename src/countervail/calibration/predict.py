"""What the model says an observation should be: quarters, units and definitions of the source applied to draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from countervail.calibration.table import Target, Term, base_series, end_of, find, knot_value, span, weights
from countervail.ensemble import outcomes
from countervail.evidence import Evidence, load
from countervail.evidence.records import Observation
from countervail.periods import quarter_index, quarter_name, quarter_span


@dataclass(frozen=True)
class Weighted:
    """A weighted sum of rows of the model's output: `(quarter, row, weight)`."""

    terms: tuple[tuple[int, int, float], ...]

    def of(self, rows: np.ndarray) -> np.ndarray:
        """Return `[draw]` from `[quarter, row, draw]`."""
        total = np.zeros(rows.shape[-1])
        for q, row, weight in self.terms:
            total += weight * rows[q, row]
        return total


@dataclass(frozen=True)
class Point:
    """One row of history and how to read it off the model."""

    observation: Observation
    target: Target
    top: Weighted
    bottom: Weighted | None
    factor: float  # scale, and the observed ratio of `times`
    plus: float

    @property
    def key(self) -> tuple[str, str, str]:
        """Return series, actor and period."""
        return self.observation.series_id, self.observation.actor, self.observation.period

    @property
    def value(self) -> float:
        """Return the figure observed."""
        return float(self.observation.value)

    @property
    def last_quarter(self) -> int:
        """Return the last quarter of the period."""
        return span(self.observation.period)[1]

    @property
    def needs(self) -> int:
        """Return the last quarter of the model that the point reads."""
        return max(q for q, _, _ in self.top.terms)

    def of(self, rows: np.ndarray) -> np.ndarray:
        """Return what the model says, `[draw]`, in the unit of the observation, before any error."""
        x = self.top.of(rows)
        if self.bottom is not None:
            x = x / np.maximum(self.bottom.of(rows), 1e-9)
        if self.target.complement:
            x = 1 - x
        return np.maximum(x * self.factor + self.plus, 0.0)


def points(
    observations: Sequence[Observation], evidence: Evidence | None = None, until: str | None = None
) -> list[Point]:
    """Return the observations the model can say something about, from 2022 on.

    Parameters
    ----------
    observations
        Rows of a history table.
    evidence
        Where rates and the other series come from; shipped evidence by default.
    until
        Nothing observed after this quarter is used to translate (ratios of two series, rates): a hindcast.
    """
    evidence = evidence or load()
    reader = _Reader(evidence, until)
    found = []
    for row in observations:
        target = find(row.series_id, row.actor)
        if target is None or target.top is None or span(row.period)[0] < 0:
            continue
        if target.since and end_of(row.period) < target.since:
            continue
        found.append(reader.point(row, target))
    return found


class _Reader:
    """Turns rows of history into points."""

    def __init__(self, evidence: Evidence, until: str | None) -> None:
        from countervail.ensemble.engine import layout

        self.evidence = evidence
        self.until = until
        self.layout = layout()
        self.observed = {
            (o.series_id, o.actor, o.period): float(o.value) for o in evidence.history if not o.forecast
        }

    def point(self, row: Observation, target: Target) -> Point:
        assert target.top is not None
        spec = outcomes.find(target.top.outcomes[0])
        held = weights(target, row.period, spec.period)
        top = self._weighted(target.top, held, target.currency)
        bottom = None
        if spec.regions and next(iter(spec.regions.values()))[1] is not None:
            bottom = self._ratio_bottom(target.top, held)
        elif target.bottom is not None:
            bottom = self._weighted(target.bottom, held, "USD")
        factor = target.scale
        if target.times:
            factor *= self._ratio(target.times, row)
        plus = 0.0
        if target.plus and isinstance(target.plus[0], str):
            plus = self._difference(target.plus, row)  # type: ignore[arg-type]
        elif target.plus:
            years = 4 if "Q" not in row.period else 1
            plus = years * knot_value(target.plus, row.period, self.until)  # type: ignore[arg-type]
        return Point(row, target, top, bottom, factor, plus)

    def _weighted(self, term: Term, held: Mapping[int, float], currency: str) -> Weighted:
        terms = []
        for name in term.outcomes:
            spec = outcomes.find(name, term.region)
            for row in self._rows(spec.regions[term.region][0]):
                for q, w in held.items():
                    terms.append((q, row, w * spec.scale * self._rate(currency, q)))
        return Weighted(tuple(terms))

    def _ratio_bottom(self, term: Term, held: Mapping[int, float]) -> Weighted:
        spec = outcomes.find(term.outcomes[0], term.region)
        reference = spec.regions[term.region][1]
        assert reference is not None
        return Weighted(tuple((q, row, w) for row in self._rows(reference) for q, w in held.items()))

    def _rows(self, reference: outcomes.Reference) -> list[int]:
        name, index = reference
        offset, shape = self.layout[name]
        numbers = np.arange(offset, offset + int(np.prod(shape, dtype=int))).reshape(shape)
        return [int(n) for n in np.ravel(numbers[index])]

    def _rate(self, currency: str, quarter: int) -> float:
        if currency == "USD":
            return 1.0
        limit = quarter if self.until is None else min(quarter, quarter_index(self.until))
        return self.evidence.rate("cny_per_usd", quarter_name(limit))

    def _pair(self, pair: tuple[str, ...], row: Observation) -> tuple[float, float]:
        """Return the two series at the row's period, or where both were last known."""
        both = sorted(
            p
            for (s, a, p) in self.observed
            if s == pair[0]
            and a == row.actor
            and (pair[1], a, p) in self.observed
            and "Q" in p
            and (self.until is None or p <= self.until)
        )
        before = [p for p in both if p <= end_of(row.period)] or both[:1]
        at = before[-1]
        return self.observed[pair[0], row.actor, at], self.observed[pair[1], row.actor, at]

    def _ratio(self, pair: tuple[str, ...], row: Observation) -> float:
        a, b = self._pair(pair, row)
        return a / b

    def _difference(self, pair: tuple[str, ...], row: Observation) -> float:
        a, b = self._pair(pair, row)
        return a - b


def observed_points() -> dict[tuple[str, str], list[dict[str, object]]]:
    """Return for each (variable, region) the observations that can be drawn over its chart, in its unit.

    Each is `{period, value, low, high, series_id, actor, source, confidence}`. A company's quarter that ends a month
    late stands at the calendar quarter it mostly fills. Forecasts are not among them.
    """
    evidence = load()
    out: dict[tuple[str, str], list[dict[str, object]]] = {}
    for o in evidence.history:
        target = find(o.series_id, o.actor)
        if o.forecast or target is None or target.top is None or not target.plain or span(o.period)[0] < 0:
            continue
        rate = evidence.rate("cny_per_usd", end_of(o.period)) if target.currency == "CNY" else 1.0

        def unit(value: float | None, target: Target = target, rate: float = rate) -> float | None:
            if value is None:
                return None
            x = float(value) / (target.scale * rate)
            return 1 - x if target.complement else x

        low, high = unit(o.low), unit(o.high)
        if target.complement:
            low, high = high, low
        row = {
            "period": o.period,
            "value": unit(o.value),
            "low": low,
            "high": high,
            "series_id": o.series_id,
            "actor": o.actor,
            "source": o.source,
            "confidence": o.confidence,
        }
        out.setdefault((target.top.outcomes[0], target.top.region), []).append(row)
    for rows in out.values():
        rows.sort(key=lambda r: str(r["period"]))
    return out


def last_day_of(quarter: str):
    """Return the last day of a quarter, as a date."""
    return quarter_span(quarter_index(quarter))[1]


__all__ = ["Point", "Weighted", "base_series", "last_day_of", "observed_points", "points"]
