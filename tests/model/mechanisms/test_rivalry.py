"""Rivalry: the two disputed forms, denial, and both signs."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import number, one, parameters

from countervail.model.mechanisms import rivalry
from countervail.model.types import CN_VENDORS, HUAWEI, NVIDIA, US_VENDORS


def test_the_two_forms_by_hand():
    p = parameters("rivalry", escape_gain=0.1, processor_loss=0.04)
    x = one(0.0, 0.5, 1.0)
    # No rival, half, parity: 1 + 0.1 * (0, 0.75, 1) against 1 - 0.04 * (0, 0.5, 1).
    assert np.asarray(rivalry.inverted_u(x, p))[:, 0] == pytest.approx([1.0, 1.075, 1.1])
    assert np.asarray(rivalry.processors(x, p))[:, 0] == pytest.approx([1.0, 0.98, 0.96])


def test_one_setting_chooses_between_the_forms_and_they_have_opposite_signs():
    near, far = one(10, 9, 9, 9, 1, 1, 1, 1, 1), one(10, 1, 1, 1, 1, 1, 1, 1, 1)
    at = lambda performance, form: number(  # noqa: E731
        rivalry.productivity(
            performance, parameters("rivalry", processor_form=form, escape_gain=0.1, processor_loss=0.04)
        )
    )
    assert at(near, 0.0) > at(far, 0.0)  # inverted U: a close rival spurs the leader
    assert at(near, 1.0) < at(far, 1.0)  # processors: a leader innovates more without one


def test_far_behind_discourages():
    p = parameters("rivalry", laggard_discouragement=0.2, escape_gain=0.0, processor_loss=0.0)
    got = np.asarray(rivalry.productivity(one(16, 16, 16, 16, 4, 1, 1, 1, 1), p))[:, 0]
    # A gap of 16 is four doublings, two generations: the whole loss; a gap of four is where it begins.
    assert got[HUAWEI] == pytest.approx(1) and got[4] == pytest.approx(1) and got[5] == pytest.approx(0.8)


def test_denial_moves_money_of_denied_makers_by_gain_less_loss():
    p = parameters("rivalry", denial_stimulus=0.3, denial_quality_loss=0.1)
    got = np.asarray(rivalry.stimulus(one(0.5), p))[:, 0]
    assert got[US_VENDORS] == pytest.approx(1) and got[CN_VENDORS] == pytest.approx(1.1)
    worse = parameters("rivalry", denial_stimulus=0.1, denial_quality_loss=0.3)
    assert np.asarray(rivalry.stimulus(one(0.5), worse))[HUAWEI, 0] == pytest.approx(0.9)


def test_exposure_counts_what_is_withheld_by_licence_or_by_a_cut_down_part():
    p = parameters("rivalry", denial_years=0.25)  # no smoothing: one quarter
    at = lambda access, allowed: number(rivalry.exposure(one(0.3), one(access), one(allowed), one(4.0), p))  # noqa: E731
    assert at(1.0, 4.0) == pytest.approx(0) and at(0.0, 4.0) == pytest.approx(1)
    assert at(1.0, 1.0) == pytest.approx(0.5)  # a quarter of the flagship: one minus its root
    slow = parameters("rivalry", denial_years=2.0)
    assert number(rivalry.exposure(one(0.0), one(0.0), one(1.0), one(1.0), slow)) == pytest.approx(1 / 8)


def test_no_denial_and_no_rival_leave_everything_alone():
    p = parameters("rivalry", escape_gain=0.0, processor_loss=0.0, laggard_discouragement=0.0)
    assert np.asarray(rivalry.productivity(jnp.ones((9, 1)), p)) == pytest.approx(1)
    assert np.asarray(rivalry.stimulus(one(0.0), p)) == pytest.approx(1)
    assert NVIDIA == 0
