"""Powered data-centre capacity: parts delivered but not energised wait, and buyers then buy less.

    P' = P exp(build * lever / 4)
    powered share = softmin(1, P / (pue * power of the stock))
    budget factor = (1 - unpowered share of last quarter) ** response

Capacity is what is reserved for AI accelerators, in GW at the facility. In 2026 reporting it is a bottleneck of
the United States and a Chinese strength; both build rates are priors. Limits: no power price, no siting.
Sources: history table (power_nvidia_world). Priors: evidence/data/priors/power.yaml.
"""

import jax.numpy as jnp

from countervail.model import paths
from countervail.model.paths import q, since
from countervail.model.policy import Policy
from countervail.model.types import ByBloc, Draws, record

SHARPNESS = 12.0


@record
class Power:
    """Parameters of power. GW reserved for AI at the start of 2022; build in logs a year."""

    us_2022_gw: Draws
    us_build: Draws  # to 2026
    us_build_late: Draws  # from 2027
    cn_2022_gw: Draws
    cn_build: Draws
    cn_build_late: Draws
    al_2022_gw: Draws
    rw_2022_gw: Draws
    other_build: Draws
    other_build_late: Draws
    pue: Draws  # facility power over part power, with host and network
    budget_response: Draws  # exponent of the powered share on budgets


def build(t: Draws, now: ByBloc, policy: Policy, p: Power) -> ByBloc:
    """Return capacity at the start of the next quarter, GW."""
    late = since(t, q(2027, 1), 1.0)

    def rate(early: Draws, after: Draws) -> Draws:
        return early * (1 - late) + after * late

    other = rate(p.other_build, p.other_build_late)
    rates = jnp.stack(
        [
            rate(p.us_build, p.us_build_late) * policy.us_power_build,
            rate(p.cn_build, p.cn_build_late) * policy.cn_power_build,
            other,
            other,
        ]
    )
    return now * jnp.exp(0.25 * rates)


def powered_share(capacity_gw: ByBloc, stock_kw_k: ByBloc, p: Power) -> ByBloc:
    """Return the share of each bloc's stock that can be energised; `stock_kw_k` in thousand kW."""
    ratio = capacity_gw / jnp.maximum(p.pue * stock_kw_k / 1e3, 1e-6)
    return paths.power(1 + paths.power(jnp.maximum(ratio, 1e-3), -SHARPNESS), -1 / SHARPNESS)


def budget_factor(unpowered_share: ByBloc, p: Power) -> ByBloc:
    """Return the factor on budgets: nobody buys parts to keep them in boxes for years."""
    return paths.power(jnp.clip(1 - unpowered_share, 1e-3, 1.0), p.budget_response)
