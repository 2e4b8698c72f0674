"""Sales with the discrepancy on them, and what adds them up added up again: the compiled part of `layer`.

A block of draws at a time, of one shape, year after year, as the model itself; so the result depends neither on how
draws are split nor on the horizon.
"""

from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from countervail.ensemble import engine
from countervail.ensemble.blocks import BLOCK
from countervail.ensemble.discrepancy import GROUP_OF_VENDOR, GROUPS, NVIDIA_IN_CHINA, PRICES
from countervail.ensemble.layer import CHANGED, Layout
from countervail.names import BLOCS, VENDORS
from countervail.periods import LAST_QUARTER, quarter_index

US, CN, AL, RW = range(len(BLOCS))
NVIDIA, AMD, IN_HOUSE, HUAWEI = range(4)
TINY = 1e-12
LENGTHS = tuple(
    quarter_index(q) + 1 for q in ("2032Q4", "2034Q4", LAST_QUARTER)
)  # a run is filled up to one of these
Ages = tuple[Array, Array]
Year = tuple[
    dict[str, Array], Array
]  # flows by name and factors by group, both [quarter of the year, ..., draw]

# A vendor's compute is split over blocs by its units, but for two who export to China what their units do not tell:
# AMD's is known as the rest of the legal imports, and in-house parts are not sold there.
_SPLIT = np.ones((len(BLOCS), len(VENDORS), 1), np.float32)
_SPLIT[CN, [AMD, IN_HOUSE]] = 0
_SPLIT[:, NVIDIA] = 0  # a flow of its own
_AT = np.eye(len(VENDORS), dtype=np.float32)[..., None]
_CHINA = np.eye(len(BLOCS), dtype=np.float32)[CN][:, None]


def fields(flows: Array, layout: Layout) -> dict[str, Array]:
    """Return flows `[quarter, row, draw]` by name, each `[quarter, its axes, draw]`."""
    out = {}
    for name, (first, shape) in layout.items():
        rows = flows[:, first : first + int(np.prod(shape, dtype=int))]
        out[name] = rows.reshape(len(rows), *shape, rows.shape[-1])
    return out


def seen(year: Year, ages: Ages, leave: Array) -> tuple[dict[str, Array], Ages]:
    """Return the flows of a year with the discrepancy on them, those that have it, and the ages of what it added."""
    flow, factors = year
    group = lambda name: factors[:, GROUPS.index(name)]  # noqa: E731
    vendors = jnp.stack([group(GROUP_OF_VENDOR[v]) for v in VENDORS], 1)
    nvidia_cn, nvidia, amd = group(NVIDIA_IN_CHINA), vendors[:, NVIDIA], vendors[:, AMD]
    sales = jnp.where(_CHINA[:, None] * _AT[NVIDIA] > 0, nvidia_cn[:, None, None], vendors[:, None])
    out = {
        "units": flow["units"] * sales,
        "revenue": flow["revenue"] * sales,
        "inflow_nvidia": flow["inflow_nvidia"] * sales[:, :, NVIDIA],
        "rental_usd_h": flow["rental_usd_h"] * group(PRICES),
        "smuggled_units": flow["smuggled_units"] * nvidia,
    }
    # Compute. A vendor's by bloc is no flow of the model but for NVIDIA's.
    legal, domestic, proxy, smuggled = (flow["cn_pathways"][:, k] for k in range(4))
    mine = flow["inflow_nvidia"]
    for_china = jnp.maximum(legal - mine[:, CN], 0)  # AMD's parts
    split = flow["units"] * _SPLIT
    elsewhere = for_china[:, None] * _AT[AMD] + proxy[:, None] * _AT[HUAWEI]
    whole = (flow["inflow_vendor"] - elsewhere) / jnp.maximum(split.sum(1), TINY)
    before = split * whole[:, None]
    after = (before * vendors[:, None]).sum(2)
    before = before.sum(2)
    ways = jnp.stack(
        [
            mine[:, CN] * nvidia_cn + for_china * amd,
            domestic * _ratio(after[:, CN], before[:, CN]),
            proxy * vendors[:, HUAWEI],
            smuggled * nvidia,
        ],
        1,
    )
    abroad = (mine[:, US] + mine[:, AL] + mine[:, RW]) * nvidia + mine[:, CN] * nvidia_cn
    rest = (flow["inflow"] - before) * nvidia[:, None] + after  # what is nobody else's is NVIDIA's
    inflow = jnp.where(_CHINA > 0, ways.sum(1)[:, None], jnp.maximum(rest, 0))
    out["inflow_vendor"] = jnp.where(_AT[NVIDIA] > 0, abroad[:, None], flow["inflow_vendor"] * vendors)
    out["cn_pathways"], out["inflow"] = ways, inflow
    out["inflow_fp4"] = flow["inflow_fp4"] * _ratio(inflow, flow["inflow"])
    # Stocks.
    more = []
    for new in inflow - flow["inflow"]:
        ages = aged(ages, new, leave)
        more.append(ages[0] + ages[1])
    out["stock"] = jnp.maximum(flow["stock"] + jnp.stack(more), 0)
    scale = _ratio(out["stock"], flow["stock"])
    for name in ("stock_effective", "unpowered"):
        out[name] = flow[name] * scale
    out["stock_bases"] = flow["stock_bases"] * scale[:, None]
    # Outlays follow the sales of each bloc, fees and subsidies those in China.
    new, old = out["revenue"], flow["revenue"]
    scale = _ratio(new.sum(2), old.sum(2))
    out["outlay"] = flow["outlay"] * scale
    out["subsidy"] = flow["subsidy"] * scale[:, CN]
    out["fee"] = flow["fee"] * _ratio(new[:, CN, :2].sum(1), old[:, CN, :2].sum(1))
    return out, ages


def aged(ages: Ages, added: Array, leave: Array) -> Ages:
    """Return the young and the old part of additions after a quarter, as in `model.mechanisms.retirement`."""
    young, old = ages
    moved = young * leave
    return young - moved + added, old + moved - old * leave


def none() -> Ages:
    """Return the ages of additions before there are any."""
    nothing = jnp.zeros((len(BLOCS), BLOCK))
    return nothing, nothing


def _ratio(a: Array, b: Array) -> Array:
    """Return a / b, one where there is nothing."""
    return jnp.where(b > TINY, a / jnp.maximum(b, TINY), 1.0)


def changed(rows: np.ndarray, factors: np.ndarray, leave: np.ndarray, layout: Layout) -> np.ndarray:
    """Return the rows of the fields `layer.CHANGED`, `[quarter, row, draw]`, of a block of draws or fewer.

    `rows` are flows `[quarter, row, draw]`, `factors` `[quarter, group, draw]`, `leave` `[draw]`, all float32.
    """
    quarters, width, count = rows.shape
    filled = length(quarters)
    given = (longer(rows, filled), longer(factors, filled), leave)
    value = program(filled, width, tuple(layout.items()))(*(engine.padded(x) for x in given))
    return np.asarray(value)[:quarters, :, :count]


def length(quarters: int) -> int:
    """Return the horizon a program is compiled for: few serve all runs, and the figures are the same."""
    return next(n for n in LENGTHS if n >= quarters)


def longer(x: np.ndarray, quarters: int) -> np.ndarray:
    """Return an array with zeros after its last quarter."""
    if len(x) == quarters:
        return x
    return np.concatenate([x, np.zeros((quarters - len(x), *x.shape[1:]), x.dtype)])


@lru_cache(maxsize=4)
def program(quarters: int, rows: int, layout: tuple[tuple[str, Any], ...]) -> Any:
    """Return the compiled program for a horizon."""
    held = dict(layout)

    def year(ages: Ages, now: tuple[Array, Array], leave: Array) -> tuple[Ages, Array]:
        out, ages = seen((fields(now[0], held), now[1]), ages, leave)
        return ages, jnp.concatenate([out[n].reshape(4, -1, BLOCK) for n in CHANGED], 1)

    def block(flows: Array, factors: Array, leave: Array) -> Array:
        return by_year(lambda ages, now: year(ages, now, leave), (flows, factors)).reshape(
            quarters, -1, BLOCK
        )

    return engine.compiled(block, (quarters, rows, BLOCK), (quarters, len(GROUPS), BLOCK), (BLOCK,))


def by_year(year: Any, arrays: tuple[Array, ...]) -> Array:
    """Return what `year(ages, arrays of the year)` gives for each year, from arrays `[quarter, ..., draw]`."""
    years = tuple(x.reshape(-1, 4, *x.shape[1:]) for x in arrays)
    return jax.lax.scan(year, none(), years)[1]
