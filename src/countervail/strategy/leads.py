"""Who leads by year: shares of draws by dimension, and a composite only with weights of the user's own.

    composite = sum of w_d * US share_d,   US leads when composite / (1 - composite) > 1 + margin (of the draw)

A composite is never shown alone: `simplex` says on which share of all possible weights each side leads in most draws
of the last year, on weights spread evenly over the simplex.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail.errors import UserError, unknown
from countervail.names import DIMENSIONS

if TYPE_CHECKING:
    from countervail.ensemble import Result

SIDES = ("US", "CN", "Parity")
WEIGHTINGS = 500  # weights tried; the share is known to about two points


def parse_weights(text: str) -> dict[str, float]:
    """Return weights written as `compute:1,economy:0.5`; a dimension left out has none."""
    found: dict[str, float] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, colon, value = part.partition(":")
        if name not in DIMENSIONS:
            raise unknown("dimension", name, DIMENSIONS)
        try:
            weight = float(value) if colon else 1.0
        except ValueError:
            weight = -1.0
        if not 0 <= weight <= 1e6:  # NaN fails too
            raise UserError(f"weights: '{part}' has no weight from 0 upwards", "write compute:1,economy:0.5")
        found[name] = weight
    if found and not any(found.values()):
        raise UserError("weights: all are zero", "give at least one dimension a weight above zero")
    return {d: found.get(d, 0.0) for d in DIMENSIONS} if found else {}


def leads(result: "Result", weights: Mapping[str, float] | None = None) -> dict[str, Any]:
    """Return years, for each dimension the share of draws in which each side leads, and the composite if asked for."""
    from countervail.ensemble import summary

    def share(dimension: str, side: str) -> np.ndarray:
        return summary.mean(result.annual(f"Leadership|{dimension}|{side}", "World")[1])

    return {
        "years": result.years,
        "dimensions": {d: {side: share(d, side) for side in SIDES} for d in DIMENSIONS},
        "composite": composite(result, weights) if weights else None,
    }


def composite(result: "Result", weights: Mapping[str, float]) -> dict[str, Any]:
    """Return the share of draws in which each side leads by a weighted mean of the dimensions, at each year's end."""
    first, shape = result.layout["shares"]
    shares = np.stack([result.rows[:, first + d][3::4] for d in range(shape[0])])  # [dimension, year, draw]
    margin = result.parameters[result.parameter_names.index("leadership.margin")]
    edge = (1 + margin) / (2 + margin)
    total = sum(weights.values())
    own = np.array([weights[d] / total for d in DIMENSIONS])
    sides = _sides(np.tensordot(own, shares, 1), edge)
    many = np.argmax([s.mean(-1) for s in _sides(simplex_points() @ shares[:, -1], edge)], 0)
    return {
        **{side: s.mean(-1) for side, s in zip(SIDES, sides, strict=True)},
        "weights": dict(weights),
        "simplex": {side: float((many == k).mean()) for k, side in enumerate(SIDES)},
    }


def _sides(us: np.ndarray, edge: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return where the US leads, where China does, and where neither does; the last axis is draws."""
    ahead, behind = us > edge, us < 1 - edge
    return ahead, behind, ~(ahead | behind)


@cache
def simplex_points() -> np.ndarray:
    """Return weights `[weighting, dimension]` spread evenly over the simplex, the same every time."""
    gaps = np.random.Generator(np.random.Philox(0)).exponential(size=(WEIGHTINGS, len(DIMENSIONS)))
    return (gaps / gaps.sum(1, keepdims=True)).astype(np.float32)
