"""Lever paths: what each lever is in each quarter, from the measures in force and from what is set.

The meaning of "rules" for levers that no product test decides is in `data/rule_paths.yaml`: a level for as
long as a measure is in force, counted in days.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from countervail.files import parse_yaml
from countervail.periods import parse_date, quarter_span
from countervail.scenario.levers import QUARTERS, RULES, Step, lever
from countervail.scenario.timeline import Dated

FIRST = quarter_span(0)[0].toordinal()
DAYS = quarter_span(QUARTERS - 1)[1].toordinal() - FIRST + 1
STARTS = np.array([quarter_span(q)[0].toordinal() - FIRST for q in range(QUARTERS)])
LENGTHS = np.diff(np.append(STARTS, DAYS))


@cache
def rule_paths() -> dict[str, Any]:
    """Return the table of levels by lever."""
    text = (resources.files("countervail.scenario") / "data" / "rule_paths.yaml").read_text(encoding="utf-8")
    return parse_yaml(text, "rule_paths.yaml")


def by_quarter(start: float, spans: Iterable[tuple[float, date, date | None]]) -> np.ndarray:
    """Return each quarter's mean of the highest level in force; `spans` are value, first and last day."""
    daily = np.full(DAYS, float(start))
    for value, first, last in spans:
        a = max(first.toordinal() - FIRST, 0)
        b = DAYS if last is None else min(last.toordinal() - FIRST + 1, DAYS)
        if a < b:
            np.maximum(daily[a:b], value, out=daily[a:b])
    return np.add.reduceat(daily, STARTS) / LENGTHS


def from_measures(id: str, dated: dict[str, Dated], mandates: Any, as_of: date | None) -> np.ndarray:
    """Return the path of a lever whose default is "rules" and which has an entry in the table.

    `mandates(buyer)` gives the spans of the share floors of the Chinese measures. Judgements dated after
    `as_of` are left out, as unknown measures are.
    """
    entry, spans = rule_paths()[id], []
    for step in entry["steps"]:
        first = None if "from" not in step else _day(step["from"])
        until = None if "until" not in step else _day(step["until"])
        if "measure" not in step:
            if first is None or (as_of is not None and first > as_of):
                continue
            spans.append((step["value"], first, until))
        elif step["measure"] in dated:
            spans += [(step["value"], a, b) for a, b in dated[step["measure"]].in_force(first)]
    if "mandates" in entry:
        spans += mandates(entry["mandates"])
    return by_quarter(entry["start"], spans)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else parse_date(str(value))


def path(id: str, base: np.ndarray | float, steps: Iterable[Step]) -> np.ndarray:
    """Return the path of a lever: `base` with the steps laid over it in order."""
    out = np.full(QUARTERS, float(base)) if isinstance(base, (int, float)) else np.array(base, dtype=float)
    rules = out.copy()
    for step in steps:
        span = slice(step.start, step.end + 1)
        out[span] = rules[span] if step.value == RULES else float(step.value)
    return out


def default_of(id: str) -> float:
    """Return the number a lever has where nothing sets it; NaN where the rules decide."""
    value = lever(id).default
    return float("nan") if value == RULES else float(value)
