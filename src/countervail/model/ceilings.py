"""Volume caps, and the part without licence that those turn to who are refused the first.

    ceiling  = cap share * US units of the capped product so far - exported so far
    uncapped = min(1, ceiling / units wished last quarter)
    first    = US access * acceptance * uncapped                                    China, by buyer
    second   = free * acceptance of the free part * (1 - first)

An exporter offers China its best part first; whoever is refused it, by a licence, at the Chinese gate or by the cap,
turns to the best part that needs no licence. A cap by share holds for the first part, a cap in units for both.
Limits: two parts at most.
"""

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from countervail.model.policy import Policy

ByExporter = Float[Array, "exporter draw"]
ByCnBuyer = Float[Array, "cn_buyer exporter draw"]

NO_CEILING = 1e6  # thousand units a quarter


def units(capped_us: ByExporter, capped_cn: ByExporter, policy: Policy) -> ByExporter:
    """Return the most units of the capped part each exporter may send to China this quarter, thousand."""
    room = jnp.maximum(policy.us_volume_cap_share * capped_us - capped_cn, 0.0)
    return jnp.where(_capped(policy), room, NO_CEILING)


def counted(sold: ByExporter, turned: ByExporter, policy: Policy) -> ByExporter:
    """Return the units that count against the cap: not those of the part without licence."""
    return sold * (1 - turned) * _capped(policy)


def _capped(policy: Policy) -> Bool[Array, "exporter one"]:
    return (policy.us_volume_cap_share < 5) & (policy.us_under_cap > 0)


def uncapped(ceiling: ByExporter, wished: ByExporter, free: ByExporter) -> ByExporter:
    """Return the share of wishes for the capped part that the cap lets through; the others turn to a free part.

    `wished` are thousand units of last quarter; `free` is the share of wishes for a free part that is met.
    """
    # Full from a twentieth on: a gate that lets next to none of it in leaves the cap as it was.
    there = jnp.clip(20 * free, 0.0, 1.0)
    return 1 - there * (1 - jnp.clip(ceiling / jnp.maximum(wished, 1e-3), 0.0, 1.0))


def turn(first: ByCnBuyer, free: ByCnBuyer) -> tuple[ByCnBuyer, ByCnBuyer]:
    """Return access to both parts together, and to the free one, which those turn to who are refused the first."""
    second = (1 - first) * free
    return first + second, second


def together(ceiling: ByExporter, turned: ByExporter, policy: Policy) -> ByExporter:
    """Return the most units of both parts; `turned` is the share of units that are the second part."""
    first = 1 - turned
    by_share = jnp.where(first < 1e-6, NO_CEILING, ceiling / jnp.maximum(first, 1e-6))
    return jnp.minimum(by_share, policy.us_volume_cap_units)
