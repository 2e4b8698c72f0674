"""Deliveries counted in other bases than 8-bit H100e: 16-bit, 4-bit, memory bandwidth, power."""

from collections.abc import Callable

import jax.numpy as jnp
from jaxtyping import Array, Float

from countervail.model.types import AL, BASIS_FIELDS, BLOC_ROWS, CN, CN_ROWS, CN_VENDORS, NVIDIA, US, Draws


def by_bloc(rows: Float[Array, "buyer *rest draw"]) -> Float[Array, "bloc *rest draw"]:
    """Sum buyers into blocs."""
    return jnp.stack([rows[r].sum(0) for r in BLOC_ROWS])


def added(
    units: Array,
    figure: Callable[[int], Array],
    taken: Draws,
    smuggled_units: Draws,
    proxy: Draws,
    domestic: Draws,
) -> Array:
    """Return deliveries in the other bases by bloc, with what was diverted and made by proxy."""
    out = []
    for k in BASIS_FIELDS:
        flow = units * figure(k)
        third = flow[BLOC_ROWS[AL].start :, NVIDIA]
        flow = flow.at[BLOC_ROWS[AL].start :, NVIDIA].set(third * (1 - taken))
        total = by_bloc(flow.sum(1))
        extra = flow[CN_ROWS, CN_VENDORS].sum((0, 1)) * proxy / jnp.maximum(domestic, 1e-6)
        total = total.at[CN].set(total[CN] + extra + smuggled_units * figure(k)[US, NVIDIA])
        out.append(total)
    return jnp.stack(out)
