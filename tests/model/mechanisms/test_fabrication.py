"""Fabrication: learning, yield, inputs and what binds."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import number, one, parameters, t

from countervail.model.mechanisms import fabrication


def test_yield_worked_by_hand():
    p = parameters("fabrication", defects_start_per_cm2=0.27, defects_floor_per_cm2=0.07, die_area_cm2=6.0, cluster=3.0,
                   learning_rate=0.2)  # fmt: skip
    # At the start: D = 0.27, Y = (1 + 6 * 0.27 / 3) ** -3 = 1.54 ** -3 = 0.2738.
    assert number(fabrication.die_yield(one(20.0), p)) == pytest.approx(0.2738, rel=1e-3)
    # One doubling takes a fifth of the excess away: D = 0.07 + 0.16 = 0.23, Y = 1.46 ** -3 = 0.3213.
    assert number(fabrication.die_yield(one(40.0), p)) == pytest.approx(0.3213, rel=1e-3)
    # For ever: only the floor is left, Y = (1 + 0.14) ** -3 = 0.675.
    assert number(fabrication.die_yield(one(1e12), p)) == pytest.approx(0.675, rel=1e-2)


def test_yield_rises_with_wafers_and_without_learning_stays():
    wafers = jnp.array([1.0, 20.0, 100.0, 1e4])
    p = parameters("fabrication")
    y = np.asarray(fabrication.die_yield(wafers, p))
    assert (np.diff(y) > 0).all() and 0 < y[0] and y[-1] < 1
    flat = np.asarray(fabrication.die_yield(wafers, parameters("fabrication", learning_rate=0.0)))
    assert flat == pytest.approx(flat[0])


def test_wafers_for_captive_buyers_teach_less():
    p = parameters("fabrication", protected_learning=0.5)
    # 10 thousand wafers a month are 30 a quarter; all captive, half of it counts.
    assert number(fabrication.experience(one(100.0), one(10.0), one(0.0), p)) == pytest.approx(130)
    assert number(fabrication.experience(one(100.0), one(10.0), one(1.0), p)) == pytest.approx(115)


def test_the_soft_minimum_never_passes_the_hard_one_and_is_near_it():
    rng = np.random.default_rng(0)
    xs = jnp.asarray(10 ** rng.uniform(-2, 6, (4, 6, 200)))
    soft, hard = np.asarray(fabrication.softmin(xs)), np.asarray(xs.min(0))
    assert (soft <= hard * (1 + 1e-6)).all() and (soft >= 0.93 * hard).all()
    # Four equal inputs: 4 ** (-1 / 20) = 0.933 of each.
    assert number(fabrication.softmin(jnp.full((4, 1, 1), 7.0))) == pytest.approx(7 * 0.933, rel=1e-3)


def test_an_input_that_runs_out_stops_output():
    xs = jnp.array([100.0, 0.0, 50.0, 50.0])[:, None, None]
    assert number(fabrication.softmin(xs)) < 1e-5


def test_limits_by_hand():
    got = fabrication.limits(
        one(50.0, 60.0),
        one(100.0)[0],
        one(800.0)[0],
        one(200.0)[0],
        one(0.6, 0.4),
        one(2.0, 1.0),
        one(8.0, 4.0),
    )
    # First maker: plan 50; 100 dies x 0.6 / 2 = 30; 800 stacks x 0.6 / 8 = 60; room 200 x 0.6 = 120.
    assert np.asarray(got)[:, 0, 0] == pytest.approx([50, 30, 60, 120])
    assert np.asarray(got)[:, 1, 0] == pytest.approx([60, 40, 80, 80])


def test_shares_of_inputs_sum_to_one_and_later_follow_orders():
    p = parameters("fabrication", huawei_share=0.6, allocation_response=0.5)
    orders = one(10.0, 10.0, 0.0, 0.0, 0.0, 0.0)
    for q in range(0, 40, 3):
        assert number(fabrication.shares(jnp.float32(q), orders, p).sum(0)) == pytest.approx(1)
    assert number(fabrication.shares(t(2025, 4), orders, p)) == pytest.approx(0.6, rel=0.02)
    # Half follows orders, of which Huawei has half: 0.5 * 0.6 + 0.5 * 0.5.
    assert number(fabrication.shares(t(2032, 1), orders, p)) == pytest.approx(0.55, rel=1e-3)


def test_plans_follow_orders_and_shrink_with_unsold_parts():
    p = parameters("fabrication", plan_growth=1.3, plan_correction=0.6)
    share = one(0.5)[None]
    # Orders 100: 130. With 150 unsold, 100 too many: 130 - 60 = 70.
    assert number(fabrication.plan(one(100.0)[None], one(0.0)[None], share, p)) == pytest.approx(130)
    assert number(fabrication.plan(one(100.0)[None], one(150.0)[None], share, p)) == pytest.approx(70)
    assert number(fabrication.plan(one(0.0)[None], one(1e6)[None], share, p)) > 0


def test_dies_bought_abroad_add_up_to_their_total():
    p = parameters("fabrication", tsmc_dies_k=2900.0)
    assert sum(number(fabrication.tsmc_dies(jnp.float32(q), p)) for q in range(44)) == pytest.approx(
        2900, rel=1e-4
    )
