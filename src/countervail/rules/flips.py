"""Search the smallest single change of chip, party or date that gives another outcome.

Figures are tried just below, at and just above every line that a measure in force draws for their quantity;
days at the nearest boundary on either side. Nothing is written down per measure, so an edited line gives
other flips.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from countervail.rules.outcome import Chip, Flip, Outcome, Party, Transaction
from countervail.rules.regime import Law, Regime
from countervail.rules.us_export import open_deal, settle
from countervail.rules.us_export.case import Decision

STEPS = {
    "tpp": 1.0,
    "memory_bandwidth_gb_s": 1.0,
    "interconnect_gb_s": 1.0,
    "transistors_bn": 0.1,
    "node_nm": 1.0,
}
STEPS["memory_bandwidth_density"] = 0.01


def decide(chip: Chip, tx: Transaction, party: Party, law: Law) -> Decision:
    """Return the decision without a record of tests."""
    return settle(open_deal(chip, tx, party, law, False))[1]


def lines(law: Law) -> dict[str, set[float]]:
    """Return every line that the measures in force draw, by quantity."""
    found: dict[str, set[float]] = {}
    for active in law.active.values():
        for p in active.parameters.values():
            if p.quantity and isinstance(p.value, (int, float)) and not isinstance(p.value, bool):
                found.setdefault(p.quantity, set()).add(float(p.value))
    return found


def scaled(chip: Chip, field: str, value: float) -> Chip:
    """Return the chip with one figure changed; density follows TPP and die area."""
    area = chip.die_area_mm2
    if area is None and chip.tpp and chip.performance_density:
        area = chip.tpp / chip.performance_density
    if field == "tpp" and area:
        return replace(chip, tpp=value, die_area_mm2=area, performance_density=value / area)
    if field == "die_area_mm2" and chip.tpp is not None and value > 0:
        return replace(chip, die_area_mm2=value, performance_density=chip.tpp / value)
    return replace(chip, **{field: value})


def values(chip: Chip, law: Law, field: str) -> Iterator[float]:
    """Yield the values of a figure worth trying."""
    drawn = lines(law)
    marks = set(drawn.get(field, ()))
    step = STEPS.get(field, 1.0)
    area = chip.die_area_mm2 or (
        chip.tpp / chip.performance_density if chip.tpp and chip.performance_density else None
    )
    if field == "tpp" and area:
        marks |= {density * area for density in drawn.get("performance_density", ())}
    if field in ("memory_bandwidth_gb_s", "interconnect_gb_s"):
        other = chip.interconnect_gb_s if field == "memory_bandwidth_gb_s" else chip.memory_bandwidth_gb_s
        marks |= {total - (other or 0.0) for total in drawn.get("bandwidth_sum_gb_s", ())}
    if field == "die_area_mm2":
        if chip.tpp:
            for density in drawn.get("performance_density", ()):
                exact = chip.tpp / density
                yield math.ceil(exact * 10 + 1e-9) / 10
                yield math.floor(exact * 10 - 1e-9) / 10
                yield exact
        return
    for mark in marks:
        if step == 1.0:
            yield from {math.floor(mark), math.ceil(mark), math.floor(mark) - 1.0, math.ceil(mark) + 1.0}
        else:
            yield from (mark - step, mark, mark + step)


def chip_flips(chip: Chip, tx: Transaction, party: Party, law: Law, outcome: str) -> Iterator[Flip]:
    """Yield, for each figure, the smallest change that flips the outcome."""
    for field in (*STEPS, "die_area_mm2"):
        now = getattr(chip, field)
        if now is None or now <= 0:
            continue
        for new in sorted(
            {v for v in values(chip, law, field) if v > 0 and v != now}, key=lambda v: abs(v - now)
        ):
            decision = decide(scaled(chip, field, new), tx, party, law)
            if decision.outcome != outcome:
                change = round(new / now - 1, 4)
                yield Flip(
                    "chip", field, now, new, decision.outcome, decision.measure or "", decision.clause, change
                )
                break
    if chip.datacentre is not None:
        decision = decide(replace(chip, datacentre=not chip.datacentre), tx, party, law)
        if decision.outcome != outcome:
            yield Flip(
                "chip",
                "designed_or_marketed_for_datacentre",
                chip.datacentre,
                not chip.datacentre,
                decision.outcome,
                decision.measure or "",
                decision.clause,
            )


def party_flips(chip: Chip, tx: Transaction, party: Party, law: Law, outcome: str) -> Iterator[Flip]:
    """Yield single changes of the end user: headquarters, listing, military, ownership."""
    home = party.ultimate_parent_headquarters or party.headquarters or tx.destination
    changes: list[tuple[str, Any, Any, Party]] = []
    for other in ("US", "CN"):
        if other != home:
            moved = replace(party, headquarters=other, ultimate_parent_headquarters=other, key=None)
            changes.append(("headquarters and ultimate parent", home, other, moved))
    for field in ("entity_list", "military"):
        stated = getattr(party, field)
        now = bool(stated)
        if field == "entity_list" and stated is None and party.key:
            now = party.key in law.register.listed
        if field == "military":
            now = now or party.kind == "military"
        turned = replace(party, **{field: not now})
        if field == "military" and now:
            turned = replace(turned, kind="commercial")
        changes.append((field, now, not now, turned))
    if party.owned_pct_by_listed is not None:
        for line in lines(law).get("owned_pct_by_listed", ()):
            new = line if party.owned_pct_by_listed < line else line - 1
            changes.append(
                (
                    "owned_pct_by_listed",
                    party.owned_pct_by_listed,
                    new,
                    replace(party, owned_pct_by_listed=new),
                )
            )
    for field, now, new, other in changes:
        decision = decide(chip, tx, other, law)
        if decision.outcome != outcome:
            yield Flip("party", field, now, new, decision.outcome, decision.measure or "", decision.clause)


def date_flips(
    chip: Chip, tx: Transaction, party: Party, on: date, regime: Regime, scope: str, outcome: str
) -> Iterator[Flip]:
    """Yield the nearest earlier and later day with another outcome."""
    here = regime.stretch(on)
    for indices in (range(here - 1, -1, -1), range(here + 1, len(regime.boundaries))):
        for index in indices:
            law = regime.law(index, scope)
            decision = decide(chip, tx, party, law)
            if decision.outcome != outcome:
                new = law.through if index < here else law.start
                days = (new - on).days
                yield Flip(
                    "date",
                    "on",
                    on,
                    new,
                    decision.outcome,
                    decision.measure or "",
                    decision.clause,
                    None,
                    days,
                )
                break


def find_flips(
    chip: Chip, tx: Transaction, party: Party, on: date, regime: Regime, scope: str, outcome: Outcome
) -> tuple[Flip, ...]:
    """Return the flips, smallest change of the chip first, then party, then date."""
    law = regime.at(on, scope)
    figures = sorted(
        chip_flips(chip, tx, party, law, outcome.outcome), key=lambda f: abs(f.relative_change or math.inf)
    )
    days = sorted(
        date_flips(chip, tx, party, on, regime, scope, outcome.outcome), key=lambda f: abs(f.days or 0)
    )
    return (*figures, *party_flips(chip, tx, party, law, outcome.outcome), *days)
