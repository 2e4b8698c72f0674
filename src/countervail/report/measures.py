"""Measures in force on a timeline, and the expiries on which the two baselines differ."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from countervail.evidence import load
from countervail.language import Speaker, speaker
from countervail.periods import quarter_index, quarter_span

if TYPE_CHECKING:
    from countervail.ensemble import Result
    from countervail.scenario.builder import MeasureUse

OPEN = date(2100, 1, 1)


@dataclass(frozen=True)
class Bar:
    """A stretch of a measure on the axis, in percent of its width."""

    left: float
    width: float
    kind: str  # on | off (suspended or not enforced)


@dataclass(frozen=True)
class Line:
    """One measure on the timeline."""

    id: str
    actor: str
    name: str
    dates: str
    marks: tuple[str, ...]
    bars: tuple[Bar, ...]
    changed: bool  # by the scenario
    scenarios: tuple[str, ...]


def timeline(results: "list[Result]", say: Speaker | None = None) -> tuple[list[int], list[Line]]:
    """Return the years of the axis and a line per measure, one for each way in which scenarios hold it."""
    say = say or speaker()
    first = date(results[0].years[0], 1, 1)
    last = quarter_span(quarter_index(results[0].until))[1]
    years = list(range(first.year, last.year + 1))
    every = len(results)
    seen: dict[tuple[str, str], list[str]] = {}
    uses: dict[tuple[str, str], MeasureUse] = {}
    for r in results:
        for m in r.scenario.measures:
            if m.first > last or (m.last is not None and m.last < first):
                continue
            key = (m.id, repr((m.first, m.last, m.suspensions, m.probability, m.renewed)))
            seen.setdefault(key, []).append(r.scenario.id)
            uses[key] = m
    lines = []
    for key, m in uses.items():
        only = tuple(seen[key]) if len(seen[key]) < every else ()
        name = say.text("measure", m.id, "name", m.name)
        bars = tuple(_bars(m, first, last))
        lines.append(Line(m.id, m.actor, name, _dates(m, say), _marks(m, say), bars, m.changed, only))
    order = {
        key: i for i, key in enumerate(sorted(uses, key=lambda k: (uses[k].actor != "US", uses[k].first, k)))
    }
    return years, [line for _, line in sorted(zip(uses, lines, strict=True), key=lambda pair: order[pair[0]])]


def expiries(say: Speaker | None = None) -> list[dict[str, str]]:
    """Return the suspensions that `current-law` lets end as written and `status-quo` takes as renewed."""
    from countervail.scenario.timeline import RENEWED_ON

    say = say or speaker()
    rows = []
    for m in load().measures.values():
        for s in m.suspensions:
            if m.encode and s.through is not None and s.from_ <= RENEWED_ON <= s.through:
                back = s.through + timedelta(days=1)
                name = say.text("measure", m.id, "name", m.name)
                row = {"id": m.id, "actor": m.actor, "name": name}
                rows.append((back, row | {"from": say.date(s.from_), "back": say.date(back)}))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def _dates(m: "MeasureUse", say: Speaker) -> str:
    if m.last is None:
        return say("dates.open", start=say.date(m.first))
    return say("dates.to", start=say.date(m.first), end=say.date(m.last))


def _unenforced(m: "MeasureUse") -> date | None:
    """Return the day from which a measure is law but no longer enforced."""
    known = load().measures.get(m.id)
    return known.enforcement_ended if known else None


def _marks(m: "MeasureUse", say: Speaker) -> tuple[str, ...]:
    marks = []
    if (day := _unenforced(m)) and not m.changed:
        marks.append(say("mark.unenforced", day=say.date(day)))
    for a, b in m.suspensions:
        start = say.date(a)
        marks.append(
            say("mark.suspended_to", day=start, end=say.date(b)) if b else say("mark.suspended", day=start)
        )
    if m.renewed:
        marks.append(say("mark.renewed"))
    if m.changed:
        marks.append(say("mark.changed"))
    if m.probability < 1:
        marks.append(say("mark.probability", share=f"{100 * m.probability:.0f}%"))
    return tuple(marks)


def _bars(m: "MeasureUse", first: date, last: date) -> list[Bar]:
    whole = (last - first).days + 1

    def bar(a: date, b: date, kind: str) -> list[Bar]:
        a, b = max(a, first), min(b, last)
        if b < a:
            return []
        return [Bar(100 * (a - first).days / whole, max(100 * ((b - a).days + 1) / whole, 0.6), kind)]

    end = m.last or OPEN
    bars = bar(m.first, end, "on")
    for a, b in m.suspensions:
        bars += bar(max(a, m.first), min(b or OPEN, end), "off")
    if (day := _unenforced(m)) and not m.changed:
        bars += bar(day, end, "off")
    return bars
