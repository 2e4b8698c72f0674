"""Deliveries counted in other bases than 8-bit H100e: 16-bit, 4-bit, memory bandwidth, power."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from countervail.model.paths import total
from countervail.model.types import (
    AL,
    BLOC_ROWS,
    CN,
    CN_VENDORS,
    HQ_ROWS,
    HQ_SEGMENT,
    NVIDIA,
    RW,
    US,
    ByBuyerVendor,
    Draws,
    cells,
)

_NVIDIA, _DOMESTIC = cells(1, 0, NVIDIA)[0], cells(1, 0, CN_VENDORS)[0]


def by_bloc(rows: Float[Array, "buyer *rest draw"]) -> Float[Array, "bloc *rest draw"]:
    """Sum buyers into blocs."""
    return jnp.stack([rows[r].sum(0) for r in BLOC_ROWS])


def added(
    units: ByBuyerVendor,
    per_unit: Float[Array, "basis segment vendor draw"],
    taken: Draws,
    smuggled_units: Draws,
    proxy_share: Draws,
) -> Float[Array, "basis bloc draw"]:
    """Return deliveries in the other bases by bloc, with what was diverted and made by proxy."""
    here = [total(units[r]) * per_unit[:, b] for b, r in enumerate(BLOC_ROWS)]
    for b, row in zip((AL, RW), HQ_ROWS, strict=True):  # Chinese groups abroad are offered other parts
        here[b] = here[b] + units[row] * (per_unit[:, HQ_SEGMENT] - per_unit[:, b])
        here[b] = here[b] * (1 - _NVIDIA * taken)
    here[CN] = here[CN] * (1 + _DOMESTIC * proxy_share)
    flows = [total(flow, 1) for flow in here]
    flows[CN] = flows[CN] + smuggled_units * per_unit[:, US, NVIDIA]
    return jnp.stack(flows, 1)
