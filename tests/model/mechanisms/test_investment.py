"""Investment: sales to R&D with a lag, public money, push on capacity."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import levers, number, one, parameters

from countervail.model.mechanisms import investment
from countervail.model.types import CN_VENDORS, HUAWEI, NVIDIA, US_VENDORS

NINE = jnp.ones((9, 1))
NONE = levers(us_rd_support=0.0, cn_rd_grants=0.0)


def rnd(now, revenue, policy=NONE, stimulus=NINE, extra=0 * NINE, **p):
    return np.asarray(investment.rnd(now, revenue, stimulus, extra, policy, parameters("investment", **p)))[
        :, 0
    ]


def test_a_quarter_by_hand():
    # Target 0.12 * 100 = 12; from 4, an eighth of the way: 5.
    got = rnd(4 * NINE, 100 * NINE, rnd_rate_leading=0.12, rnd_lag_quarters=8.0)
    assert got[NVIDIA] == pytest.approx(5.0, rel=1e-5)


def test_a_firm_that_sells_nothing_keeps_most_of_its_research_for_a_while():
    got = rnd(4 * NINE, 0 * NINE, rnd_floor=0.9, rnd_lag_quarters=8.0)
    assert got == pytest.approx(4 - 0.4 / 8, rel=1e-5)


def test_public_money_reaches_its_own_side_less_what_it_crowds_out():
    p = {"crowding_out": 0.25, "rnd_lag_quarters": 1.0, "rnd_floor": 0.01}
    us = rnd(NINE, NINE, levers(us_rd_support=40.0, cn_rd_grants=0.0), **p) - rnd(NINE, NINE, **p)
    cn = rnd(NINE, NINE, levers(us_rd_support=0.0, cn_rd_grants=40.0), **p) - rnd(NINE, NINE, **p)
    # 40 a year is 10 a quarter; three quarters of it are new.
    assert us[US_VENDORS].sum() == pytest.approx(7.5, rel=1e-4) and np.abs(us[CN_VENDORS]).max() < 1e-5
    assert cn[CN_VENDORS].sum() == pytest.approx(7.5, rel=1e-4) and np.abs(cn[US_VENDORS]).max() < 1e-5
    drawn_in = rnd(NINE, NINE, levers(us_rd_support=40.0, cn_rd_grants=0.0), **{**p, "crowding_out": -0.2})
    assert drawn_in[US_VENDORS].sum() > us[US_VENDORS].sum()


def test_denial_and_partners_add_where_they_apply():
    more = rnd(NINE, 10 * NINE, stimulus=NINE.at[HUAWEI].set(1.2), extra=(0 * NINE).at[HUAWEI].set(0.5))
    plain = rnd(NINE, 10 * NINE)
    assert more[HUAWEI] > plain[HUAWEI] and more[NVIDIA] == plain[NVIDIA]


def test_push_is_one_as_planned_and_waste_damps_it():
    p = parameters("investment", waste=0.3)
    assert number(investment.push(one(1.0), one(0.0), p)) == pytest.approx(1.0)
    assert number(investment.push(one(3.0), one(0.0), p)) == pytest.approx(1 + 2 * 0.7)
    assert number(investment.push(one(0.0), one(0.0), p)) == pytest.approx(0.3)
    assert number(
        investment.push(one(1.0), one(1e6), parameters("investment", captive_response=0.1))
    ) == pytest.approx(1.1)


def test_captive_money_is_smoothed_and_settles():
    now = one(0.0)
    for _ in range(60):
        now = investment.captive(now, one(6.0))
    assert number(now) == pytest.approx(6.0, rel=1e-3)
    assert number(investment.captive(one(0.0), one(6.0))) == pytest.approx(1.0)
