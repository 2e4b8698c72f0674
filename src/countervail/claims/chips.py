"""Assertions about chips: a threshold, a ratio of the best, a comparison with one reference chip."""

from datetime import date

from countervail.claims.findings import RANK, Figure, Finding, distance, everything, holds, known_chip
from countervail.claims.schema import UNITS, ChipCompare, ChipRatio, ChipSet, ChipThreshold
from countervail.errors import unknown
from countervail.evidence import Accelerator, Evidence
from countervail.periods import quarter_index, quarter_span

SHOWN = 5  # figures per set in the answer


def chips_of(evidence: Evidence, chips: ChipSet, on: date) -> list[Accelerator]:
    """Return the chips of a set as they stood on a day."""
    if chips.ids:
        found = [c for text in chips.ids if (c := known_chip(evidence, text))]
    else:
        found = list(evidence.accelerators.values())
    for field in ("designer_country", "designer", "vendor"):
        wanted = getattr(chips, field)
        if wanted is not None:
            known = {getattr(c, field) for c in everything(evidence).accelerators.values()}
            if wanted not in known:
                raise unknown(field.replace("_", " "), wanted, known)
            found = [c for c in found if getattr(c, field) == wanted]
    if chips.for_market:
        found = [c for c in found if c.for_market in chips.for_market]
    if chips.datacentre is not None:
        found = [c for c in found if c.designed_for_datacentre == chips.datacentre]
    return [c for c in found if status_on(c, on) in chips.status]


def status_on(chip: Accelerator, on: date) -> str:
    """Return the status of a chip on a day: a part that ships later is announced until its quarter starts."""
    if chip.status != "shipping":
        return chip.status
    if chip.release_quarter and quarter_span(quarter_index(chip.release_quarter))[0] > on:
        return "announced"
    return "shipping"


def figure(chip: Accelerator, column: str, note: str = "") -> Figure:
    """Return one column of a chip as a figure."""
    return Figure(
        chip.id,
        chip.name,
        column,
        getattr(chip, column),
        UNITS[column],
        chip.release_quarter or "",
        chip.confidence,
        tuple(chip.sources),
        note or (f"{chip.status}, from memory" if column in chip.from_memory else chip.status),
    )


def trusted(chip: Accelerator, least: str) -> bool:
    """Say whether a row is of at least the confidence asked for."""
    return RANK[chip.confidence] >= RANK[least]


def threshold(evidence: Evidence, a: ChipThreshold, on: date) -> Finding:
    """Return whether any (or all) of the chips reach the value."""
    found = chips_of(evidence, a.chips, on)
    known = [(c, float(v)) for c in found if (v := getattr(c, a.column)) is not None]
    if not found:
        return Finding("unsupported", "no chip of that kind is known")
    if not known:
        return Finding("undecidable", f"no figure for {a.column} is published for any of {len(found)} chips")
    up = a.comparison in ("above", "at_least")
    # the chip nearest to making the claim true comes first; for "all" the one nearest to breaking it
    known.sort(key=lambda x: x[1], reverse=up if a.quantifier == "any" else not up)
    good = [x for x in known if trusted(x[0], a.minimum_confidence)]
    lead = good[0] if good else known[0]
    gaps = len(found) - len(known)
    tail = f"; {gaps} of {len(found)} chips have no published figure" if gaps else ""
    off = distance(lead[1], a.value, UNITS[a.column])
    figures = tuple(figure(c, a.column) for c, _ in (good or known)[:SHOWN])
    asked = f"the claim is {a.comparison.replace('_', ' ')} {a.value:g}"
    said = f"{lead[0].name} has {lead[1]:g} {UNITS[a.column]}, {asked}"
    ok = [x for x in known if holds(x[1], a.comparison, a.value)]
    if a.quantifier == "all":
        bad = [x for x in known if x not in ok]
        if any(x in good for x in bad):
            return Finding("contradicted", said + tail, figures, off)
        if bad or gaps or not good:
            return Finding(
                "undecidable", "only figures of low confidence, or none, decide it" + tail, figures, off
            )
        return Finding("supported", said, figures, off)
    if any(x in good for x in ok):
        return Finding("supported", said, figures, off)
    if ok:
        weak = tuple(figure(c, a.column) for c, _ in ok[:SHOWN])
        return Finding("undecidable", "only figures of low confidence reach it; " + said, weak + figures, off)
    if not good:
        return Finding("undecidable", "only figures of low confidence exist; " + said + tail, figures, off)
    return Finding("contradicted", said + tail, figures, off)


def ratio(evidence: Evidence, a: ChipRatio, on: date) -> Finding:
    """Return whether the best of one set over the best of another meets the ratio."""
    tops = [_best(evidence, s, a, on) for s in (a.chips, a.reference)]
    if any(not found for found, _, _ in tops):
        return Finding("unsupported", "no chip of that kind is known")
    if any(any_best is None for _, _, any_best in tops):
        return Finding("undecidable", f"no figure for {a.column} is published for one of the two sets")
    (_, good_a, any_a), (_, good_b, any_b) = tops
    pair_a, pair_b = good_a or any_a, good_b or any_b
    assert pair_a and pair_b and any_a and any_b
    value = pair_a[1] / pair_b[1]
    figures = (figure(pair_a[0], a.column), figure(pair_b[0], a.column))
    off = distance(value, a.value, "ratio")
    asked = f"the claim is {a.comparison.replace('_', ' ')} {a.value:g}"
    said = f"{pair_a[0].name} over {pair_b[0].name} is {value:.2f}, {asked}"
    if good_a is None or good_b is None:
        return Finding("undecidable", "only figures of low confidence exist; " + said, figures, off)
    met = holds(value, a.comparison, a.value)
    weak = [holds(x[1] / y[1], a.comparison, a.value) for x in (good_a, any_a) for y in (good_b, any_b)]
    if any(w != met for w in weak):
        extra = tuple(figure(c, a.column) for c, _ in (any_a, any_b) if c not in (good_a[0], good_b[0]))
        return Finding("undecidable", "figures of low confidence turn it; " + said, figures + extra, off)
    return Finding("supported" if met else "contradicted", said, figures, off)


def _best(
    evidence: Evidence, chips: ChipSet, a: ChipRatio, on: date
) -> tuple[list[Accelerator], tuple[Accelerator, float] | None, tuple[Accelerator, float] | None]:
    """Return the set, its best chip of enough confidence, and its best chip of any."""
    found = chips_of(evidence, chips, on)
    known = sorted(
        ((c, float(v)) for c in found if (v := getattr(c, a.column)) is not None), key=lambda x: -x[1]
    )
    good = [x for x in known if trusted(x[0], a.minimum_confidence)]
    return found, good[0] if good else None, known[0] if known else None


def compare(evidence: Evidence, a: ChipCompare, on: date) -> Finding:
    """Return whether one chip of the set reaches the share of the reference in enough columns."""
    reference = known_chip(evidence, a.reference)
    if reference is None:
        return Finding("unsupported", f"{a.reference} was not known yet")
    bars = {c: float(v) for c in a.columns if (v := getattr(reference, c)) is not None}
    found = [c for c in chips_of(evidence, a.chips, on) if c.id != reference.id]
    if not found:
        return Finding("unsupported", "no chip of that kind is known")
    if len(bars) < a.count:
        return Finding("undecidable", f"{reference.name} lacks figures for the columns asked for")
    shares = {
        c.id: {k: float(v) / bar for k, bar in bars.items() if (v := getattr(c, k)) is not None}
        for c in found
    }
    # of two chips, the one whose n-th best column is higher is nearer to the claim; n columns are needed
    scored = sorted(found, key=lambda c: _nth(shares[c.id], a.count), reverse=True)
    good = [c for c in scored if trusted(c, a.minimum_confidence)]

    def reached(c: Accelerator) -> int:
        return sum(holds(s, a.comparison, a.share) for s in shares[c.id].values())

    met = sorted((c for c in scored if reached(c) >= a.count), key=reached, reverse=True)
    met_good = [c for c in met if c in good]
    lead = next(iter(met_good), None) or next((c for c in good if shares[c.id]), None) or scored[0]
    listed = ", ".join(f"{k} {s:.2f}" for k, s in sorted(shares[lead.id].items(), key=lambda x: -x[1]))
    verb = "exceeds" if a.comparison == "above" else "reaches"
    said = (
        f"{lead.name} {verb} {a.share:.0%} of {reference.name} in {reached(lead)} of {len(a.columns)} columns"
        f"; {a.count} would make the claim true ({listed})"
    )
    off = distance(_nth(shares[lead.id], a.count), a.share, "share of the reference")
    figures = tuple(figure(lead, k) for k in shares[lead.id]) + tuple(figure(reference, k) for k in bars)
    if met_good:
        return Finding("supported", said, figures, off)
    if met:
        weak = tuple(figure(met[0], k) for k in shares[met[0].id])
        return Finding(
            "undecidable", f"only {met[0].name}, of low confidence, reaches it; {said}", weak + figures, off
        )
    if not any(shares[c.id] for c in good):
        return Finding("undecidable", "only figures of low confidence exist; " + said, figures, off)
    return Finding("contradicted", said, figures, off)


def _nth(shares: dict[str, float], n: int) -> float:
    """Return the n-th highest share, zero where fewer are known."""
    ordered = sorted(shares.values(), reverse=True)
    return ordered[n - 1] if len(ordered) >= n else 0.0
