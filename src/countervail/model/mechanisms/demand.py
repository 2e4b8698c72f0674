"""Budgets for accelerators: a path of four numbers for each bloc, a common take-off, persistent shocks.

    B(t) = level * (1 + (step - 1) * S(t - take_off)) * exp(growth * years(2023Q4..2026Q4) + G(t) + e(t))
    G'   = growth_after * lever * exp(-fade * years since 2026Q4)
    e'   = persistence * e + sd * shock
    wish = (B + backlog) * (price paid / list price) ** (1 - elasticity)

S a logistic step of 0.4 quarters: orders jumped within a quarter of 2023 (a slow logistic puts 2023Q1 two
thirds too high). Money is the budget for chips, not for buildings. Past 2026 growth is judgement, not data.
Chinese groups abroad have a budget of their own, a share of the mainland's, half of it in AL and half in RW.
Sources: nber-llm-demand (elasticity), company capex in the history table. Priors: evidence/data/priors/demand.yaml.
"""

import jax.numpy as jnp

from countervail.model.paths import q, since, span
from countervail.model.policy import Policy
from countervail.model.types import CN, ByBloc, ByBuyer, Draws, record

BOOM, AFTER = q(2023, 4), q(2026, 4)


@record
class Demand:
    """Parameters of demand. Levels in USD bn a quarter in 2022."""

    us_level_usd_bn: Draws
    us_step: Draws  # factor at the take-off of 2023
    us_growth: Draws  # log growth a year, 2023Q4 to 2026Q4
    us_growth_after: Draws  # log growth a year in 2027, fading
    cn_level_usd_bn: Draws
    cn_step: Draws
    cn_growth: Draws
    cn_growth_after: Draws
    al_level_usd_bn: Draws
    al_step: Draws
    al_growth: Draws
    rw_level_usd_bn: Draws
    rw_step: Draws
    rw_growth: Draws
    other_growth_after: Draws
    take_off_quarter: Draws  # quarters after 2022Q1
    growth_fade: Draws  # per year, after 2026
    price_elasticity: Draws
    backlog_kept: Draws  # share of refused money that stays for the next quarter
    backlog_limit_quarters: Draws  # most money kept, in quarters of budget
    shock_persistence: Draws
    shock_sd: Draws
    offshore_share: Draws  # budget of Chinese groups abroad over the mainland's, from 2024
    us_state_share: Draws  # state buyers' share of the budget
    us_cloud_share: Draws  # cloud and AI firms' share of the rest
    cn_state_share: Draws
    cn_cloud_share: Draws
    al_state_share: Draws
    al_cloud_share: Draws
    rw_state_share: Draws
    rw_cloud_share: Draws


def growth_after(t: Draws, log: ByBloc, policy: Policy, p: Demand) -> ByBloc:
    """Return the log growth of budgets since 2026Q4 at the end of quarter `t`."""
    fade = jnp.exp(-p.growth_fade * jnp.maximum(t - AFTER, 0.0) / 4) * (t >= AFTER)
    rate = jnp.stack(
        [
            p.us_growth_after * policy.demand_growth_us,
            p.cn_growth_after * policy.demand_growth_cn,
            p.other_growth_after * policy.demand_growth_other,
            p.other_growth_after * policy.demand_growth_other,
        ]
    )
    return log + 0.25 * rate * fade


def budgets(t: Draws, log: ByBloc, shock: ByBloc, p: Demand) -> ByBuyer:
    """Return what each buyer means to spend this quarter, USD bn."""
    step = since(t, p.take_off_quarter, 0.4)
    boom = span(t, BOOM, AFTER)

    def path(level: Draws, factor: Draws, growth: Draws) -> Draws:
        return level * (1 + (factor - 1) * step) * jnp.exp(growth * boom)

    by_bloc = jnp.stack(
        [
            path(p.us_level_usd_bn, p.us_step, p.us_growth),
            path(p.cn_level_usd_bn, p.cn_step, p.cn_growth),
            path(p.al_level_usd_bn, p.al_step, p.al_growth),
            path(p.rw_level_usd_bn, p.rw_step, p.rw_growth),
        ]
    ) * jnp.exp(log + shock)
    offshore = 0.5 * by_bloc[CN] * p.offshore_share * since(t, q(2024, 1), 1.0)

    def split(b: int, state: Draws, cloud: Draws) -> list[Draws]:
        private = by_bloc[b] * (1 - state)
        return [by_bloc[b] * state, private * cloud, private * (1 - cloud)]

    return jnp.stack(
        [
            *split(0, p.us_state_share, p.us_cloud_share),
            *split(1, p.cn_state_share, p.cn_cloud_share),
            *split(2, p.al_state_share, p.al_cloud_share),
            offshore,
            *split(3, p.rw_state_share, p.rw_cloud_share),
            offshore,
        ]
    )


def persist(shock: ByBloc, new: ByBloc, p: Demand) -> ByBloc:
    """Return next quarter's shock of budgets."""
    return p.shock_persistence * shock + p.shock_sd * new


def respond(wish: ByBuyer, log_price_wedge: ByBuyer, p: Demand) -> ByBuyer:
    """Return wishes after the answer to fees and subsidies; at elasticity one money does not move."""
    return wish * jnp.exp((1 - p.price_elasticity) * log_price_wedge)


def keep(refused: ByBuyer, budget: ByBuyer, p: Demand) -> ByBuyer:
    """Return the refused money that waits; the rest lapses."""
    return jnp.minimum(refused * p.backlog_kept, budget * p.backlog_limit_quarters)


def chinese_buyers(p: Demand) -> ByBuyer:
    """Return the shares of state, cloud and other buyers in the Chinese budget; they sum to one."""
    private = 1 - p.cn_state_share
    return jnp.stack([p.cn_state_share, private * p.cn_cloud_share, private * (1 - p.cn_cloud_share)])
