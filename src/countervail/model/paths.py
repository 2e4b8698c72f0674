"""Paths through time with few free numbers, and powers. `t` is the quarter index, 0 = 2022Q1."""

from functools import reduce
from operator import add

import jax.numpy as jnp
from jaxtyping import Array


def q(year: int, quarter: int) -> int:
    """Return the quarter index of, say, 2025 and 2."""
    return 4 * (year - 2022) + quarter - 1


def span(t: Array, first: float, last: float) -> Array:
    """Return the years of [first, last] that lie before quarter `t`."""
    return jnp.clip(t - first, 0.0, last - first) / 4


def since(t: Array, first: float | Array, width: float = 0.35) -> Array:
    """Return a smooth step from 0 to 1 at quarter `first`; `width` in quarters."""
    return 1 / (1 + jnp.exp(-jnp.clip((t - first) / width, -40.0, 40.0)))


def total(x: Array, axis: int = 0) -> Array:
    """Return the sum over an axis, written out: so it is computed many draws at a time, next to what feeds it."""
    parts = [x[(slice(None),) * axis + (k,)] for k in range(x.shape[axis])]
    return reduce(add, parts)


def power(x: Array, y: Array | float) -> Array:
    """Return `x ** y` for positive `x`; written so that it is computed many draws at a time."""
    return jnp.exp(y * jnp.log(x))
