"""Measures in a scenario: the dates of the evidence with what the scenario changes."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from countervail.errors import UserError, unknown
from countervail.periods import quarter_span
from countervail.scenario.files import Change, Scenario

if TYPE_CHECKING:
    from countervail.evidence import Evidence

RENEWED_ON = date(2026, 11, 1)  # suspensions in force on this day are what "renewed" renews


@dataclass(frozen=True)
class Dated:
    """One measure and the days on which it is in force. Last days are included; None means open."""

    id: str
    actor: str
    name: str
    first: date | None  # None: a proposal, or without a date
    last: date | None = None
    suspensions: tuple[tuple[date, date | None], ...] = ()
    enacted: bool = False  # a proposal the scenario switches on
    own: bool = False  # written in the scenario
    renewed: date | None = None  # last day of a suspension that the scenario takes as renewed
    probability: float = 1.0

    def in_force(self, first: date | None = None) -> list[tuple[date, date | None]]:
        """Return the spans in force, from `first` (instead of the day it took effect) on."""
        start = self.first if first is None or self.first is None else max(first, self.first)
        if start is None or (self.last is not None and self.last < start):
            return []
        spans: list[tuple[date, date | None]] = [(start, self.last)]
        for a, b in self.suspensions:
            cut: list[tuple[date, date | None]] = []
            for x, y in spans:
                if (y is not None and y < a) or (b is not None and b < x):
                    cut.append((x, y))
                    continue
                if x < a:
                    cut.append((x, a - timedelta(days=1)))
                if b is not None and (y is None or y > b):
                    cut.append((b + timedelta(days=1), y))
            spans = cut
        return spans


def measures_in(
    scenario: Scenario, known: "Evidence", all_: "Evidence", on: frozenset[int], rule_ids: dict[str, Any]
) -> dict[str, Dated]:
    """Return the measures by id.

    Parameters
    ----------
    known, all_
        The evidence as of the scenario's date, and all of it: a scenario may assume a later measure by `use`.
    on
        Indices of `scenario.changes` that hold in this variant.
    rule_ids
        Measures of the rules by id; those the evidence has no row for can be ended too.
    """
    out = _dated(known)
    later = _dated(all_)
    later |= {
        k: Dated(k, getattr(m, "actor", "US"), m.name, None) for k, m in rule_ids.items() if k not in later
    }
    if scenario.renewed:
        out = {k: renew(d) for k, d in out.items()}
    for i, change in enumerate(scenario.changes):
        if i in on:
            _apply(out, later, change)
    return out


def _dated(evidence: "Evidence") -> dict[str, Dated]:
    out: dict[str, Dated] = {}
    for m in evidence.measures.values():
        if m.encode:
            last = None if m.ended is None else m.ended - timedelta(days=1)
            spans = tuple((s.from_, s.through) for s in m.suspensions)
            out[m.id] = Dated(m.id, m.actor, m.name, None if m.proposal else m.effective, last, spans)
    return out


def renew(measure: Dated) -> Dated:
    """Return the measure with a suspension in force on 1 November 2026 left open-ended."""
    ends = [b for a, b in measure.suspensions if b is not None and a <= RENEWED_ON <= b]
    if not ends:
        return measure
    spans = tuple((a, None if b in ends else b) for a, b in measure.suspensions)
    return replace(measure, suspensions=spans, renewed=max(ends))


def matching(ids: Any, pattern: str, where: str) -> list[str]:
    """Return the measures a pattern means; none is an error with the nearest names."""
    found = [i for i in ids if fnmatchcase(i, pattern)]
    if not found:
        error = unknown("measure", pattern, ids)
        raise UserError(f"{where}: {error.message}" if where else error.message, error.hint)
    return found


def _apply(out: dict[str, Dated], later: dict[str, Dated], change: Change) -> None:
    first = None if change.start is None else quarter_span(change.start)[0]
    last = None if change.stop is None else quarter_span(change.stop)[1]
    if change.kind == "end":
        day = first or quarter_span(0)[0]
        for id in matching({**later, **out}, change.id, change.where):
            held = out.get(id)
            if held is not None and held.first is not None and (held.last is None or held.last >= day):
                out[id] = replace(held, last=day - timedelta(days=1))
        return
    if change.kind == "own":
        out[change.id] = Dated(
            change.id, change.actor, change.name or change.id, first or quarter_span(0)[0], last,
            own=True, probability=change.probability,
        )  # fmt: skip
        return
    for id in matching({**later, **out}, change.id, change.where):
        held = out[id] if id in out else later[id]
        out[id] = replace(
            held,
            first=first or held.first or RENEWED_ON,
            last=last if last is not None else (None if first else held.last),
            suspensions=() if first else held.suspensions,  # a start of its own overrules an old suspension
            enacted=held.first is None,
            probability=change.probability,
        )
