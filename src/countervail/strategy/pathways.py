"""The parts of an outcome that add up to it, and how much of a change goes through each.

Sums are read part by part. A product, a ratio or a share is divided among its factors by `shapley.of_factors`, so the
parts of the change add up to the change here too. The lag of models follows compute as simulated, without the
discrepancy that is put on when outcomes are read. What is a sum or a product of what stands in `data/why.yaml`; world
totals are the sum of the blocs.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail.ensemble import outcomes
from countervail.files import read_yaml
from countervail.names import BLOCS
from countervail.periods import quarter_index
from countervail.strategy import shapley

if TYPE_CHECKING:
    from countervail.ensemble import Result

TABLE = Path(__file__).parent / "data" / "why.yaml"
BLOC_NAMES = {"US": "United States", "CN": "China", "AL": "Allies", "RW": "Rest of the world"}


@dataclass(frozen=True)
class Part:
    """One part: its value before and after, and what it adds to the change of the outcome, `[draw]`."""

    id: str
    label: str
    before: np.ndarray
    after: np.ndarray
    change: np.ndarray


@cache
def table() -> dict[str, Any]:
    """Return the table of pathways and switches."""
    return read_yaml(TABLE)


def account(variable: str, region: str) -> dict[str, Any] | None:
    """Return how an outcome is made of parts, or None where the table has no account of it."""
    for row in table()["pathways"]:
        name, star, _ = row["outcome"].partition("*")
        fits = variable.startswith(name) if star else variable == name
        if fits and region in row["regions"]:
            filled = variable[len(name) :]
            parts = [{**p, "of": [v.replace("*", filled) for v in p["of"]]} for p in row["parts"]]
            return {**row, "parts": parts}
    spec = outcomes.table()[variable]
    top, bottom = spec.regions.get(region, (None, None))
    blocs = [b for b in BLOCS if b in spec.regions]
    if region == "World" and top and bottom is None and slice(None) in top[1] and len(blocs) == len(BLOCS):
        parts = [{"label": BLOC_NAMES[b], "of": [variable], "in": b} for b in blocs]
        return {"kind": "sum", "parts": parts}
    return None


def pathways(before: "Result", after: "Result", variable: str, region: str, period: str) -> list[Part]:
    """Return the parts of the change of an outcome between two runs on the same draws; empty without an account."""
    row = account(variable, region)
    if row is None:
        return []
    runs = (
        [replace(r, layer=None, cache={}) for r in (before, after)]
        if row["kind"] == "lag"
        else [before, after]
    )
    whole = [r.at(variable, region, period).astype(np.float64) for r in runs]
    read = _added if row["kind"] == "stock" else _at
    values = [[read(r, part, region, period) for part in row["parts"]] for r in runs]
    labels = [p["label"] for p in row["parts"]]
    ids = [_id(p) for p in row["parts"]]
    old, new = values
    if row["kind"] == "sum":
        shares = [b - a for a, b in zip(old, new, strict=True)]
    elif row["kind"] == "stock":
        left = [w - np.sum(v, 0) for w, v in zip(whole, values, strict=True)]
        labels, ids = [*labels, row["rest"]], [*ids, "rest"]
        old, new = [*old, left[0]], [*new, left[1]]
        shares = [b - a for a, b in zip(old, new, strict=True)]
    elif row["kind"] == "product":
        labels, ids = [*labels, row["rest"]], [*ids, "rest"]
        rest = _rest(whole, [np.prod(v, 0) for v in values])
        old, new = [*old, rest[0]], [*new, rest[1]]
        shares = shapley.of_factors(lambda *f: np.prod(f, 0), old, new)
    elif row["kind"] == "lag":
        shares = _lag(before, after, old, new, period)
    else:
        shares = shapley.of_factors(_ratio if row["kind"] == "ratio" else _share, old, new)
    return [
        Part(id, label, a, b, s) for id, label, a, b, s in zip(ids, labels, old, new, shares, strict=True)
    ]


def _id(part: dict[str, Any]) -> str:
    return part["of"][0] if len(part["of"]) == 1 else part["label"].lower().replace(" ", "-")


def _at(result: "Result", part: dict[str, Any], region: str, period: str) -> np.ndarray:
    """Return a part in the period, `[draw]`."""
    where = part.get("in", region)
    return np.stack([result.at(v, where, period) for v in part["of"]]).sum(0, dtype=np.float64)


def _added(result: "Result", part: dict[str, Any], region: str, period: str) -> np.ndarray:
    """Return all that a part added from the first quarter to the end of the period, `[draw]`."""
    last = quarter_index(period if "Q" in period else f"{period}Q4")
    where = part.get("in", region)
    added = [result.values(v, where)[: last + 1].sum(0, dtype=np.float64) for v in part["of"]]
    return np.stack(added).sum(0)


def _rest(whole: list[np.ndarray], product: list[np.ndarray]) -> list[np.ndarray]:
    """Return the last factor of a product; where nothing is left to divide by it is that of the other run."""
    held = [
        np.divide(w, p, out=np.full_like(w, np.nan), where=p > 0) for w, p in zip(whole, product, strict=True)
    ]
    return [np.nan_to_num(np.where(np.isnan(held[k]), held[1 - k], held[k])) for k in (0, 1)]


def _ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    return top / np.maximum(bottom, 1e-9)


def _share(part: np.ndarray, rest: np.ndarray) -> np.ndarray:
    return part / np.maximum(part + rest, 1e-9)


def _lag(
    before: "Result", after: "Result", old: list[np.ndarray], new: list[np.ndarray], period: str
) -> list[np.ndarray]:
    """Return how much each amount of compute adds to the change of the lag; a changed parameter goes to the first."""
    from countervail.model.mechanisms.capability import lag_months
    from countervail.model.parameters import from_matrix

    t = np.float32(quarter_index(period if "Q" in period else f"{period}Q4"))

    def lag(matrix: np.ndarray) -> Callable[..., np.ndarray]:
        p = from_matrix(matrix.astype(np.float32)).capability  # pyright: ignore[reportArgumentType]
        return lambda us, cn, rented: np.asarray(lag_months(t, us, cn, rented, p), dtype=np.float64)  # pyright: ignore

    now, then = lag(after.parameters), lag(before.parameters)
    shares = shapley.of_factors(now, old, new)
    shares[0] = shares[0] + now(*old) - then(*old)
    return shares
