"""The levers: what a government or a user may set, with limits. Read from `data/levers.yaml`."""

import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from countervail.errors import UserError, unknown
from countervail.files import parse_yaml
from countervail.periods import LAST_QUARTER, quarter_index, quarter_name

RULES = "rules"
RANGE = ".."  # between the ends of a parameter's range
QUARTERS = quarter_index(LAST_QUARTER) + 1
Value = float | str  # a number, or "rules": as the measures in force say


@dataclass(frozen=True)
class Lever:
    """One row of the table of levers. `default` is a number or "rules"."""

    id: str
    label: str
    side: str  # US | CN | world
    group: str
    unit: str
    min: float
    max: float
    default: Value
    step: float
    description: str
    current: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A value that holds from one quarter to another, both included."""

    value: Value
    start: int
    end: int


@dataclass(frozen=True)
class Setting:
    """One `--set`: a lever, or a parameter of a mechanism (its id has a dot)."""

    id: str
    step: Step

    @property
    def is_parameter(self) -> bool:
        """Say whether the id names a parameter and not a lever."""
        return "." in self.id

    @property
    def belief(self) -> dict[str, Any]:
        """Return what a parameter's setting believes of it: one value, or every value of a range alike."""
        value = self.step.value
        if isinstance(value, str):
            low, high = (float(end) for end in value.split(RANGE))
            return {"dist": "uniform", "low": low, "high": high}
        return {"dist": "fixed", "value": float(value)}


@cache
def _levers() -> dict[str, Lever]:
    text = (resources.files("countervail.scenario") / "data" / "levers.yaml").read_text(encoding="utf-8")
    rows = parse_yaml(text, "levers.yaml")["levers"]
    return {
        id: Lever(
            id=id, **{**row, "description": row["description"].strip(), "sources": tuple(row["sources"])}
        )
        for id, row in rows.items()
    }


def list_levers() -> list[Lever]:
    """Return all levers in the order of the table."""
    return list(_levers().values())


def lever(id: str) -> Lever:
    """Return one lever; an unknown id is an error with the nearest names."""
    if id not in _levers():
        raise unknown("lever", id, _levers())
    return _levers()[id]


def check_value(id: str, value: Any, where: str = "") -> Value:
    """Return the value of a lever as a number or "rules", or say why it cannot be one."""
    place = f"{where}: " if where else ""
    if id not in _levers():
        error = unknown("lever", id, _levers())
        raise UserError(f"{place}{error.message}", error.hint)
    row = lever(id)
    if isinstance(value, str) and value.strip() == RULES:
        if row.default != RULES:
            raise UserError(
                f"{place}{id} does not follow the rules, so it cannot be 'rules'",
                f"give a number from {row.min:g} to {row.max:g} ({row.unit}); its default is {row.default:g}",
            )
        return RULES
    number = as_number(value, f"{place}{id}")
    if not row.min <= number <= row.max:
        raise UserError(
            f"{place}{id}={number:g} is beyond its range",
            f"choose a value from {row.min:g} to {row.max:g} ({row.unit})",
        )
    return number


def as_number(value: Any, what: str) -> float:
    """Return a finite number."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise UserError(f"{what}: '{value}' is not a number", "write it like 0.25") from None
    if isinstance(value, bool) or not math.isfinite(number):
        raise UserError(f"{what}: '{value}' is not a finite number", "write it like 0.25")
    return number


def check_quarter(text: Any, where: str) -> int:
    """Return the index of a quarter from 2022Q1 to 2040Q4."""
    try:
        index = quarter_index(str(text))
    except UserError as error:
        raise UserError(f"{where}: {error.message}", error.hint) from None
    if not 0 <= index < QUARTERS:
        raise UserError(
            f"{where}: {text} lies outside 2022Q1 to {LAST_QUARTER}", "choose a quarter inside it"
        )
    return index


def parse_set(text: str) -> Setting:
    """Return the setting written as `ID=VALUE[@FROM[:TO]]`, for example `us_export_fee=0.25@2027Q1`.

    Without FROM it holds for all quarters, without TO to the end. A parameter (`fabrication.learning_rate`)
    takes no quarters, and a value or a range (`0.1..0.3`, drawn evenly); whether its id and value are valid is for
    the owner of the priors to say.
    """
    id, equals, rest = text.partition("=")
    id = id.strip()
    if not equals or not id or not rest.strip():
        raise UserError(f"--set {text}: not of the form ID=VALUE", "write it like us_export_fee=0.25@2027Q1")
    value, at, span = rest.partition("@")
    where = f"--set {text}"
    if "." in id:
        if at:
            raise UserError(f"{where}: a parameter holds for all quarters", f"write {id}={value.strip()}")
        return Setting(id, Step(_value_or_range(value.strip(), where), 0, QUARTERS - 1))
    number = check_value(id, value.strip(), where)
    start, end = 0, QUARTERS - 1
    if at:
        first, colon, last = span.partition(":")
        start = check_quarter(first, where)
        end = check_quarter(last, where) if colon else end
        if end < start:
            raise UserError(f"{where}: {first} is after {last}", "write the earlier quarter first")
    return Setting(id, Step(number, start, end))


def _value_or_range(text: str, where: str) -> Value:
    """Return a number, or a range `LOW..HIGH` as its text."""
    if RANGE not in text:
        return as_number(text, where)
    low, high = (as_number(end.strip(), where) for end in text.split(RANGE, 1))
    if low >= high:
        raise UserError(f"{where}: {low:g} is not below {high:g}", "write the lower end first, like 0.1..0.3")
    return f"{low!r}{RANGE}{high!r}"


def settings(set: Any) -> list[Setting]:
    """Return settings given as texts, as one mapping `{id: value}`, or already parsed."""
    if not set:
        return []
    if isinstance(set, str):
        return [parse_set(set)]
    if isinstance(set, dict):
        return [_from_item(id, value) for id, value in set.items()]
    return [s if isinstance(s, Setting) else parse_set(str(s)) for s in set]


def _from_item(id: str, value: Any) -> Setting:
    if isinstance(value, dict):
        raise UserError(
            f"set {id}: give one value", 'for a path use a list of texts like "us_export_fee=0.25@2027Q1"'
        )
    name, at, span = id.partition("@")
    return parse_set(f"{name}={value}{at}{span}")


def steps_of(id: str, data: Any, where: str) -> tuple[Step, ...]:
    """Return the path of a lever in a scenario file: one value, or `{quarter: value}` in steps."""
    if not isinstance(data, dict):
        return (Step(check_value(id, data, where), 0, QUARTERS - 1),)
    if not data:
        raise UserError(f"{where}: {id} has no value", "write {2027Q1: 0.3}")
    points = sorted((check_quarter(q, f"{where}: {id}"), check_value(id, v, where)) for q, v in data.items())
    ends = [q - 1 for q, _ in points[1:]] + [QUARTERS - 1]
    return tuple(Step(v, q, e) for (q, v), e in zip(points, ends, strict=True))


def span_name(step: Step) -> str:
    """Return the quarters of a step as `2027Q1:2028Q4`."""
    return f"{quarter_name(step.start)}:{quarter_name(step.end)}"
