"""What a row looked like on an earlier date: later developments undone, later figures not yet there."""

import math
from datetime import date
from typing import Any, TypeVar

from countervail.evidence import records as r
from countervail.periods import quarter_index, quarter_span

A = TypeVar("A", r.Alliance, r.Standard)


def measure_as_of(measure: r.Measure, day: date) -> r.Measure:
    """Apply the later developments known by `day`, in order of date."""
    known = sorted((x for x in measure.later if x.known_since <= day), key=lambda x: x.known_since)
    update: dict[str, object] = {"later": known}
    if measure.published and measure.published > day:
        update["published"] = None
    if not measure.later:
        return measure.model_copy(update=update)
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
            update["ranges"] = {k: v for k, v in chip.ranges.items() if k not in change.values}
    release = update.get("release_quarter", chip.release_quarter)
    start = quarter_span(quarter_index(str(release)))[0] if release else None
    on_sale = start is not None and start <= day
    if chip.eol_quarter and quarter_span(quarter_index(chip.eol_quarter))[0] > day:
        update["eol_quarter"] = None
    if not on_sale:
        update |= {"price_usd_low": None, "price_usd_high": None, "ranges": {}}
        if chip.status in ("shipping", "cancelled"):
            update["status"] = "announced"
    return chip.model_copy(update=update)


def prior_as_of(prior: r.Prior, day: date) -> r.Prior:
    """Return the prior as it may be used on `day`.

    The model needs a value for each parameter, so a prior that rests on later sources stays, without
    them, marked `hindsight`, its quantiles twice as far from the median. A plain assumption keeps its range.
    """
    if prior.known_since <= day:
        return prior
    update: dict[str, object] = {"hindsight": True, "sources": []}
    if prior.basis != "assumption" and prior.prior is not None:
        update |= {"basis": "assumption", "confidence": "low", "prior": widened(prior.prior)}
    return prior.model_copy(update=update)


def widened(prior: dict[str, Any]) -> dict[str, Any]:
    """Double the distance of the quantiles from the median, on the scale of the distribution."""
    kind = prior.get("dist")
    if kind == "uniform":
        spare = (prior["high"] - prior["low"]) / 2
        low = max(prior["low"] - spare, prior.get("min", -math.inf))
        return prior | {"low": low, "high": min(prior["high"] + spare, prior.get("max", math.inf))}
    if kind not in ("normal", "lognormal", "logitnormal"):
        return prior
    p5, p50, p95 = prior["p5"], prior["p50"], prior["p95"]
    if kind == "normal":
        return prior | {"p5": 2 * p5 - p50, "p95": 2 * p95 - p50}
    if kind == "lognormal":
        return prior | {"p5": p5 * p5 / p50, "p95": p95 * p95 / p50}

    def doubled(share: float) -> float:
        odds = (share / (1 - share)) ** 2 / (p50 / (1 - p50))
        return odds / (1 + odds)

    return prior | {"p5": doubled(p5), "p95": doubled(p95)}


def alliance_as_of(row: A, day: date) -> A:
    """Leave out figures and remarks that were published after `day`."""
    if row.figures_known_since is None or row.figures_known_since <= day:
        return row
    update: dict[str, object] = {"figures": {}, "figures_known_since": None, "notes": "", "disagreement": ""}
    if isinstance(row, r.Alliance):
        update["started"] = row.known_since.isoformat()
    else:
        update |= {"since": row.known_since.isoformat(), "members": [], "compat": "", "openness": ""}
    return row.model_copy(update=update)
