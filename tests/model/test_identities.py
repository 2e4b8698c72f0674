"""The accounts close: identities recomputed from the flows and states, on random levers, in every draw and quarter.

200 random points (a shipped scenario, every lever drawn from its range, from a random quarter on), 64 draws each.
A float32 sum of some hundred terms is good to about 1e-6 relative, so the tolerance is 1e-5 of the flow.
"""

from functools import lru_cache
from typing import Any

import jax
import numpy as np
import pytest
from tests.model import worlds

from countervail.model.mechanisms import technology
from countervail.model.parameters import from_matrix
from countervail.model.types import (
    CN,
    CN_SEGMENT,
    CN_VENDORS,
    DIES,
    HBM_STACKS,
    PRICE,
    SLOTS,
    US,
    US_VENDORS,
)
from countervail.scenario import build, list_levers, list_scenarios

CLOSE = 1e-5
POINTS = 200
QUARTERS = 44


def close(a: Any, b: Any, scale: Any = 0.0, tolerance: float = CLOSE) -> None:
    """Assert that two arrays agree relative to their size or to the size of what they are made of."""
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), scale) + 1e-3
    gap = np.abs(a - b) / size
    assert gap.max() < tolerance, f"off by {gap.max():.2g} at {np.unravel_index(gap.argmax(), gap.shape)}"


def random_settings(seed: int) -> tuple[str, list[str]]:
    """Return a scenario and a value for every lever; half of the points move from 2022 on, the others later."""
    rng = np.random.default_rng(seed)
    scenario = str(rng.choice([s.id for s in list_scenarios()]))
    out = []
    for lever in list_levers():
        if lever.id in ("us_tpp_ceiling", "us_bandwidth_ceiling") and seed % 8:
            continue  # these make the rules judge anew, which takes a second
        value = lever.min + rng.beta(0.5, 0.5) * (lever.max - lever.min)  # often near the ends
        if lever.id == "us_volume_cap_units":
            value = 10 ** rng.uniform(0, np.log10(lever.max))
        if lever.id == "us_volume_cap_share" and rng.uniform() < 0.5:
            value = rng.uniform(0, 1)
        first = "2022Q1" if seed % 2 else f"{rng.integers(2023, 2030)}Q{rng.integers(1, 5)}"
        out.append(f"{lever.id}={value:.6g}@{first}")
    return scenario, out


@lru_cache(maxsize=4)
def world(seed: int) -> tuple[Any, Any, Any, Any, Any]:
    """Return policy, parameters, states before and after, and flows of a random point, as float64."""
    scenario, settings = random_settings(seed)
    policy = build(scenario, set=settings).variants[0][0]
    cut = jax.tree.map(lambda x: np.asarray(x[:QUARTERS], np.float64), policy)
    p = from_matrix(worlds.draws(worlds.DRAWS, QUARTERS)[0])
    return (cut, p, *worlds.trace(policy, QUARTERS))


def offered(seed: int, field: int, exponent: Any = 0.0) -> Any:
    """Return a figure of the part each vendor offers each segment, [quarter, segment, vendor, draw], by hand."""
    policy, p, before, _, flows = world(seed)
    gain = np.asarray(jax.vmap(technology.gain, (0, 0, None))(before.tech, policy.announced, p.technology))
    grown = np.where(policy.held_back > 0, 1.0, np.exp(exponent * gain)[:, None])
    out = policy.parts[:, :, :, field] * grown
    free = policy.free_parts[:, :, field]
    out[:, CN_SEGMENT, :2] = (1 - flows.turned) * out[:, CN_SEGMENT, :2] + flows.turned * free
    return out


# The wider scope makes all tests of a point run one after another, so that few worlds are held at a time.
each_point = pytest.mark.parametrize("seed", range(POINTS), scope="module")


@each_point
def test_the_residuals_of_the_model_itself_are_rounding(seed: int):
    assert world(seed)[4].residuals.max() < CLOSE


@each_point
def test_nothing_is_negative_or_not_a_number(seed: int):
    _, _, before, after, flows = world(seed)
    may_be_negative = {"lag_months", "demand_log", "demand_shock", "tech"}
    for record in (before, after, flows):
        for name, x in vars(record).items():
            assert np.isfinite(x).all(), name
            if name not in may_be_negative:
                assert x.min() >= 0, f"{name} reaches {x.min():.3g}"


@each_point
def test_compute_added_in_china_is_the_sum_of_its_four_pathways(seed: int):
    flows = world(seed)[4]
    close(flows.inflow[:, CN], flows.cn_pathways.sum(1))


@each_point
def test_stocks_change_by_deliveries_less_retirement_by_bloc_and_vendor(seed: int):
    _, p, before, after, flows = world(seed)
    leave = 1 - np.exp(-2 / (4 * p.retirement.life_years))
    rows = (slice(0, 3), slice(3, 6), slice(6, 10), slice(10, 14))
    for bloc, r in enumerate(rows):
        old = before.stock[:, :, r].sum((1, 2, 3))
        gone = (before.stock[:, 1, r].sum((1, 2))) * leave
        close(after.stock[:, :, r].sum((1, 2, 3)), old - gone + flows.inflow[:, bloc])
        close(after.stock[:, :, r].sum((1, 2, 3)), flows.stock[:, bloc])
    gone = before.stock[:, 1].sum(1) * leave
    close(after.stock.sum((1, 2)), before.stock.sum((1, 2)) - gone + flows.inflow_vendor)
    close(flows.inflow.sum(1), flows.inflow_vendor.sum(1))
    close(before.stock[1:], after.stock[:-1])


@each_point
def test_chinese_packages_made_are_delivered_or_kept(seed: int):
    _, _, before, after, flows = world(seed)
    sold = flows.units[:, :, CN_VENDORS].sum(1)
    close(before.inventory[:, CN_VENDORS] + flows.made, after.inventory[:, CN_VENDORS] + sold)


@each_point
def test_us_vendors_sell_no_more_than_slots_and_inventory_hold(seed: int):
    _, p, before, after, flows = world(seed)
    slots = offered(seed, SLOTS)
    z = worlds.draws(worlds.DRAWS, QUARTERS)[1][:, 4]
    least = slots[:, :, US_VENDORS].min(1)  # the smallest part any buyer is offered
    used = flows.units[:, :, US_VENDORS].sum(1) * least
    # No vendor ever holds more than all slots of the world: wafers x packages a wafer x yield.
    u = p.upstream
    all_slots = 3 * before.cowos * u.packages_per_wafer * u.packaging_yield * np.exp(u.shock_sd * z)
    share = np.stack([u.nvidia_share, u.amd_share, u.in_house_share])
    most = before.inventory[:, US_VENDORS] + all_slots[:, None] * share
    assert (used + after.inventory[:, US_VENDORS] <= most * 1.0001).all()


@each_point
def test_packages_stay_within_dies_memory_and_packaging(seed: int):
    policy, p, before, after, flows = world(seed)
    f = p.fabrication
    assert (flows.made[:, 0] <= flows.limits.min(1) * (1 + CLOSE)).all()
    dies_per = policy.parts[:, CN_SEGMENT, CN_VENDORS, DIES]
    used = (flows.made * dies_per).sum(1)
    quarter = np.arange(QUARTERS)[:, None]
    bought = f.tsmc_dies_k / 7 * ((quarter >= 4) & (quarter < 11))
    came = flows.wafers * f.dies_per_wafer * flows.die_yield + bought
    close(after.dies, before.dies + came - used, scale=before.dies + came)
    stacks = policy.parts[:, CN_SEGMENT, CN_VENDORS, HBM_STACKS]
    needed = (flows.made * stacks).sum(1) * (1 - after.thrift)
    assert (needed <= flows.hbm_stacks * (1 + CLOSE)).all()


@each_point
def test_legal_imports_pass_both_gates_and_the_caps(seed: int):
    policy, _, before, after, flows = world(seed)
    units = flows.units[:, CN, :2]
    assert (units <= policy.us_volume_cap_units[:, None] * 1.001 + 1e-6).all()
    capped = (policy.us_volume_cap_share[:, None] < 5) & (policy.us_under_cap > 0)
    room = np.maximum(before.capped_cn, policy.us_volume_cap_share[:, None] * before.capped_us)
    assert (~capped | (after.capped_cn <= room * 1.001 + 1e-3)).all()
    closed = ((flows.us_access <= 0) | (flows.acceptance <= 0)) & (flows.turned[:, 0] <= 0)
    assert np.abs(units[:, 0][closed]).max(initial=0) < 1e-6
    assert (flows.outlay[:, CN] <= flows.wish[:, CN] * (1 + CLOSE)).all()


@each_point
def test_wishes_are_met_or_unmet(seed: int):
    flows = world(seed)[4]
    close(flows.wish, flows.outlay + flows.unmet)


@each_point
def test_running_compute_is_powered(seed: int):
    _, p, _, _, flows = world(seed)
    share = 1 - flows.unpowered / flows.stock
    drawn = share * flows.stock_bases[:, 3] * p.power.pue / 1e3
    assert (drawn <= flows.power_gw * (1 + 1e-4)).all()  # the share is a difference of near numbers


@each_point
def test_money_closes_with_prices_recomputed(seed: int):
    policy, p, _, _, flows = world(seed)
    close(flows.outlay.sum(1), flows.revenue.sum((1, 2)) + flows.fee - flows.subsidy)
    listed = offered(seed, PRICE, p.technology.price_exponent)
    # US buyers pay the list price.
    close(flows.outlay[:, US], (flows.units[:, US] * listed[:, 0]).sum(1) / 1e3, tolerance=1e-4)
    # Chinese buyers bear part of the fee; the vendor keeps the rest of the price.
    fee, passed = np.clip(policy.us_export_fee, 0, 0.95), p.trade.fee_pass_through
    foreign = flows.units[:, CN, :2] * listed[:, CN_SEGMENT, :2] / 1e3
    kept = foreign * ((1 - fee) ** (1 - passed))[:, None]
    close(flows.revenue[:, CN, :2], kept, tolerance=1e-4)
    close(flows.fee, (foreign * (fee * (1 - fee) ** -passed)[:, None]).sum(1), tolerance=1e-4)
    # The state pays its share of the list price of each domestic part.
    home = flows.units[:, CN, CN_VENDORS] * listed[:, CN_SEGMENT, CN_VENDORS] / 1e3
    subsidy = np.clip(policy.cn_price_subsidy, 0, 0.9)
    close(flows.subsidy, home.sum(1) * subsidy, scale=0.1 * home.sum(1), tolerance=1e-4)
    through = p.procurement.subsidy_pass_through
    close(flows.revenue[:, CN, CN_VENDORS], home * (1 + subsidy * (1 - through))[:, None], tolerance=1e-4)


@each_point
def test_shares_are_shares(seed: int):
    flows = world(seed)[4]
    close(flows.stack_shares.sum(2), np.ones_like(flows.stack_shares[:, :, 0]))
    close(flows.verdicts.sum(1), np.ones_like(flows.verdicts[:, 0]))
    for name in ("stack_shares", "fragmentation", "shares", "sovereignty", "die_yield", "slots_used", "us_access",
                 "acceptance", "verdicts", "leapfrog", "binding", "porting_cost", "frontier"):  # fmt: skip
        x = getattr(flows, name)
        assert x.min() >= 0 and x.max() <= 1 + CLOSE, f"{name}: {x.min():.3g} to {x.max():.3g}"
    assert (flows.binding.sum(1) >= 1).all()  # something always binds


def test_the_ranges_of_a_summary_are_ordered():
    for row in worlds.run("status-quo").summary():
        quantiles = [row[k] for k in ("p5", "p25", "p50", "p75", "p95")]
        assert quantiles == sorted(quantiles), row
