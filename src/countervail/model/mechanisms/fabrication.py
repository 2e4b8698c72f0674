"""Domestic fabrication in China: the scarcest of plan, good dies, HBM and packaging sets output.

    made_i = softmin(plan_i, a_i (r K + wafers d Y) / dies_i, a_i (HBM at hand) / stacks_i, a_i P)
    Y      = (1 + A D / c) ** -c,   D = D_floor + (D_start - D_floor) (Q / Q_start) ** -b,   b = -log2(1 - learning)
    softmin(x) = m (sum (x / m) ** -20) ** (-1 / 20),  m = min(x): at most the hard minimum, 7% below when all meet

K die bank, r share released a quarter, Q cumulative Chinese wafers (dies bought from TSMC do not teach), D defects
[1/cm2], A die area, P packaging, a_i a maker's share of each input. Memory comes from `hbm`, wafers and packaging grow
in `expansion`.
Limits: one node, one die size; maker shares are fixed to 2026 save for Cambricon's loss of TSMC in 2023 and 2024.
Sources: irwin-klenow-1994, semi-hbm, ms-yield. Priors: evidence/data/priors/fabrication.yaml.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from countervail.model.paths import power, q, since, total
from countervail.model.types import ByMaker, Draws, record

SHARPNESS = 20.0
WAFERS_AT_START = 20.0  # thousand cumulative wafers at which defects are `defects_start`


@record
class Fabrication:
    """Parameters of domestic fabrication. k = thousand."""

    learning_rate: Draws  # fall in excess defects per doubling of wafers
    protected_learning: Draws  # learning from captive sales over learning from free ones
    defects_start_per_cm2: Draws
    defects_floor_per_cm2: Draws
    die_area_cm2: Draws
    cluster: Draws
    dies_per_wafer: Draws
    dies_2022_k: Draws
    tsmc_dies_k: Draws  # bought through fronts, 2023Q1 to 2024Q3
    stock_release: Draws  # share of a stockpile used a quarter
    huawei_share: Draws  # of wafers, HBM and packaging
    allocation_response: Draws  # how far shares of inputs follow orders from 2027
    plan_growth: Draws  # what makers plan over orders
    plan_correction: Draws  # share of excess inventory taken out of the plan
    shock_sd: Draws  # log, of packaging in a quarter


def tsmc_dies(t: Draws, p: Fabrication) -> Draws:
    """Return dies bought abroad through fronts this quarter, thousand."""
    return p.tsmc_dies_k / 7 * ((t >= q(2023, 1)) & (t < q(2024, 4)))


def die_yield(cumulative_wafers: Draws, p: Fabrication) -> Draws:
    """Return the share of dies that work after `cumulative_wafers` thousand wafers."""
    b = -jnp.log2(1 - p.learning_rate)
    excess = (p.defects_start_per_cm2 - p.defects_floor_per_cm2) * jnp.maximum(
        cumulative_wafers / WAFERS_AT_START, 0.05
    ) ** -b
    return (
        1 + p.die_area_cm2 * (p.defects_floor_per_cm2 + jnp.maximum(excess, 0.0)) / p.cluster
    ) ** -p.cluster


def experience(cumulative_wafers: Draws, made_kwpm: Draws, captive_share: Draws, p: Fabrication) -> Draws:
    """Return cumulative wafers after a quarter; wafers for captive buyers teach `protected_learning` of a free one."""
    return cumulative_wafers + 3 * made_kwpm * (1 - captive_share * (1 - p.protected_learning))


def shares(t: Draws, orders: ByMaker, p: Fabrication) -> ByMaker:
    """Return each maker's share of inputs, one in all: Huawei, T-Head, Kunlunxin, Enflame, Cambricon, CN other.

    From 2027 foundries and memory makers follow orders in part.
    """
    others = jnp.asarray([0.14, 0.16, 0.08, 0.30, 0.32])[:, None] * (1 - p.huawei_share)
    lost = 0.75 * since(t, q(2023, 1)) * (1 - since(t, q(2024, 3) + 0.5, 0.5))  # Entity List of December 2022
    fixed = jnp.concatenate([p.huawei_share[None], others[:3], others[3:4] * (1 - lost), others[4:]])
    ordered = orders / jnp.maximum(orders.sum(0), 1e-6)
    follow = p.allocation_response * since(t, q(2027, 1), 1.5)
    return (1 - follow) * fixed / fixed.sum(0) + follow * ordered


def plan(orders: ByMaker, inventory: ByMaker, share: ByMaker, p: Fabrication) -> ByMaker:
    """Return what makers mean to make: orders and a little more, less excess inventory."""
    excess = jnp.maximum(inventory - 0.5 * orders, 0.0)
    return jnp.maximum(p.plan_growth * orders - p.plan_correction * excess, 0.3 * share)


def softmin(xs: Float[Array, "input maker draw"]) -> ByMaker:
    """Return a smooth minimum over the first axis, never above the hard one."""
    least = jnp.maximum(xs.min(0), 1e-6)
    return least * power(total(power(xs / least, -SHARPNESS)), -1 / SHARPNESS)


def limits(
    planned: ByMaker,
    dies_k: Draws,
    hbm_k: Draws,
    room_k: Draws,
    share: ByMaker,
    dies_per_package: ByMaker,
    stacks_per_package: ByMaker,
) -> Float[Array, "input maker draw"]:
    """Return what each input alone would allow, thousand packages; order as in `types.INPUTS`."""
    return jnp.stack(
        [
            planned,
            dies_k * share / dies_per_package,
            hbm_k * share / jnp.maximum(stacks_per_package, 0.1),
            room_k * share,
        ]
    )
