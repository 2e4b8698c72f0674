"""Economy: gains that come with a lag, losses that phase in."""

import numpy as np
import pytest
from tests.model.worlds import number, one, parameters

from countervail.model.mechanisms import economy


def gains(now, compute, **p):
    p = parameters("economy", gdp_us=30.0, gdp_cn=20.0, gdp_al=30.0, gdp_rw=30.0, **p)
    return np.asarray(economy.output_gain(now, compute, p))[:, 0]


def test_a_quarter_by_hand():
    p = {"gain_per_log_compute": 0.01, "density_ref_h100e_per_usd_bn": 100.0, "adoption_years": 1.0}
    # 3,000 thousand H100e on 30 tn are 100 per bn: potential 0.01 ln 2 = 0.693%; a quarter of the way from zero.
    assert gains(one(0, 0, 0, 0), one(3000, 0, 0, 0), **p)[0] == pytest.approx(0.0025 * np.log(2), rel=1e-4)
    assert gains(one(0, 0, 0, 0), one(3000, 0, 0, 0), **p)[1] == 0


def test_gains_rise_with_compute_at_a_falling_rate():
    at = [gains(one(0, 0, 0, 0), one(c, 0, 0, 0))[0] for c in (1e3, 2e3, 4e3, 8e3)]
    assert at == sorted(at) and at[3] < 8 * at[0]


def test_a_smaller_economy_gains_more_from_the_same_compute():
    got = gains(one(0, 0, 0, 0), one(1e3, 1e3, 0, 0))
    assert got[1] > got[0]


def test_the_loss_settles_at_its_long_run_and_needs_excess_fragmentation():
    p = parameters("economy", decoupling_loss=0.05, ai_chip_share=0.2, phase_in_years=2.0)
    now = one(0.0)
    for _ in range(200):
        now = economy.fragmentation_loss(now, one(0.7), one(0.4), p)
    # Half of what could still fragment did: 0.05 * 0.2 * 0.5.
    assert number(now) == pytest.approx(0.005, rel=1e-3)
    assert number(economy.fragmentation_loss(one(0.0), one(0.2), one(0.4), p)) == 0
