"""Domestic fabrication in China: the scarcest of plan, good dies, HBM and packaging sets output.

    made_i = softmin(plan_i, a_i (r K + wafers d Y) / dies_i, a_i (r H + imports + domestic) / stacks_i, a_i P)
    Y      = (1 + A D / c) ** -c,   D = D_floor + (D_start - D_floor) (Q / Q_start) ** -b,   b = -log2(1 - learning)
    softmin(x) = m (sum (x / m) ** -20) ** (-1 / 20),  m = min(x): at most the hard minimum, 7% below when all meet

K die bank, H HBM stockpile, r share released a quarter, Q cumulative Chinese wafers (dies bought from TSMC do
not teach), D defects [1/cm2], A die area, P packaging, a_i a maker's share of each input. HBM imports end with the
controls of December 2024 after a rush; what designers can leave out when HBM is scarce is `thrift`.
Capacity grows on paths of four numbers, faster with public money, slower with stricter equipment controls, and in
later years only while it is used.
Limits: one node, one die size; maker shares are fixed to 2026 save for Cambricon's loss of TSMC in 2023 and 2024;
HBM imports to 2024 and the first domestic stacks follow history whatever the policy.
Sources: irwin-klenow-1994, semi-hbm, ms-yield. Priors: evidence/data/priors/fabrication.yaml.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from countervail.model.paths import power, q, since, total
from countervail.model.policy import Policy
from countervail.model.types import ByMaker, Draws, record

SHARPNESS = 20.0
WAFERS_AT_START = 20.0  # thousand cumulative wafers at which defects are `defects_start`


@record
class Fabrication:
    """Parameters of domestic fabrication. kwpm = thousand wafers a month, k = thousand."""

    wafers_2022_kwpm: Draws
    wafers_growth_early: Draws  # log growth a year to end 2024
    wafers_growth: Draws  # 2025 to 2027
    wafers_growth_late: Draws
    learning_rate: Draws  # fall in excess defects per doubling of wafers
    protected_learning: Draws  # learning from captive sales over learning from free ones
    defects_start_per_cm2: Draws
    defects_floor_per_cm2: Draws
    die_area_cm2: Draws
    cluster: Draws
    dies_per_wafer: Draws
    dies_2022_k: Draws
    tsmc_dies_k: Draws  # bought through fronts, 2023Q1 to 2024Q3
    hbm_2022_k: Draws
    hbm_imports_k: Draws  # all stacks received to end 2024
    hbm_rush_share: Draws  # of these in the last quarter
    hbm_leak: Draws  # share of unhindered imports that still arrives under controls
    hbm_2026_k: Draws  # domestic stacks in 2026
    hbm_growth: Draws  # log growth a year to 2028
    hbm_growth_late: Draws
    stock_release: Draws  # share of a stockpile used a quarter
    hbm_thrift: Draws  # most HBM that designers can leave out
    packaging_2022_k: Draws  # packages a quarter
    packaging_growth_early: Draws  # log growth a year, 2023Q2 to 2024Q4
    packaging_growth: Draws
    packaging_growth_late: Draws  # after 2028
    huawei_share: Draws  # of wafers, HBM and packaging
    allocation_response: Draws  # how far shares of inputs follow orders from 2027
    equipment_effect: Draws  # log growth lost per unit of stricter equipment controls, relative
    allied_tools: Draws  # share of the effect of equipment controls that needs allies
    allied_hbm: Draws  # share of HBM imports that allies make
    plan_growth: Draws  # what makers plan over orders
    plan_correction: Draws  # share of excess inventory taken out of the plan
    shock_sd: Draws  # log, of packaging in a quarter


def known_controls(t: Draws) -> Draws:
    """Return equipment controls as they were and are: growth paths already hold their effect."""
    return 0.4 * since(t, q(2022, 4)) + 0.3 * since(t, q(2023, 4)) + 0.3 * since(t, q(2024, 4))


def brake(t: Draws, policy: Policy, p: Fabrication) -> Draws:
    """Return the factor on growth of controls stricter or looser than the known ones; allies make part of the tools."""
    together = 1 - p.allied_tools + p.allied_tools * jnp.clip(policy.al_alignment, 0.0, 1.5)
    return jnp.exp(-p.equipment_effect * (policy.us_equipment_controls * together - known_controls(t)))


def busy(use: Draws) -> Draws:
    """Return the factor on growth of a capacity that is used to the share `use`: nobody adds to what stands idle."""
    return jnp.clip(1.5 * use - 0.5, 0.0, 1.0)


def wafers(t: Draws, now: Draws, use: Draws, policy: Policy, push: Draws, p: Fabrication) -> Draws:
    """Return next quarter's wafers for AI parts, thousand a month.

    `push` is the factor of `investment`; from 2028 growth follows use as well.
    """
    middle = since(t, q(2025, 1)) * (1 - since(t, q(2028, 1), 1.0))
    late = since(t, q(2028, 1), 1.0) * busy(use)
    rate = (
        p.wafers_growth_early * (1 - since(t, q(2025, 1)))
        + p.wafers_growth * middle
        + p.wafers_growth_late * late
    )
    return now * jnp.exp(0.25 * rate * brake(t, policy, p) * push)


def packaging(t: Draws, now: Draws, use: Draws, push: Draws, p: Fabrication) -> Draws:
    """Return next quarter's packaging capacity, thousand packages a quarter."""
    boom = since(t, q(2023, 2)) * (1 - since(t, q(2025, 1)))
    late = since(t, q(2029, 1), 1.0)
    middle = (1 - boom) * (1 - late)
    rate = (
        p.packaging_growth_early * boom
        + p.packaging_growth * middle
        + p.packaging_growth_late * late * busy(use)
    )
    return now * jnp.exp(0.25 * rate * push)


def domestic_hbm(t: Draws, now: Draws, use: Draws, policy: Policy, push: Draws, p: Fabrication) -> Draws:
    """Return domestic stacks in the next quarter: a ramp from 2025Q3 through `hbm_2026_k` at mid-2026, while used."""
    first = 0.25 * p.hbm_2026_k * jnp.exp(-0.875 * p.hbm_growth)
    late = since(t, q(2028, 3), 1.0)
    rate = p.hbm_growth * (1 - late) + p.hbm_growth_late * late
    needed = jnp.where(t < q(2026, 4), 1.0, busy(use))
    grown = now * jnp.exp(0.25 * rate * brake(t, policy, p) * push * needed)
    return jnp.where(t < q(2025, 2), 0.0, jnp.where(t == q(2025, 2), first, grown))


def hbm_imports(t: Draws, need: Draws, policy: Policy, p: Fabrication) -> Draws:
    """Return imported stacks this quarter, thousand: a rising path, the rush, then what controls let through."""
    quarters = q(2024, 4)
    steady = p.hbm_imports_k * (1 - p.hbm_rush_share) * (0.2 + 1.6 * t / (quarters - 1)) / quarters
    history = jnp.where(t < quarters, steady, p.hbm_imports_k * p.hbm_rush_share)
    free = 1.2 * need
    together = 1 - p.allied_hbm + p.allied_hbm * jnp.clip(policy.al_alignment, 0.0, 1.0)
    open_share = jnp.clip(1 - policy.us_hbm_controls * together, 0.0, 1.0)
    after = free * (open_share + (1 - open_share) * p.hbm_leak)
    return jnp.where(t <= quarters, history, after)


def rush(t: Draws) -> Draws:
    """Return 1 in the quarter of the rush before the controls of December 2024, else 0."""
    return (t == q(2024, 4)) * 1.0


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
