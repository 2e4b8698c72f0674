"""Who is ahead: a read-out of a finished quarter that feeds nothing back.

    share_d = US / (US + CN)  by dimension;  US leads when US / CN > 1 + margin, CN when CN / US > 1 + margin

Dimensions: compute (effective powered compute), economy (AI's gain in output and chip revenue, in money),
military (index), innovation (R&D money and the best part), sovereignty (share of its compute a side could still
build if cut off from the other). A composite exists only with the user's weights. Say "share of draws".
Priors: evidence/data/priors/leadership.yaml.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from countervail.model.types import CN, US, ByBloc, ByVendor, Draws, record

DIMENSIONS = ("compute", "economy", "military", "innovation", "sovereignty")


@record
class Leadership:
    """Parameters of the read-out."""

    margin: Draws  # ratio above one that counts as a lead
    innovation_rnd_weight: Draws  # weight of R&D money against the best part


def share(us: Draws, cn: Draws) -> Draws:
    """Return the US share of two positive amounts."""
    return us / jnp.maximum(us + cn, 1e-9)


def innovation(rnd: ByVendor, performance: ByVendor, p: Leadership) -> Draws:
    """Return the US share of innovation: R&D money and the best part on sale, geometrically."""
    money = jnp.stack([rnd[:3].sum(0), rnd[3:].sum(0)])
    best = jnp.stack([performance[:3].max(0), performance[3:].max(0)])
    index = jnp.maximum(money, 1e-6) ** p.innovation_rnd_weight * jnp.maximum(best, 1e-6) ** (
        1 - p.innovation_rnd_weight
    )
    return share(index[US], index[CN])


def economy(gain: ByBloc, gdp_usd_tn: ByBloc, revenue: ByVendor) -> Draws:
    """Return the US share of AI output and chip revenue; gain in shares of GDP, revenue in USD bn a quarter."""
    money = gain * gdp_usd_tn * 1e3
    return share(money[US] + 4 * revenue[:3].sum(0), money[CN] + 4 * revenue[3:].sum(0))


def verdicts(shares: Float[Array, "dimension draw"], p: Leadership) -> Float[Array, "side dimension draw"]:
    """Return 1 where US, CN or nobody leads, by dimension; the three sum to one."""
    edge = (1 + p.margin) / (2 + p.margin)
    us = (shares > edge) * 1.0
    cn = (shares < 1 - edge) * 1.0
    return jnp.stack([us, cn, 1 - us - cn])


def own_share(domestic_hbm: Draws, stock: Draws, used: Draws) -> Draws:
    """Return the share of domestic output that needs no imported HBM: own stacks, and the stockpile over five years."""
    return jnp.minimum((domestic_hbm + 0.05 * stock) / jnp.maximum(used, 1e-6), 1.0)
