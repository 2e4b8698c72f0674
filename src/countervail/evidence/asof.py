"""What a row looked like on an earlier date: later developments undone, later figures not yet there."""

from datetime import date
from typing import TypeVar

from countervail.evidence import records as r
from countervail.periods import quarter_index, quarter_span

A = TypeVar("A", r.Alliance, r.Standard)


def measure_as_of(measure: r.Measure, day: date) -> r.Measure:
    """Apply the later developments known by `day`, in order of date."""
    known = sorted((x for x in measure.later if x.known_since <= day), key=lambda x: x.known_since)
    if not measure.later:
        return measure
    update: dict[str, object] = {"later": known}
    details, sources = dict(measure.details), list(measure.sources)
    for step in known:
        for field in ("status", "effective", "ended", "enforcement_ended", "suspensions", "summary"):
            value = getattr(step, field)
            if value is not None:
                update[field] = value
        details |= step.details
        sources += [key for key in step.sources if key not in sources]
    update |= {"details": details, "sources": sources}
    return measure.model_copy(update=update)


def accelerator_as_of(chip: r.Accelerator, day: date) -> r.Accelerator:
    """Undo what came later: revised figures, availability, end of sale, prices before sale, remarks."""
    update: dict[str, object] = {"notes": "", "earlier": []}
    for change in sorted(chip.earlier, key=lambda x: x.until, reverse=True):
        if day < change.until:
            update |= change.values
    release = update.get("release_quarter", chip.release_quarter)
    start = quarter_span(quarter_index(str(release)))[0] if release else None
    on_sale = start is not None and start <= day
    if chip.eol_quarter and quarter_span(quarter_index(chip.eol_quarter))[0] > day:
        update["eol_quarter"] = None
    if not on_sale:
        update |= {"price_usd_low": None, "price_usd_high": None}
        if chip.status in ("shipping", "cancelled"):
            update["status"] = "announced"
    return chip.model_copy(update=update)


def alliance_as_of(row: A, day: date) -> A:
    """Leave out figures and remarks that were published after `day`."""
    if row.figures_known_since is None or row.figures_known_since <= day:
        return row
    return row.model_copy(update={"figures": {}, "notes": "", "disagreement": ""})
