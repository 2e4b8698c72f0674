"""Demand: paths of budgets, the answer to prices, backlog."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import levers, number, one, parameters, t

from countervail.model.mechanisms import demand
from countervail.model.types import BUYERS, CN_ROWS, HQ_ROWS

ZERO = jnp.zeros((4, 1))


def budget(quarter, p, log=ZERO, shock=ZERO):
    return np.asarray(demand.budgets(quarter, log, shock, p))[:, 0]


def test_a_budget_worked_by_hand():
    p = parameters("demand", cn_level_usd_bn=1.0, cn_step=4.0, cn_growth=0.5, take_off_quarter=5.0)
    # Long after the take-off and two years into the growth after 2023Q4: 1.0 * 4 * exp(0.5 * 2) = 10.87.
    assert budget(t(2025, 4), p)[CN_ROWS].sum() == pytest.approx(10.873, rel=1e-4)
    # At the take-off itself half the step is done: 1 + 3 * 0.5 = 2.5.
    assert budget(jnp.float32(5.0), p)[CN_ROWS].sum() == pytest.approx(2.5, rel=1e-4)
    # Long before it only the level of 2022 is there.
    assert budget(t(2022, 1), p)[CN_ROWS].sum() == pytest.approx(1.0, rel=1e-4)


def test_buyers_split_the_budget_of_their_bloc():
    p = parameters("demand", cn_state_share=0.2, cn_cloud_share=0.75)
    rows = budget(t(2025, 1), p)[CN_ROWS]
    # State 20%; of the other 80% cloud firms have three quarters: 60% and 20%.
    assert rows / rows.sum() == pytest.approx([0.2, 0.6, 0.2], rel=1e-5)
    assert np.asarray(demand.chinese_buyers(p))[:, 0] == pytest.approx([0.2, 0.6, 0.2], rel=1e-5)


def test_chinese_groups_abroad_spend_their_share_in_two_halves_from_2024():
    p = parameters("demand", offshore_share=0.3)
    rows = budget(t(2026, 4), p)
    assert rows[list(HQ_ROWS)] == pytest.approx(0.15 * rows[CN_ROWS].sum(), rel=1e-4)
    assert budget(t(2022, 1), p)[list(HQ_ROWS)].max() < 1e-3
    assert all(BUYERS[r][1] == "cn_hq" for r in HQ_ROWS)


def test_shocks_and_growth_move_budgets_by_their_exponential():
    p = parameters("demand")
    base = budget(t(2028, 1), p)
    moved = budget(t(2028, 1), p, log=one(0.0, np.log(2.0), 0.0, 0.0), shock=one(0.0, np.log(1.5), 0.0, 0.0))
    assert moved[CN_ROWS] == pytest.approx(3.0 * base[CN_ROWS], rel=1e-5)
    assert moved[:3] == pytest.approx(base[:3])


def test_growth_starts_after_2026_fades_and_answers_its_lever():
    p = parameters("demand", us_growth_after=0.4, growth_fade=0.5)
    plain = levers(demand_growth_us=1.0, demand_growth_cn=0.0, demand_growth_other=0.0)
    assert number(demand.growth_after(t(2026, 3), ZERO, plain, p)) == 0
    first = number(demand.growth_after(t(2026, 4), ZERO, plain, p))
    assert first == pytest.approx(0.1)  # a quarter of 0.4
    later = np.asarray(demand.growth_after(t(2028, 4), ZERO, plain, p))[:, 0]
    assert later[0] == pytest.approx(0.1 * np.exp(-0.5 * 2), rel=1e-5)  # two years of fading
    assert later[1:] == pytest.approx(0)


def test_money_answers_prices_by_its_elasticity():
    wish, dearer = one(10.0, 10.0), one(np.log(1.2), np.log(1.2))
    at = lambda e: number(demand.respond(wish, dearer, parameters("demand", price_elasticity=e)))  # noqa: E731
    assert at(1.0) == pytest.approx(10.0)  # elasticity one: the same money, fewer units
    assert at(0.0) == pytest.approx(12.0)  # elasticity zero: the same units, 20% more money
    assert at(2.0) == pytest.approx(10.0 / 1.2, rel=1e-5)


def test_refused_money_waits_up_to_a_limit():
    p = parameters("demand", backlog_kept=0.5, backlog_limit_quarters=2.0)
    kept = np.asarray(demand.keep(one(4.0, 100.0, 0.0), one(3.0, 3.0, 3.0), p))[:, 0]
    assert kept == pytest.approx([2.0, 6.0, 0.0])  # half of 4; no more than two quarters of 3; nothing


def test_shocks_persist():
    p = parameters("demand", shock_persistence=0.8, shock_sd=0.1)
    assert number(demand.persist(one(0.5, 0, 0, 0), one(1.0, 0, 0, 0), p)) == pytest.approx(0.5)  # 0.4 + 0.1
