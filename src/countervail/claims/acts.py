"""Assertions about acts: a measure, a dated move, an alliance, the licence outcome of a chip."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from countervail.claims.findings import RANK, Figure, Finding, OffBy, everything, known_chip
from countervail.claims.schema import AllianceExists, EventExists, MeasureExists, RuleOutcome
from countervail.errors import UserError, unknown
from countervail.evidence import Alliance, Event, Evidence, Measure

AHEAD = timedelta(days=3 * 366)  # how far after the claim's date a later change is looked for


def mentions(words: Iterable[str], text: str) -> bool:
    """Say whether one of the words stands in the text, as whole words; no words means yes."""
    squeezed = " " + " ".join(re.findall(r"[a-z0-9]+", text.lower())) + " "
    wanted = [" " + " ".join(re.findall(r"[a-z0-9]+", w.lower())) for w in words]
    return not wanted or any(w in squeezed for w in wanted)


def _measure_figure(measure: Measure, what: str, day: date | None) -> Figure:
    status = measure.status or ("proposal" if measure.proposal else "")
    return Figure(
        measure.id,
        measure.name,
        what,
        day.isoformat() if day else None,
        "date",
        measure.announced.isoformat(),
        measure.confidence,
        tuple(measure.sources),
        status,
    )


def measure_exists(evidence: Evidence, a: MeasureExists, on: date) -> Finding:
    """Return whether a measure of that kind had the status within the window."""
    all_measures = everything(evidence).measures
    for id in a.ids:
        if id not in all_measures:
            raise unknown("measure", id, all_measures)
    mechanisms = {m for x in all_measures.values() for m in x.mechanisms}
    for mechanism in a.mechanism:
        if mechanism not in mechanisms:
            raise unknown("mechanism of a measure", mechanism, mechanisms)
    found = [
        m
        for m in evidence.measures.values()
        if m.actor == a.actor
        and (not a.ids or m.id in a.ids)
        and (not a.mechanism or set(a.mechanism) & set(m.mechanisms))
        and mentions(a.about, f"{m.name} {m.summary} {' '.join(m.binds)}")
    ]
    if not found:
        return Finding("unsupported", f"no measure of {a.actor} of that kind is known")
    dated = [(m, _status_date(m, a.status, on)) for m in found]
    met = [(m, d) for m, d in dated if d is not None and d <= on and (a.since is None or d >= a.since)]
    word = a.status.replace("_", " ")
    if met:
        met.sort(key=lambda x: (-RANK[x[0].confidence], x[1]))
        figures = tuple(_measure_figure(m, word, d) for m, d in met[:3])
        if RANK[met[0][0].confidence] < RANK[a.minimum_confidence]:
            return Finding("undecidable", f"only evidence of low confidence: {met[0][0].name}", figures)
        return Finding("supported", f"{met[0][0].name}: {word} on {met[0][1]}", figures)
    trusted = [(m, d) for m, d in dated if RANK[m.confidence] >= RANK[a.minimum_confidence]]
    figures = tuple(_measure_figure(m, word, d) for m, d in (trusted or dated)[:3])
    if not trusted:
        return Finding("undecidable", "only evidence of low confidence speaks of it", figures)
    gaps = [(m, _gap(d, a.since, on)) for m, d in trusted if d]
    nearest = min(gaps, key=lambda x: abs(x[1]), default=None)
    off = OffBy(nearest[1], "days") if nearest else None
    named = nearest[0] if nearest else trusted[0][0]
    return Finding(
        "contradicted", f"{named.name}: not {word} in the time claimed ({named.status})", figures, off
    )


def _gap(day: date, since: date | None, on: date) -> int:
    """Return by how many days a day lies after the window (positive) or before it (negative)."""
    if day > on:
        return (day - on).days
    return (day - since).days if since and day < since else 0


def _status_date(measure: Measure, status: str, on: date) -> date | None:
    """Return the day from which a measure has the status, None where it never does."""
    if status == "considered":
        return measure.announced
    if measure.proposal:
        return None
    if status == "announced":
        return measure.announced
    if measure.effective is None or (measure.ended is not None and measure.ended <= on):
        return None
    if any(s.from_ <= on and (s.through is None or on <= s.through) for s in measure.suspensions):
        return None
    return measure.effective


def event_exists(evidence: Evidence, a: EventExists, on: date) -> Finding:
    """Return whether a dated move of that kind stands in the timeline within the window."""
    sides = {e.side for e in everything(evidence).timeline}
    if a.side not in sides:
        raise unknown("side", a.side, sides)
    found = [
        e
        for e in evidence.timeline
        if e.side == a.side
        and (not a.action or e.action in a.action)
        and mentions(a.about, f"{e.target} {e.text}")
    ]
    if not found:
        return Finding("unsupported", f"no move of {a.side} of that kind is known")
    met = [e for e in found if e.date <= on and (a.since is None or e.date >= a.since)]
    if met:
        met.sort(key=lambda e: -RANK[e.confidence])
        figures = tuple(_event_figure(e) for e in met[:3])
        if RANK[met[0].confidence] < RANK[a.minimum_confidence]:
            return Finding("undecidable", f"only evidence of low confidence: {met[0].text}", figures)
        return Finding("supported", f"{met[0].date}: {met[0].text}", figures)
    near = min(found, key=lambda e: abs((e.date - on).days))
    off = OffBy(_gap(near.date, a.since, on), "days")
    return Finding("contradicted", f"{near.date}: {near.text}", (_event_figure(near),), off)


def _event_figure(event: Event) -> Figure:
    return Figure(
        event.id,
        event.target,
        event.action,
        event.date.isoformat(),
        "date",
        event.date.isoformat(),
        event.confidence,
        tuple(event.sources),
        event.text,
    )


def alliance_exists(evidence: Evidence, a: AllianceExists, on: date) -> Finding:
    """Return whether an alliance holds all of the members and one of the others."""
    found = [
        x
        for x in evidence.alliances.values()
        if all(mentions([m], " | ".join(x.members)) for m in a.members)
        and mentions(a.with_any, " | ".join(x.members))
    ]
    who = " and ".join(a.members)
    if not found:
        return Finding("unsupported", f"no alliance of {who} of that kind is known")
    found.sort(key=lambda x: (x.known_since > on, -RANK[x.confidence]))
    figures = tuple(_alliance_figure(x) for x in found[:3])
    first = found[0]
    if first.known_since > on:
        days = (first.known_since - on).days
        return Finding("unsupported", f"{first.name}: first known later", figures, OffBy(days, "days"))
    if RANK[first.confidence] < RANK[a.minimum_confidence]:
        return Finding("undecidable", f"only evidence of low confidence: {first.name}", figures)
    return Finding("supported", f"{first.name} ({first.kind})", figures)


def _alliance_figure(x: Alliance) -> Figure:
    return Figure(
        x.id, x.name, "members", list_text(x.members), "", x.started, x.confidence, tuple(x.sources), x.kind
    )


def list_text(items: list[str]) -> str:
    """Return names as one text."""
    return ", ".join(items)


def rule_outcome(evidence: Evidence, a: RuleOutcome, on: date) -> Finding:
    """Return whether the licence outcome changed as claimed, or was one of the words."""
    from countervail.rules import WORDS, Regime, check
    from countervail.rules.chips import chip_from_evidence

    for word in a.outcome:
        if word not in WORDS:
            raise unknown("outcome word", word, WORDS)
    chip = known_chip(evidence, a.chip)
    if chip is None:
        return Finding("unsupported", f"{a.chip} was not known yet")
    part, regime = chip_from_evidence(chip), Regime.load(evidence.as_of)

    def outcome(day: date) -> tuple[str, str | None, str]:
        result = check(part, to=a.to, on=day, end_user=a.end_user, measures=regime)
        return result.outcome, result.measure, result.clause

    if a.since and a.since >= on and evidence.as_of and evidence.as_of <= a.since:
        return Finding("unsupported", f"the time claimed starts on {a.since}, after the day of the check")
    days = [a.since, on] if a.since else [on]
    if a.since and a.since >= on:
        raise UserError(f"a rule_outcome compares {a.since} with {on}", "since must be earlier than by")
    seen = [(d, *outcome(d)) for d in days]
    figures = tuple(_outcome_figure(evidence, chip.name, a.to, d, w, m, c) for d, w, m, c in seen)
    if any(w == "undetermined" for _, w, _, _ in seen):
        return Finding("undecidable", "a figure the rule needs is unknown", figures)
    now = seen[-1][1]
    if a.outcome:
        ok = now in a.outcome
        return Finding("supported" if ok else "contradicted", f"on {on} the outcome is {now}", figures)
    was = seen[0][1]
    moved = WORDS.index(now) - WORDS.index(was)
    change = "unchanged" if moved == 0 else "relaxed" if moved < 0 else "tightened"
    said = f"on {days[0]} {was}, on {on} {now}: {change}"
    if change == a.change:
        return Finding("supported", said, figures)
    later = _first_change(outcome, WORDS, was, a.change, on)
    if later:
        found = outcome(later)
        figures += (_outcome_figure(evidence, chip.name, a.to, later, *found),)
        said += f"; {a.change} on {later}"
    return Finding("contradicted", said, figures, OffBy((later - on).days, "days") if later else None)


def _first_change(outcome, words, was: str, change: str | None, on: date) -> date | None:  # noqa: ANN001
    """Return the first day after `on` on which the outcome has moved as claimed, by bisection over months."""

    def moved(day: date) -> bool:
        word = outcome(day)[0]
        if word == "undetermined":
            return False
        step = words.index(word) - words.index(was)
        return step < 0 if change == "relaxed" else step > 0

    if change == "unchanged":
        return None
    low = on
    while low < on + AHEAD:
        high = low + timedelta(days=28)
        if moved(high):
            while (high - low).days > 1:
                middle = low + (high - low) / 2
                low, high = (low, middle) if moved(middle) else (middle, high)
            return high
        low = high
    return None


def _outcome_figure(
    evidence: Evidence, chip: str, to: str, day: date, word: str, measure: str | None, clause: str
) -> Figure:
    known = evidence.measures.get(measure or "")
    return Figure(
        measure or "no measure",
        f"{chip} to {to}",
        "outcome",
        word,
        "",
        day.isoformat(),
        known.confidence if known else "high",
        tuple(known.sources) if known else (),
        clause,
    )
