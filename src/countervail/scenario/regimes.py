"""The regime of a scenario: the shipped rules of both sides with the scenario's dated changes."""

from collections.abc import Callable
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail.errors import UserError, unknown
from countervail.periods import quarter_span
from countervail.scenario.files import Change, Scenario
from countervail.scenario.levers import QUARTERS, RULES, Step, check_quarter
from countervail.scenario.timeline import RENEWED_ON

if TYPE_CHECKING:
    from countervail.rules.outcome import Chip
    from countervail.rules.regime import Regime

RULE = "us-2026-01-h200-rule"  # the two ceilings are lines of this rule


def regime_of(scenario: Scenario, on: frozenset[int], as_of: date | None) -> "Regime":
    """Return the regime of one variant; `on` holds the indices of the changes that hold."""
    from countervail.rules.regime import Regime

    regime = Regime.load(as_of)
    if scenario.renewed:
        for m in regime.measures.values():
            if m.suspended and _running(m.suspended[-1].start, m.suspended[-1].through):
                regime = regime.renewing(m.id)
    for i, change in enumerate(scenario.changes):
        if i in on:
            regime = _changed(regime, change)
    for key, value in scenario.regime:
        regime = _parameter(regime, key, value, scenario.layers[-1])
    return regime


def _running(start: date, through: date | None) -> bool:
    return through is not None and start <= RENEWED_ON <= through


NO_CEILING = 1e12
CEILINGS = {"us_tpp_ceiling": "tpp_lt", "us_bandwidth_ceiling": "bandwidth_lt"}  # lever -> line of the rule


def levels(regime: "Regime", name: str) -> list[float | None]:
    """Return a line of the January 2026 rule at the end of each quarter; None before it exists."""
    dated = regime.measures[RULE].parameters[name]
    ends = [quarter_span(q)[1] for q in range(QUARTERS)]
    return [next((v for d, v in reversed(dated) if d <= end), None) for end in ends]


def ceilings(regime: "Regime") -> dict[str, np.ndarray]:
    """Return the two ceilings by quarter as the rules have them; NaN where there is none."""
    if RULE not in regime.measures:
        return {}
    rule = regime.measures[RULE]
    ends = [quarter_span(q)[1] for q in range(QUARTERS)]
    held = [
        rule.effective is not None and rule.effective <= end and (rule.ended is None or end <= rule.ended)
        for end in ends
    ]
    return {
        id: np.where(held, np.array(levels(regime, line), dtype=float), np.nan)
        for id, line in CEILINGS.items()
    }


def told_apart(steps: tuple[Step, ...], figures: list[float]) -> tuple[Step, ...]:
    """Return steps of a ceiling with each value raised to the next figure of a part: no part can tell the two apart.

    A part passes where its figure is below the ceiling, so that only finitely many ceilings differ.
    """
    out = []
    for step in steps:
        value = step.value
        if not isinstance(value, str):
            above = [f for f in figures if f >= value]
            value = min(above) if above else NO_CEILING
        out.append(Step(value, step.start, step.end))
    return tuple(out)


def crossing(before: "Regime", after: "Regime") -> Callable[["Chip"], bool]:
    """Return whether a chip stands on another side of a ceiling than before, in any quarter."""
    old, new = (
        {line: np.array(levels(r, line), dtype=float) for line in CEILINGS.values()} for r in (before, after)
    )

    def crosses(chip: "Chip") -> bool:
        figures = {"tpp_lt": chip.tpp, "bandwidth_lt": chip.memory_bandwidth_gb_s}
        return any(
            x is not None and bool(((x < old[line]) != (x < new[line])).any()) for line, x in figures.items()
        )

    return crosses


def with_ceilings(regime: "Regime", tpp: tuple[Step, ...], bandwidth: tuple[Step, ...]) -> "Regime":
    """Return the regime with the levers `us_tpp_ceiling` and `us_bandwidth_ceiling` as set.

    They move the two lines of the January 2026 rule; where that rule is not in force they change nothing.
    """
    if RULE not in regime.measures:
        return regime
    for name, steps in zip(CEILINGS.values(), (tpp, bandwidth), strict=True):
        dated = regime.measures[RULE].parameters[name]
        before = levels(regime, name)
        after = list(before)
        for step in steps:
            for q in range(step.start, step.end + 1):
                after[q] = before[q] if step.value == RULES else float(step.value)
        if after == before:
            continue
        # the day the line first exists stays; a line moved in that same quarter holds from that day
        for q, level in enumerate(after):
            if level is not None and (q == 0 or level != after[q - 1]):
                regime = regime.with_parameter(RULE, name, level, max(quarter_span(q)[0], dated[0][0]))
    return regime


def _changed(regime: "Regime", change: Change) -> "Regime":
    from countervail.rules.regime import Regime

    first = None if change.start is None else quarter_span(change.start)[0]
    after = None if change.stop is None else quarter_span(change.stop + 1)[0]
    if change.kind == "own":
        return _own(regime, change, first or quarter_span(0)[0], after)
    if change.kind == "end":
        day = first or quarter_span(0)[0]
        for id in _matching(regime.measures, change.id):
            held = regime.measures[id]
            if held.effective is not None and (held.ended is None or held.ended >= day):
                regime = regime.ending(id, day)
        return regime
    shipped = Regime.load(None).measures
    for id in _matching(shipped, change.id):
        if id not in regime.measures:  # not known on the scenario's date: the scenario assumes it
            regime = regime.adding(shipped[id].data)
        if first is not None or regime.measures[id].effective is None:
            regime = _from_day(regime.starting(id, first or RENEWED_ON), id, first or RENEWED_ON)
            if regime.measures[id].suspended:  # a start of its own overrules an old suspension
                regime = regime.adding(
                    {**shipped[id].data, "effective": first or RENEWED_ON, "suspended": []}
                )
        if after is not None:
            regime = regime.ending(id, after)
    return regime


def _from_day(regime: "Regime", id: str, day: date) -> "Regime":
    """Give the parameters of a measure that now starts earlier their first values from that day on."""
    for name, dated in regime.measures[id].parameters.items():
        if dated and dated[0][0] > day:
            for start, value in ((day, dated[0][1]), *dated[1:]):
                regime = regime.with_parameter(id, name, value, start)
    return regime


def _matching(ids: Any, pattern: str) -> list[str]:
    return [i for i in ids if fnmatchcase(i, pattern) and not i.startswith("lever-")]


def _own(regime: "Regime", change: Change, first: date, after: date | None) -> "Regime":
    """Add a measure written in the scenario, if it has a rule in the schema of the measure files."""
    if change.rule is None:
        return regime
    if not isinstance(change.rule, dict):
        raise UserError(
            f"{change.where}: measure '{change.id}': rule is not a mapping", "see docs/scenarios.md"
        )
    head = {"id": change.id, "name": change.name or change.id, "actor": change.actor or "US"}
    regime = regime.adding({**head, "announced": first, "effective": first, **change.rule})
    return regime if after is None else regime.ending(change.id, after)


def _parameter(regime: "Regime", key: str, value: Any, where: str) -> "Regime":
    """Change a parameter of a measure: `us-2026-01-h200-rule.tpp_lt: {2027Q1: 15000}`."""
    id, dot, name = key.partition(".")
    if not dot:
        raise UserError(
            f"{where}: regime: '{key}' is not MEASURE.PARAMETER", f"write {RULE}.tpp_lt: {{2027Q1: 15000}}"
        )
    if id not in regime.measures:
        error = unknown("measure", id, regime.measures)
        raise UserError(f"{where}: regime: {error.message}", error.hint)
    if name not in regime.measures[id].parameters:
        error = unknown("parameter", name, regime.measures[id].parameters)
        raise UserError(f"{where}: regime: {id}: {error.message}", error.hint)
    steps = value if isinstance(value, dict) else {"2022Q1": value}
    for q, level in sorted(steps.items()):
        day = quarter_span(check_quarter(q, f"{where}: regime {key}"))[0]
        regime = regime.with_parameter(id, name, level, day)
    return regime
