"""A model of the size of many policy models, to compare engines on: 24 stocks, 20 parameters, 57 dates, 8 series.

Two blocs build capacity, make and sell goods, and learn. Its numbers are round and stand for nothing; it exists so
that engines can be timed on the same arithmetic. Here it is written for arrays `[bloc, draw]`, for JAX and for NumPy;
`reference_equations.py` holds the same equations as text, for engines that take one draw at a time.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import numpy as np

DATES = 57
SERIES = 8  # compute, home share, price and shipments, each of both blocs
PARAMETERS = {  # low and high end of a uniform range
    "learning_us": (0.08, 0.22), "learning_cn": (0.08, 0.30), "retire": (0.03, 0.07),
    "growth_us": (0.02, 0.07), "growth_cn": (0.02, 0.07), "value": (0.6, 2.0), "habit": (0.5, 3.0),
    "control_level": (0.0, 0.95), "control_start": (2.0, 20.0),
    "mandate_level": (0.0, 1.0), "mandate_start": (8.0, 24.0),
    "grant_us": (0.0, 0.3), "grant_cn": (0.0, 0.8), "leak": (0.0, 0.4), "ecosystem_rate": (0.03, 0.15),
    "churn": (0.02, 0.08), "research_yield": (0.002, 0.012), "invested": (0.10, 0.35),
    "first_yield_cn": (0.2, 0.6), "scarcity_price": (0.05, 0.25),
}  # fmt: skip
START = {  # stocks of both blocs at the first date
    "capacity": (500.0, 60.0), "made": (3000.0, 200.0), "in_work": (900.0, 100.0), "store": (80.0, 10.0),
    "home_fleet": (2500.0, 150.0), "foreign_fleet": (10.0, 500.0), "quality": (1.0, 0.35),
    "ecosystem": (0.8, 0.15), "developers": (40.0, 6.0), "research": (400.0, 80.0),
    "expected": (450.0, 60.0), "cash": (1000.0, 200.0),
}  # fmt: skip
Blocks = Callable[[np.ndarray], np.ndarray]


def draws(count: int, seed: int = 0) -> np.ndarray:
    """Return float64 `[parameter, draw]` in the order of PARAMETERS."""
    low, high = np.array(list(PARAMETERS.values())).T[:, :, None]
    return low + (high - low) * np.random.default_rng(seed).random((len(PARAMETERS), count))


def quarter(xp: ModuleType, time: Any, stocks: Sequence[Any], p: dict[str, Any]) -> tuple[tuple, tuple]:
    """Return the stocks one quarter later and the series of this quarter; arrays are `[bloc, draw]`."""
    capacity, made, in_work, store, home_fleet, foreign_fleet = stocks[:6]
    quality, ecosystem, developers, research, expected, cash = stocks[6:]

    def ramp(start: Any) -> Any:
        return xp.clip((time - start) / 4, 0, 1)

    control = p["control_weight"] * p["control_level"] * ramp(p["control_start"])
    mandate = p["mandate_weight"] * p["mandate_level"] * ramp(p["mandate_start"])
    passed = 1 - p["leak"]

    unit_cost = p["first_cost"] * xp.exp(-p["learning"] * xp.log(1 + made / 500))
    starts = capacity * xp.minimum(1, 1.1 * expected / xp.maximum(capacity, 1e-3))
    finished = in_work / 2
    good = finished * (1 - (1 - p["first_yield"]) * xp.exp(-0.002 * made))
    scarcity = xp.log(1 + expected / (store + good + 1))
    price = unit_cost * 1.8 * xp.exp(p["scarcity_price"] * scarcity)

    appeal = p["value"] * xp.log(quality / price) + p["habit"] * ecosystem
    at_home = appeal + 2 * mandate + p["grant"]
    abroad = appeal[::-1] - 3 * control * passed
    away = xp.exp(abroad - at_home)
    home_share = 1 / (1 + away)
    foreign_share = away * home_share  # 1 - home_share would lose digits where little is left
    budget = p["budget"] * xp.exp(p["growth"] * time)
    home_orders = budget * home_share / price
    foreign_orders = budget * foreign_share / price[::-1] * (1 - control * passed)
    orders = home_orders + foreign_orders[::-1]
    shipped = xp.minimum(store + good, orders)
    filled = shipped / xp.maximum(orders, 1e-6)
    revenue = shipped * price
    investment = p["invested"] * revenue * xp.minimum(1.5, scarcity) + 200 * p["grant"]

    useful = quality * (0.6 + 0.4 * ecosystem)
    compute = home_fleet * useful + foreign_fleet * useful[::-1]
    users = home_fleet + foreign_fleet[::-1]
    joining = 3 * users / (users + users[::-1])
    reach = developers / (developers + 20)
    progress = p["quality_growth"] + p["research_yield"] * xp.log(1 + research / 100)

    after = (
        capacity + investment / 60 - 0.025 * capacity,
        made + good,
        in_work + starts - finished,
        store + good - shipped,
        home_fleet + home_orders * filled - p["retire"] * home_fleet,
        foreign_fleet + foreign_orders * filled[::-1] - p["retire"] * foreign_fleet,
        quality * (1 + progress),
        ecosystem + p["ecosystem_rate"] * reach * (1 - ecosystem) - 0.01 * ecosystem,
        developers + joining - p["churn"] * developers,
        research + 0.12 * revenue + 100 * p["grant"] - 0.04 * research,
        expected + (orders - expected) / 2,
        cash + revenue - investment - starts * unit_cost,
    )
    return after, (compute, home_share, price, shipped)


def blocs(xp: ModuleType, matrix: Any) -> dict[str, Any]:
    """Return parameters by name: those of one bloc each stacked as `[bloc, draw]`, constants as a column."""
    p: dict[str, Any] = dict(zip(PARAMETERS, matrix, strict=True))
    for name in ("learning", "growth", "grant"):
        p[name] = xp.stack([p.pop(f"{name}_us"), p.pop(f"{name}_cn")])
    p["first_yield"] = xp.stack([xp.full_like(p["leak"], 0.6), p.pop("first_yield_cn")])
    constants = {
        "control_weight": (0.4, 1.0), "mandate_weight": (0.3, 1.0), "first_cost": (9.0, 11.0),
        "budget": (6000.0, 2500.0), "quality_growth": (0.03, 0.028),
    }  # fmt: skip
    return p | {k: xp.asarray(v, dtype=matrix.dtype)[:, None] for k, v in constants.items()}


def start(xp: ModuleType, matrix: Any) -> tuple:
    """Return the stocks at the first date, each `[bloc, draw]`."""
    like = xp.zeros((2, matrix.shape[1]), matrix.dtype)
    return tuple(like + xp.asarray(v, dtype=matrix.dtype)[:, None] for v in START.values())


def with_numpy(matrix: np.ndarray) -> np.ndarray:
    """Return `[date, series, draw]`, all draws at once in the type of `matrix`."""
    p, stocks = blocs(np, matrix), start(np, matrix)
    out = np.empty((DATES, SERIES, matrix.shape[1]), matrix.dtype)
    for t in range(DATES):
        stocks, series = quarter(np, matrix.dtype.type(t), stocks, p)
        out[t] = np.concatenate(series)
    return out


def with_jax(block: int, workers: int = 2, last_only: bool = False, double: bool = False) -> Blocks:
    """Return a function as `with_numpy`, compiled for blocks of one shape, run on a few threads.

    Parameters
    ----------
    block
        Draws of a block; the last one is padded with copies of its last draw.
    workers
        Threads.
    last_only
        Give `[series, draw]` of the last date instead of all dates.
    double
        float64 instead of float32.
    """
    import jax
    import jax.numpy as jnp

    from countervail.ensemble.engine import built

    kind = np.float64 if double else np.float32

    def one_block(matrix: Any) -> Any:
        p, first = blocs(jnp, matrix), start(jnp, matrix)
        times = jnp.arange(DATES, dtype=matrix.dtype)
        if last_only:
            after = jax.lax.scan(lambda s, time: (quarter(jnp, time, s, p)[0], None), first, times[:-1])[0]
            return jnp.concatenate(quarter(jnp, times[-1], after, p)[1])
        series = jax.lax.scan(lambda s, time: quarter(jnp, time, s, p), first, times)[1]
        return jnp.concatenate(series, axis=1)

    with jax.enable_x64(double):
        compiled = built(jax.jit(one_block).lower(jax.ShapeDtypeStruct((len(PARAMETERS), block), kind)))

    def run(matrix: np.ndarray) -> np.ndarray:
        count = matrix.shape[1]
        whole = -(-count // block) * block
        padded = np.pad(matrix, ((0, 0), (0, whole - count)), mode="edge").astype(kind)
        out = np.empty((*((SERIES,) if last_only else (DATES, SERIES)), count), kind)

        def one(first: int) -> None:
            last = min(first + block, count)
            with jax.enable_x64(double):
                part = np.asarray(compiled(np.ascontiguousarray(padded[:, first : first + block])))
            out[..., first:last] = part[..., : last - first]

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(one, range(0, whole, block)))
        return out

    return run
