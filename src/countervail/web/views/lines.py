"""The lines that the US rules draw, and every chip's outcome through time: what the map of the rules shows.

A zone is a set of lines of one clause that count together, such as TPP at or above 2,400 and below 4,800 with a
density at or above 1.6. Its lines come from the measure files; only which of them count together is said here.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from countervail.rules.check import CHINESE_IMPORTS, parts
from countervail.rules.chips import all_chips, resolve
from countervail.rules.outcome import WORDS, Chip, Outcome
from countervail.rules.regime import Active, Regime
from countervail.rules.us_export import judge

AXES = ("tpp", "performance_density", "memory_bandwidth_gb_s", "interconnect_gb_s", "bandwidth_sum_gb_s")
# Where the lines of one clause are alternatives, and not all of them must be met.
ALTERNATIVES: dict[str, tuple[tuple[str, ...], ...]] = {
    "us-2025-04-h20-letters": (("memory_min",), ("io_min",), ("sum_min",)),
    "bill-safe-chips": (
        ("tpp_min",),
        ("mid_tpp_min", "mid_pd_min"),
        ("low_tpp_min", "low_pd_min"),
        ("memory_min",),
        ("io_min",),
        ("sum_min",),
    ),
}
PROBE: dict[str, Any] = {"tpp": 1000.0, "performance_density": 7.0, "die_area_mm2": 800.0}
PROBE |= {"memory_bandwidth_gb_s": 1000.0, "interconnect_gb_s": 100.0}
DUTY = "us-2026-01-s232"
NOT_LAW = ("lever-us-ceilings",)


def rules_map(
    to: str,
    *,
    end_user: str = "commercial",
    headquarters: str | None = None,
    scope: str = "enforced",
    as_of: date | None = None,
) -> dict[str, Any]:
    """Return the days on which something changes, each chip's outcome in each stretch between them, and the zones.

    `codes` are indices into `words`, one per stretch; a zone's `spans` are first and last stretch in force.
    """
    regime = Regime.load(as_of)
    chips = {}
    for chip in all_chips(as_of):
        tx, buyer = parts(chip, to, end_user, headquarters, {}, regime)
        codes = []
        for stretch in range(len(regime.boundaries)):
            codes.append(judge(chip, tx, buyer, regime.law(stretch, scope)).code)
        chips[chip.id] = codes
    return {
        "to": to,
        "end_user": end_user,
        "scope": scope,
        "days": [d.isoformat() for d in regime.boundaries],
        "words": list(WORDS),
        "chips": chips,
        "zones": _zones_through_time(to, end_user, headquarters, scope, regime),
    }


def thresholds(
    on: date,
    to: str,
    *,
    end_user: str = "commercial",
    headquarters: str | None = None,
    scope: str = "enforced",
    as_of: date | None = None,
) -> dict[str, Any]:
    """Return the zones in force on a day for a destination, and the bills that are proposed."""
    regime = Regime.load(as_of)
    law = regime.at(on, scope)
    found = [
        _judged(z, to, end_user, headquarters, law, regime) for a in law.active.values() for z in _zones(a)
    ]
    return {
        "on": on.isoformat(),
        "to": to,
        "scope": scope,
        "zones": found,
        "proposals": _proposals(regime, on),
    }


def _zones(active: Active) -> Iterator[dict[str, Any]]:
    """Yield the zones of one measure: bounds by quantity, each [least, below], either of them open."""
    if active.measure.actor != "US" or active.id in NOT_LAW:
        return
    drawn = [p for p in active.parameters.values() if p.quantity in AXES and _is_number(p.value)]
    groups: dict[Any, list[Any]] = {}
    for p in drawn:
        sets = ALTERNATIVES.get(active.id)
        key = next((i for i, names in enumerate(sets) if p.name in names), None) if sets else p.clause
        groups.setdefault(key, []).append(p)
    for members in groups.values():
        bounds: dict[str, list[float | None]] = {}
        for p in members:
            side = 0 if p.op.startswith(">") else 1
            bounds.setdefault(p.quantity, [None, None])[side] = float(p.value)
        first = members[0]
        meta = active.data["parameters"][first.name]
        yield {
            "measure": active.id,
            "name": active.measure.name,
            "clause": first.cite,
            "text": active.clauses.get(first.clause, {}).get("text", ""),
            "lines": [{"label": p.label, "op": p.op, "value": p.value, "unit": p.unit} for p in members],
            "bounds": bounds,
            "source": first.source,
            "confidence": meta.get("confidence", active.data.get("confidence", "")),
            "not_for_data_centres": first.name.startswith("note2"),
        }


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _judged(
    zone: dict[str, Any], to: str, end_user: str, headquarters: str | None, law: Any, regime: Regime
) -> dict[str, Any]:
    """Return a zone with the outcome of a part that lies in it, and whether the zone counts there at all."""
    chip = probe(zone)
    tx, buyer = parts(chip, to, end_user, headquarters, {}, regime)
    found = judge(chip, tx, buyer, law)
    counts = any(t.measure == zone["measure"] and t.passed for t in found.trace if _reads_chip(t.test, zone))
    reached = found.outcome != "no_licence_required"
    kind = "duty" if zone["measure"] == DUTY else "licence"
    applies = counts and (found.fee is not None if kind == "duty" else reached)
    return {**zone, "kind": kind, "outcome": found.outcome, "applies": applies}


def _reads_chip(test: str, zone: dict[str, Any]) -> bool:
    return any(line["label"] == test for line in zone["lines"])


def probe(zone: dict[str, Any]) -> Chip:
    """Return an imagined data-centre part of NVIDIA's that lies in a zone, on sale in the US."""
    figures = dict(PROBE)
    for quantity, (least, below) in zone["bounds"].items():
        inside = least * 1.001 if least is not None else below * 0.999
        if quantity == "bandwidth_sum_gb_s":
            figures["memory_bandwidth_gb_s"] = inside - figures["interconnect_gb_s"]
        else:
            figures[quantity] = inside
    part = resolve("nvidia-h200-sxm")
    figures["die_area_mm2"] = figures["tpp"] / figures["performance_density"]
    about = {
        "id": None,
        "name": "part in the zone",
        "keys": frozenset(),
        "eccn": None,
        "eccn_prevails": False,
    }
    return replace(part, **about, datacentre=not zone["not_for_data_centres"], **figures)


def _zones_through_time(
    to: str, end_user: str, headquarters: str | None, scope: str, regime: Regime
) -> list[dict[str, Any]]:
    """Return every zone once, with the runs of stretches in which it counts for the deal."""
    found: dict[str, dict[str, Any]] = {}
    for stretch in range(len(regime.boundaries)):
        law = regime.law(stretch, scope)
        for active in law.active.values():
            for zone in _zones(active):
                judged = _judged(zone, to, end_user, headquarters, law, regime)
                if not judged["applies"]:
                    continue
                key = repr((zone["measure"], zone["clause"], zone["bounds"], judged["outcome"]))
                spans = found.setdefault(key, {**judged, "spans": []})["spans"]
                if spans and spans[-1][1] == stretch - 1:
                    spans[-1][1] = stretch
                else:
                    spans.append([stretch, stretch])
    return list(found.values())


def _proposals(regime: Regime, on: date) -> list[dict[str, Any]]:
    """Return the zones of bills that were proposed by a day and bind nobody."""
    found = []
    for measure in regime.measures.values():
        if measure.proposal and measure.announced <= on and not measure.in_force(on, "de-jure"):
            found += [{**z, "kind": "proposal"} for z in _zones(Active(measure, on))]
    return found


def band(
    chip: Any,
    to: str,
    *,
    end_user: str = "commercial",
    headquarters: str | None = None,
    scope: str = "enforced",
    as_of: date | None = None,
) -> dict[str, Any]:
    """Return the outcome for one chip through time on both sides, as spans; `import` is empty outside China."""
    from countervail.rules import timeline
    from countervail.rules.cn_import import change_dates, judge_import
    from countervail.rules.regime import FIRST_DAY, LAST_DAY

    regime = Regime.load(as_of)
    what = resolve(chip, as_of)
    spans = timeline(what, to, end_user=end_user, headquarters=headquarters, scope=scope, as_of=as_of)
    tx, buyer = parts(what, to, end_user, headquarters, {}, regime)
    imports: list[dict[str, Any]] = []
    if tx.destination in CHINESE_IMPORTS:
        days = sorted({FIRST_DAY, *(d for d in change_dates(regime) if FIRST_DAY < d <= LAST_DAY)})
        for i, day in enumerate(days):
            found = judge_import(what, tx, buyer, day, regime)
            if found is None:
                continue
            through = days[i + 1].toordinal() - 1 if i + 1 < len(days) else LAST_DAY.toordinal()
            row = {"outcome": found.outcome, "measure": found.measure, "clause": found.clause}
            last = date.fromordinal(through).isoformat()
            if imports and all(imports[-1][k] == v for k, v in row.items()):
                imports[-1]["to"] = last
            else:
                imports.append({"from": day.isoformat(), "to": last, **row})
    return {"chip": what.id, "name": what.name, "export": [s.to_json() for s in spans], "import": imports}


@lru_cache(maxsize=1)
def options() -> dict[str, Any]:
    """Return what a question to the rules may say: countries, kinds of buyers, named parties, fields of a spec."""
    from countervail.evidence.load import COMPILED
    from countervail.rules.chips import FLAGS, NUMBERS, RATES
    from countervail.rules.deal import KINDS
    from countervail.rules.groups import load_groups
    from countervail.rules.outcome import IMPORT_OUTCOMES, OUTCOMES
    from countervail.rules.register import load_register

    return {
        "countries": sorted(load_groups(None).countries.items(), key=lambda row: row[1]),
        "end_users": list(KINDS),
        "parties": sorted(p.name for p in load_register(None).parties.values()),
        "spec": [*RATES, *NUMBERS, *FLAGS],
        "outcomes": OUTCOMES,
        "imports": IMPORT_OUTCOMES,
        "compiled": COMPILED.isoformat(),
    }


__all__ = ["AXES", "Outcome", "band", "options", "probe", "rules_map", "thresholds"]
