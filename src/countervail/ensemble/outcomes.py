"""The table of outcomes: names, units, regions, and from which flows of the model each is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from countervail.ensemble.layer import FIELDS
from countervail.errors import UserError, unknown
from countervail.files import read_yaml
from countervail.names import BLOCS, DIMENSIONS, STACKS, VENDORS

TABLE = Path(__file__).parent / "data" / "outcomes.yaml"

_AXES = {"vendor": VENDORS, "stack": STACKS, "dimension": DIMENSIONS}

Reference = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class OutcomeSpec:
    """One outcome variable."""

    variable: str
    unit: str
    label: str
    period: str  # sum | end | mean
    kind: str  # level | share_of_draws
    scale: float
    headline: bool
    mechanisms: tuple[str, ...]
    regions: dict[str, tuple[Reference, Reference | None]]  # numerator and, for a ratio, denominator
    complement: str = ""  # a region whose value is one minus the only other region's

    @property
    def all_regions(self) -> tuple[str, ...]:
        """Return every region the variable has a value for."""
        return tuple(self.regions) + ((self.complement,) if self.complement else ())

    def source(self, region: str) -> tuple[Reference, Reference | None]:
        """Return numerator and denominator of what a region's value is read from."""
        return self.regions[region if region in self.regions else next(iter(self.regions))]

    def turned(self, region: str) -> bool:
        """Return whether a region's value is one minus what is read."""
        return region == self.complement and region not in self.regions

    @property
    def predictive(self) -> bool:
        """Return whether its ranges hold the discrepancy: it is read from sales or from what adds them up."""
        return all(top[0] in FIELDS for top, _ in self.regions.values())


@cache
def table() -> dict[str, OutcomeSpec]:
    """Return every outcome by name, templates filled in."""
    specs: dict[str, OutcomeSpec] = {}
    for row in read_yaml(TABLE)["outcomes"]:
        for filled in _fill(row):
            specs[filled["variable"]] = OutcomeSpec(
                variable=filled["variable"],
                unit=filled["unit"],
                label=filled["label"],
                period=filled["period"],
                kind=filled.get("kind", "level"),
                scale=float(filled.get("scale", 1)),
                headline=bool(filled.get("headline", False)),
                mechanisms=tuple(filled["mechanisms"]),
                regions={str(r): _parse(e, filled["variable"]) for r, e in filled["regions"].items()},
                complement=filled.get("complement", ""),
            )
    return specs


def find(variable: str, region: str | None = None) -> OutcomeSpec:
    """Return the spec of a variable, or a clear error with the nearest names."""
    specs = table()
    if variable not in specs:
        raise unknown("outcome", variable, specs)
    spec = specs[variable]
    if region is not None and region not in spec.all_regions:
        raise UserError(
            f"outcome '{variable}' has no region '{region}'", "it has " + ", ".join(spec.all_regions)
        )
    return spec


def row_numbers(layout: Mapping[str, tuple[int, tuple[int, ...]]], reference: Reference) -> tuple[int, ...]:
    """Return the rows of the flows that a reference names; a value is their sum."""
    name, index = reference
    places = tuple((i.start, i.stop) if isinstance(i, slice) else i for i in index)
    return _row_numbers(*layout[name], places)


@lru_cache(maxsize=4096)
def _row_numbers(offset: int, shape: tuple[int, ...], index: tuple[Any, ...]) -> tuple[int, ...]:
    numbers = np.arange(offset, offset + int(np.prod(shape, dtype=int))).reshape(shape)
    picked = numbers[tuple(slice(*i) if isinstance(i, tuple) else i for i in index)]
    return tuple(int(n) for n in np.ravel(picked))


def list_outcomes() -> list[dict[str, Any]]:
    """Return a row per outcome for listings."""
    return [
        {
            "variable": s.variable,
            "unit": s.unit,
            "label": s.label,
            "period": {"sum": "added over the year", "end": "year end", "mean": "mean of the year"}[s.period],
            "regions": list(s.all_regions),
            "share_of_draws": s.kind == "share_of_draws",
            "headline": s.headline,
            "predictive": s.predictive,
            "mechanisms": list(s.mechanisms),
        }
        for s in table().values()
    ]


def _fill(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one row per member of the axis a template names, or the row itself."""
    for axis, members in _AXES.items():
        mark = f"<{axis}>"
        if mark in row["variable"]:
            return [
                {
                    **row,
                    "variable": row["variable"].replace(mark, m),
                    "label": row["label"].replace(mark, m),
                    "regions": {r: e.replace(mark, str(i)) for r, e in row["regions"].items()},
                }
                for i, m in enumerate(members)
            ]
    return [row]


_REFERENCE = re.compile(r"^(\w+)\[([^\]]*)\]$")


def _parse(expression: str, variable: str) -> tuple[Reference, Reference | None]:
    """Return numerator and denominator of `field[index, ...]` or `a / b`."""
    parts = [p.strip() for p in expression.split(" / ")]
    references = []
    for part in parts:
        match = _REFERENCE.match(part)
        if not match or len(parts) > 2:
            raise UserError(
                f"outcome {variable}: cannot read '{expression}'", "write field[index] or a ratio of two"
            )
        items = [i.strip() for i in match[2].split(",") if i.strip()]
        references.append((match[1], tuple(_index(i, variable) for i in items)))
    return references[0], references[1] if len(references) == 2 else None


def _index(text: str, variable: str) -> Any:
    """Return an index as a number, a slice (`first:last`, last included) or everything (`*`)."""
    if text == "*":
        return slice(None)
    if ":" in text:
        first, last = (_number(t, variable) for t in text.split(":"))
        return slice(first, last + 1)
    return _number(text, variable)


def _number(text: str, variable: str) -> int:
    if text.isdigit():
        return int(text)
    for axis in (BLOCS, VENDORS, STACKS, DIMENSIONS):
        if text in axis:
            return axis.index(text)
    raise UserError(f"outcome {variable}: unknown index '{text}'")
