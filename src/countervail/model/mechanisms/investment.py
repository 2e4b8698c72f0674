"""Money into R&D and capacity: sales with a lag, public money with waste and crowding out, captive demand.

    R'     = R + (rate_v revenue_v stimulus_v + grants_v (1 - crowding) - R) / lag
    push   = (1 - waste) lever + waste + captive_response * tanh(captive / 6)      factor on growth of capacity
    C'     = C + (mandated money - C) / 6

rate is R&D over net revenue, by vendor. A dollar of public money displaces `crowding` of private money (negative:
it draws in more); a lever other than one moves capacity by (1 - `waste`) of itself. Captive demand brings a little
private capital.
All small where the evidence says small. Limits: no capital market, no failure of firms.
Sources: boeing-2016, rieti-2021, branstetter-2023, lane-hci. Priors: evidence/data/priors/investment.yaml.
"""

import jax.numpy as jnp

from countervail.model.policy import Policy
from countervail.model.types import ByVendor, Draws, record


@record
class Investment:
    """Parameters of investment."""

    rnd_rate_leading: Draws  # R&D over revenue, NVIDIA
    rnd_rate_us_other: Draws
    rnd_rate_huawei: Draws
    rnd_rate_cn_other: Draws
    rnd_lag_quarters: Draws
    crowding_out: Draws
    waste: Draws
    captive_response: Draws
    rnd_floor: Draws  # share of R&D kept up whatever sales do (cash, parents, state)


def rates(p: Investment) -> ByVendor:
    """Return R&D over revenue by vendor."""
    return jnp.stack(
        [p.rnd_rate_leading, p.rnd_rate_us_other, p.rnd_rate_us_other, p.rnd_rate_huawei]
        + [p.rnd_rate_cn_other] * 5
    )


def rnd(
    now: ByVendor, revenue: ByVendor, stimulus: ByVendor, extra: ByVendor, policy: Policy, p: Investment
) -> ByVendor:
    """Return next quarter's smoothed R&D, USD bn a quarter.

    `stimulus` is the factor of `rivalry`; `extra` what `alliances` bring.
    """
    weight_us = jnp.asarray([0.7, 0.2, 0.1, 0, 0, 0, 0, 0, 0])[:, None]
    weight_cn = jnp.asarray([0, 0, 0, 0.5, 0.1, 0.08, 0.07, 0.1, 0.15])[:, None]
    grants = (weight_us * policy.us_rd_support + weight_cn * policy.cn_rd_grants) / 4 * (1 - p.crowding_out)
    target = rates(p) * revenue * stimulus + grants + extra
    kept = jnp.maximum(target, p.rnd_floor * now)
    return now + (kept - now) / p.rnd_lag_quarters


def push(lever: Draws, captive: Draws, p: Investment) -> Draws:
    """Return the factor on growth of capacity."""
    return (1 - p.waste) * lever + p.waste + p.captive_response * jnp.tanh(captive / 6.0)


def captive(now: Draws, mandated: Draws) -> Draws:
    """Return smoothed mandated money, USD bn a quarter."""
    return now + (mandated - now) / 6
