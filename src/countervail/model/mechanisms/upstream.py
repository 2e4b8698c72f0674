"""The open supply chain: world packaging slots limit US vendors; one path explains 2023 to 2025.

    slots_v = 3 W(t-1) share_v packages_per_wafer yield           thousand slots a quarter; an H100 takes one
    W'      = W exp(g(t) u ** response / 4),  g = g_before, then g_tail + boom exp(-decay (t - 2023Q3))
    made_v  = min(slots_v - stranded_v, plan_growth orders_v - correction excess inventory_v)

u is twice the used share of slots less one, so that capacity follows orders and empty plants are not built. Parts made
for China alone are lost when the gate shuts: 1.3 quarters' worth in 2025Q2 gives the loss NVIDIA reported.
Every bloc is served from the same slots, so in scarcity what goes to China is taken from others.
Limits: HBM, wafers and EUV outside China are not modelled; no test needed them before 2026.
Sources: history table (tsmc-cowos), plan-a-compute. Priors: evidence/data/priors/upstream.yaml.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from countervail.model.paths import q, since
from countervail.model.types import Draws, record

ByUsVendor = Float[Array, "us_vendor draw"]


@record
class Upstream:
    """Parameters of world supply. kwpm = thousand wafers a month."""

    cowos_2022_kwpm: Draws
    cowos_growth_before: Draws  # log growth a year to mid-2023
    cowos_boom: Draws  # log growth a year added at 2023Q3
    cowos_decay: Draws  # per year
    cowos_growth_tail: Draws
    packages_per_wafer: Draws  # of H100 size
    packaging_yield: Draws
    nvidia_share: Draws  # of slots from 2024
    amd_share: Draws
    in_house_share: Draws
    plan_growth: Draws
    plan_correction: Draws
    stranded_quarters: Draws  # of China-only parts lost when the gate shuts
    expansion_response: Draws  # exponent of use on growth of capacity
    shock_sd: Draws  # log, of slots in a quarter


def capacity(t: Draws, now: Draws, used: Draws, p: Upstream) -> Draws:
    """Return next quarter's world packaging capacity, thousand wafers a month."""
    boom = p.cowos_boom * jnp.exp(-p.cowos_decay * jnp.maximum(t - q(2023, 3), 0.0) / 4)
    begun = since(t, q(2023, 2) + 0.5)
    rate = p.cowos_growth_before * (1 - begun) + (p.cowos_growth_tail + boom) * begun
    busy = jnp.clip(2 * used - 1, 1e-3, 1.0)  # nobody adds to lines that are half empty
    return now * jnp.exp(0.25 * rate * busy**p.expansion_response)


def slots(t: Draws, cowos: Draws, p: Upstream) -> ByUsVendor:
    """Return slots of NVIDIA, AMD and US in-house parts this quarter, thousand."""
    ai = since(t, q(2023, 4), 0.7)  # shares before the boom were smaller: other products used the lines
    share = jnp.stack(
        [
            p.nvidia_share * (0.74 + 0.26 * ai),
            p.amd_share * (0.45 + 0.55 * ai),
            p.in_house_share * (0.74 + 0.26 * since(t, q(2024, 1), 1.0)),
        ]
    )
    return 3 * cowos * p.packages_per_wafer * p.packaging_yield * share


def plan(orders: ByUsVendor, inventory: ByUsVendor, p: Upstream) -> ByUsVendor:
    """Return slots vendors want filled: orders and more, less excess inventory."""
    return jnp.maximum(
        p.plan_growth * orders - p.plan_correction * jnp.maximum(inventory - 0.3 * orders, 0.0), 1.0
    )


def stranded(
    pipe: Float[Array, "exporter draw"], access_fall: Float[Array, "exporter draw"], p: Upstream
) -> ByUsVendor:
    """Return slots lost with China-only parts when access falls, by US vendor."""
    lost = p.stranded_quarters * pipe * jnp.clip(access_fall, 0.0, 1.0)
    return jnp.concatenate([lost, jnp.zeros_like(lost[:1])])
