"""Power: what can be energised."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import levers, number, one, parameters, t

from countervail.model.mechanisms import power


def test_a_year_of_building_by_hand():
    p = parameters("power", us_build=0.6, cn_build=0.4, other_build=0.5)
    now = one(10.0, 4.0, 2.0, 1.0)
    for _ in range(4):
        now = power.build(t(2024, 1), now, levers(us_power_build=1.0, cn_power_build=2.0), p)
    # Logs a year: US exp(0.6), China at twice its rate exp(0.8), others exp(0.5).
    expected = np.array([10 * np.exp(0.6), 4 * np.exp(0.8), 2 * np.exp(0.5), np.exp(0.5)])
    assert np.asarray(now)[:, 0] == pytest.approx(expected, rel=1e-3)


def test_powered_share_is_at_most_one_and_at_most_what_capacity_carries():
    p = parameters("power", pue=1.5)
    stock = jnp.logspace(0, 6, 60)[None]  # thousand kW; capacity from a two-thousandth of the need
    share = np.asarray(power.powered_share(jnp.full((1, 60), 3.0), stock, p))[0]
    ratio = 3.0 / (1.5 * np.asarray(stock)[0] / 1e3)
    assert (share <= np.minimum(1, ratio) * (1 + 1e-5)).all() and (share >= 0.94 * np.minimum(1, ratio)).all()


def test_ample_power_runs_everything_and_half_runs_half():
    p = parameters("power", pue=2.0)
    # 1,000 thousand kW at a factor of 2 need 2 GW.
    assert number(power.powered_share(one(20.0), one(1000.0), p)) == pytest.approx(1.0, abs=1e-6)
    assert number(power.powered_share(one(1.0), one(1000.0), p)) == pytest.approx(0.5, rel=1e-3)


def test_more_capacity_never_lowers_the_share():
    p = parameters("power")
    shares = np.asarray(power.powered_share(jnp.linspace(0.1, 5, 50)[None], jnp.full((1, 50), 1000.0), p))[0]
    assert (np.diff(shares) >= 0).all()


def test_buyers_hold_back_what_they_cannot_energise():
    p = parameters("power", budget_response=0.5)
    factor = np.asarray(power.budget_factor(one(0.0, 0.4, 1.0, 2.0), p))[:, 0]
    # Square root of what runs: all, six tenths, nothing but a floor that keeps the power finite.
    assert factor == pytest.approx([1.0, np.sqrt(0.6), np.sqrt(1e-3), np.sqrt(1e-3)], rel=1e-4)
