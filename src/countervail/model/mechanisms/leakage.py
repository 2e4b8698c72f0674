"""Three ways around the gate: smuggling, proxy fabrication, and rental abroad beside them.

    value   = v (rent / rent_2024) ** eta * (US effort * own effort) ** -kappa * ramp(t)     USD bn a quarter
    rent    = w_q ln(flagship / best legal) + w_s unmet / wish
    remote  = min(r * unmet, most * purchases in RW and AL) * (1 - control)
    rental  = (margin * cost per hour + 0.5) * (1 + unmet / value of the stock) ** phi      USD per H100 hour

Smuggling is counted in dollars: runners and fronts move value, so units do not grow with the flagship's power.
What is smuggled leaves the deliveries of third countries, and its buyers' money leaves Chinese wishes, as rent paid
abroad does. Remote access is legal or tolerated rental; it counts for capability, never in China's stock. Proxy
fabrication is a share of domestic output made abroad through fronts.
The size of smuggling rests on one study whose range spans a factor of 40: it is the largest single source of
spread in Chinese compute in 2030. Sources: cnas-2025, semi-hbm. Priors: evidence/data/priors/leakage.yaml.
"""

import jax.numpy as jnp

from countervail.model.paths import q, since
from countervail.model.policy import Policy
from countervail.model.types import CN_ROWS, HQ_ROWS, ByBuyer, Draws, record

RENT_2024 = 0.6  # rent of the open period, the base of `smuggled_2024_k`


@record
class Leakage:
    """Parameters of leakage."""

    smuggled_2024_k: Draws  # thousand H100-class chips in 2024
    street_price_usd_k: Draws  # of such a chip in 2024
    rent_elasticity: Draws
    rent_quality_weight: Draws
    rent_shortage_weight: Draws
    enforcement_elasticity: Draws
    most_share_of_third: Draws  # of third countries' deliveries that can be diverted
    proxy_share: Draws  # of domestic output, from 2025
    remote_share: Draws  # of unmet wishes that look for rental
    remote_most_share: Draws  # of purchases in AL and RW that can be let to Chinese users
    shock_sd: Draws  # log, of the value smuggled in a quarter
    rental_margin: Draws  # rental over cost of a part in slack times
    rental_tightness: Draws  # exponent of shortage on rental


def rent(
    flagship: Draws, foreign: Draws, access: Draws, domestic: Draws, unmet_share: Draws, p: Leakage
) -> Draws:
    """Return what the law denies, as a log value gap: quality out of reach and wishes unmet.

    The best legal part is the best domestic one, or the foreign part on offer (H100e) as far as buyers get it.
    """
    best_legal = domestic + access * jnp.maximum(foreign - domestic, 0.0)
    gap = jnp.log(jnp.maximum(flagship / jnp.maximum(best_legal, 1e-3), 1.0))
    return p.rent_quality_weight * gap + p.rent_shortage_weight * unmet_share


def smuggled_usd_bn(t: Draws, rent_now: Draws, policy: Policy, p: Leakage) -> Draws:
    """Return the value of parts smuggled into China this quarter."""
    ramp = since(t, q(2024, 1), 1.0) * since(t, q(2022, 4), 0.3)
    base = p.smuggled_2024_k * p.street_price_usd_k / 1e3 / 4
    effort = jnp.maximum(policy.us_enforcement, 0.05) * jnp.maximum(policy.cn_enforcement, 0.05)
    growth = jnp.minimum(1.6, 1 + 0.1 * jnp.maximum(t - q(2026, 4), 0.0) / 4)
    return (
        base
        * ramp
        * growth
        * (jnp.maximum(rent_now, 0.0) / RENT_2024 + 1e-6) ** p.rent_elasticity
        * (effort**-p.enforcement_elasticity)
    )


def remote_usd_bn(t: Draws, unmet: Draws, bought_in_third: Draws, policy: Policy, p: Leakage) -> Draws:
    """Return the value of parts abroad let to Chinese users, added this quarter."""
    begun = since(t, q(2024, 1), 1.0)
    open_share = jnp.clip(1 - policy.us_remote_access_control, 0.0, 1.0) * jnp.clip(
        policy.cn_offshore_rental, 0.0, 3.0
    )
    return begun * open_share * jnp.minimum(p.remote_share * unmet, p.remote_most_share * bought_in_third)


def waiting(left: ByBuyer, smuggled_usd_bn_: Draws, rented_usd_bn: Draws) -> ByBuyer:
    """Return refused money that still waits: Chinese buyers have spent part of it on smuggled parts and on rental."""
    rows = jnp.asarray([*range(CN_ROWS.start, CN_ROWS.stop), *HQ_ROWS])
    chinese = left[rows]
    spent = jnp.clip((smuggled_usd_bn_ + rented_usd_bn) / jnp.maximum(chinese.sum(0), 1e-9), 0.0, 1.0)
    return left.at[rows].set(chinese * (1 - spent))


def proxy_share(t: Draws, p: Leakage) -> Draws:
    """Return proxy fabrication over domestic output this quarter."""
    return p.proxy_share * since(t, q(2025, 1))


def rental_usd_h(price_per_h100e_k: Draws, shortage: Draws, p: Leakage) -> Draws:
    """Return the rental of an H100 in USD an hour: cost over four years at 70% use, power, and shortage."""
    cost = jnp.minimum(33.0, 1.25 * price_per_h100e_k) * 1e3 / (8760 * 4 * 0.7)
    return (p.rental_margin * cost + 0.5) * (1 + jnp.clip(shortage, 0.0, 1.0)) ** p.rental_tightness
