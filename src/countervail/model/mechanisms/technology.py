"""What parts can do: announced roadmaps first, then growth bought with R&D.

    part(t)   = roadmap part * (1 - (1 - delivery) * announced share)        Chinese makers
    d ln A/dt = g * (R / R_2026) ** lambda * exp(-beta * ln A)               after the roadmap's end

The announced share is how much of a maker's mix was only announced when data ended (2026Q1). A multiplies
throughput; bandwidth grows with A ** bandwidth_exponent, price with A ** price_exponent. R is smoothed R&D money, one's
own and that of all makers of the side.
beta makes each step dearer than the last: research productivity in chips has fallen for decades, so keeping pace
takes ever more effort (bloom-2020). With beta = lambda * 0.22 / g growth is steady when R grows by a quarter a year.
Chinese makers without EUV grow at their own, lower rate. A part that rules hold below the one sold at home keeps its
figures: growth would take it over the thresholds.
What it leaves out: lumpy nodes, formats below four bits, and new variants made up to a threshold.
Sources: bloom-2020, epoch-mlhw, huawei-roadmap. Priors: evidence/data/priors/technology.yaml.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from countervail.model.paths import q, since
from countervail.model.policy import Policy

from countervail.model.types import (  # isort: skip
    BANDWIDTH, CN_SEGMENT, CN_VENDORS, DIES, EXPORTERS, FOREIGN, HBM_STACKS, INTERCONNECT, MEMORY,
    POWER_KW, PRICE, SEGMENTS, SLOTS, US_VENDORS, BySegmentVendor, ByVendor, Draws, cells, record,
)  # fmt: skip

_EXPORTS_TO_CHINA = cells(len(SEGMENTS), CN_SEGMENT, slice(0, len(EXPORTERS))) > 0
R_GROWTH = 0.22  # log growth a year of R&D at which performance keeps its pace


@record
class Technology:
    """Parameters of technology. Growth in logs a year."""

    roadmap_delivery: Draws  # share of the announced performance that announced Chinese parts reach
    growth_leading: Draws
    growth_constrained: Draws
    rnd_elasticity: Draws  # lambda
    common_knowledge: (
        Draws  # weight of the R&D of all makers of a side, who share foundries and people, against one's own
    )
    bandwidth_exponent: Draws
    price_exponent: Draws
    power_exponent: Draws
    product_cadence_quarters: Draws  # quarters from the last announced launch to the next part


def gain(tech: ByVendor, announced: ByVendor, p: Technology) -> ByVendor:
    """Return the log performance of each vendor's part over the one on its roadmap."""
    late = jnp.log(1 - (1 - p.roadmap_delivery) * announced[CN_VENDORS])
    return jnp.concatenate([tech[US_VENDORS], tech[CN_VENDORS] + late])


def best(
    on_sale: Float[Array, "vendor four one"], tech: ByVendor, p: Technology
) -> Float[Array, "two vendor draw"]:
    """Return TPP and bandwidth (GB/s) of each vendor's best part; what was only announced counts as delivered."""
    share = jnp.concatenate([jnp.ones_like(tech[:3]), p.roadmap_delivery * jnp.ones_like(tech[3:])])
    tpp = jnp.maximum(on_sale[:, 0], on_sale[:, 2] * share)
    bandwidth = jnp.maximum(on_sale[:, 1], on_sale[:, 3] * share)
    return jnp.stack([tpp * jnp.exp(tech), bandwidth * jnp.exp(p.bandwidth_exponent * tech)])


def field(policy: Policy, k: int, log_gain: ByVendor, turned: ByVendor, p: Technology) -> BySegmentVendor:
    """Return figure `k` of the part each vendor offers each segment of buyers."""
    return fields(policy, (k,), log_gain, turned, p)[0]


def fields(
    policy: Policy, ks: tuple[int, ...], log_gain: ByVendor, turned: ByVendor, p: Technology
) -> Float[Array, "figure segment vendor draw"]:
    """Return several figures of the part each vendor offers each segment.

    A part that rules hold back stays what it is. Of the units for China a share `turned` is the part without licence.
    """
    one = jnp.ones_like(p.price_exponent)
    exponent = {BANDWIDTH: p.bandwidth_exponent, MEMORY: p.bandwidth_exponent, INTERCONNECT: p.bandwidth_exponent,
                PRICE: p.price_exponent, POWER_KW: p.power_exponent,
                SLOTS: 0 * one, DIES: 0 * one, HBM_STACKS: 0 * one}  # fmt: skip
    grown = jnp.exp(jnp.stack([exponent.get(k, one) for k in ks])[:, None] * log_gain)
    best = jnp.stack([policy.parts[:, :, k] for k in ks])
    offered = best * jnp.where(policy.held_back > 0, 1.0, grown[:, None])
    free = jnp.stack([policy.free_parts[:, k] for k in ks])
    free = jnp.concatenate([free, jnp.zeros_like(best[:, 0, 2:])], 1)[:, None]
    return jnp.where(_EXPORTS_TO_CHINA, offered + turned * (free - offered), offered)


def advance(
    t: Draws,
    tech: ByVendor,
    rnd: ByVendor,
    reference: ByVendor,
    productivity: ByVendor,
    spillover: ByVendor,
    roadmap_end: Float[Array, "vendor one"],
    p: Technology,
) -> ByVendor:
    """Return log performance beyond the roadmap at the start of the next quarter.

    `productivity` is the factor of `rivalry` on R&D, `spillover` the log gain of `spillovers`.
    """
    pace = jnp.where(FOREIGN, p.growth_leading, p.growth_constrained)
    own = jnp.log(jnp.clip(rnd / jnp.maximum(reference, 1e-3), 0.05, 50.0))
    pooled = [
        jnp.log(jnp.clip(rnd[v].sum(0) / jnp.maximum(reference[v].sum(0), 1e-3), 0.05, 50.0))
        for v in (US_VENDORS, CN_VENDORS)
    ]
    common = jnp.where(FOREIGN, pooled[0], pooled[1])
    effort = jnp.exp(p.rnd_elasticity * ((1 - p.common_knowledge) * own + p.common_knowledge * common))
    harder = jnp.exp(-p.rnd_elasticity * R_GROWTH / jnp.maximum(pace, 0.02) * tech)
    begun = since(t, roadmap_end + p.product_cadence_quarters, 0.7)
    return tech + 0.25 * begun * (pace * effort * harder * productivity + spillover)


def reference(t: Draws, rnd: ByVendor, kept: ByVendor) -> ByVendor:
    """Return the R&D of 2026Q4, followed until then and kept afterwards."""
    return jnp.where(t <= q(2026, 4), jnp.maximum(rnd, 1e-3), kept)
