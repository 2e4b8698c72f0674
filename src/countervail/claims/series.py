"""Assertions about observed series: a sum, a mean, the latest or the largest value against a threshold."""

from datetime import date

from countervail.claims.findings import RANK, Figure, Finding, distance, everything, holds
from countervail.claims.schema import HistoryThreshold
from countervail.errors import UserError, unknown
from countervail.evidence import Evidence, Observation
from countervail.periods import last_day, quarter_of


def threshold(evidence: Evidence, a: HistoryThreshold, on: date) -> Finding:
    """Return whether the series meets the value; periods that end after the claim's date do not count."""
    every = [o for o in evidence.history if not o.forecast]
    series = {o.series_id for o in everything(evidence).history if not o.forecast}
    if a.series not in series:
        raise unknown("series", a.series, series)
    if not any(o.series_id == a.series for o in every):
        return Finding("unsupported", f"no figure of {a.series} was known yet")
    rows = [o for o in every if o.series_id == a.series and o.actor.lower() == a.actor.lower()]
    rows = [o for o in rows if last_day(o.period) <= on and _within(o, a)]
    if not rows:
        return Finding("undecidable", f"no figure of {a.series} is published for {a.actor}")
    good = [o for o in rows if RANK[o.confidence] >= RANK[a.minimum_confidence]]
    used = good or rows
    by_period: dict[str, list[Observation]] = {}
    for o in used:
        by_period.setdefault(o.period, []).append(o)
    periods = sorted(by_period, key=last_day)
    if a.aggregate == "latest":
        periods = periods[-1:]
    unit = a.unit or used[0].unit
    spans = [_span(evidence, by_period[p], unit) for p in periods]
    low, mid, high = (_aggregate([s[i] for s in spans], a.aggregate) for i in range(3))
    figures = tuple(_figure(o) for p in periods for o in by_period[p])[-8:]
    off = distance(mid, a.value, unit)
    said = f"{a.series} of {a.actor}, {a.aggregate} of {', '.join(periods)}: {mid:g} {unit}"
    if low != high:
        said += f" ({low:g} to {high:g})"
    said += f"; the claim is {a.comparison.replace('_', ' ')} {a.value:g}"
    met = {holds(x, a.comparison, a.value) for x in (low, mid, high)}
    if len(met) == 2:
        return Finding("undecidable", said + "; the figures disagree or their range spans it", figures, off)
    ok = met.pop()
    if not good:
        return Finding("undecidable", "only figures of low confidence exist; " + said, figures, off)
    up = a.comparison in ("above", "at_least")
    if a.series_is != "exact":
        # an upper bound can refute "at least", never prove it; a lower bound the other way round
        decides = (not ok) if (a.series_is == "upper_bound") == up else ok
        if not decides:
            return Finding(
                "undecidable", said + f"; the series is only an {_words(a)} of what is claimed", figures
            )
    return Finding("supported" if ok else "contradicted", said, figures, off)


def _words(a: HistoryThreshold) -> str:
    return a.series_is.replace("_", " ")


def _within(o: Observation, a: HistoryThreshold) -> bool:
    end = last_day(o.period)
    if a.from_period and end < last_day(a.from_period):
        return False
    return not (a.to_period and end > last_day(a.to_period))


def _span(evidence: Evidence, rows: list[Observation], unit: str) -> tuple[float, float, float]:
    """Return low, middle and high of one period over all its rows, in the unit."""
    out = []
    for o in rows:
        factor = _factor(evidence, o, unit)
        out.append(
            (
                o.low if o.low is not None else o.value,
                o.value,
                o.high if o.high is not None else o.value,
                factor,
            )
        )
    middle = sum(v * f for _, v, _, f in out) / len(out)
    return min(x * f for x, _, _, f in out), middle, max(x * f for _, _, x, f in out)


def _factor(evidence: Evidence, o: Observation, unit: str) -> float:
    """Return what a value is multiplied by to reach the unit: only yuan to dollars is converted."""
    if o.unit == unit:
        return 1.0
    if o.unit.replace("CNY", "USD") == unit:
        return 1.0 / evidence.rate("cny_per_usd", quarter_of(last_day(o.period)))
    raise UserError(f"{o.series_id} is in '{o.unit}', the claim in '{unit}'", "give the unit of the series")


def _aggregate(values: list[float], how: str) -> float:
    if how == "max":
        return max(values)
    if how == "mean":
        return sum(values) / len(values)
    return sum(values) if how == "sum" else values[-1]


def _figure(o: Observation) -> Figure:
    return Figure(
        o.id,
        f"{o.series_id}, {o.actor}",
        o.period,
        o.value,
        o.unit,
        o.period,
        o.confidence,
        tuple(o.sources),
        o.notes,
    )
