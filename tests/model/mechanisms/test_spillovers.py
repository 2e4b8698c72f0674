"""Spillovers: followers catch up, fragmentation drags."""

import numpy as np
import pytest
from tests.model.worlds import levers, number, one, parameters

from countervail.model.mechanisms import spillovers
from countervail.model.types import CN_VENDORS, HUAWEI, US_VENDORS

PERFORMANCE = one(8, 4, 4, 2, 1, 1, 1, 1, 8)


def catch_up(fragmentation=0.0, controls=0.0, **p):
    policy = levers(us_equipment_controls=controls)
    return np.asarray(
        spillovers.catch_up(PERFORMANCE, one(fragmentation), policy, parameters("spillovers", **p))
    )[:, 0]


def test_half_of_the_gap_closes_in_a_half_life():
    # A gap of four is ln 4; at a half-life of five years ln 2 / 5 of it a year: 0.192.
    assert catch_up(half_life_years=5.0)[HUAWEI] == pytest.approx(np.log(2) / 5 * np.log(4), rel=1e-4)


def test_only_makers_behind_gain_and_only_in_china():
    got = catch_up()
    assert got[US_VENDORS] == pytest.approx(0) and got[-1] == pytest.approx(0) and got[CN_VENDORS][0] > 0


def test_controls_and_fragmentation_slow_it():
    assert catch_up(controls=1.0)[HUAWEI] == pytest.approx(0.5 * catch_up()[HUAWEI], rel=1e-4)
    got = catch_up(fragmentation=0.5, fragmentation_weight=0.4)[HUAWEI]
    assert got == pytest.approx(0.8 * catch_up()[HUAWEI], rel=1e-4)


def drag(now, fragmentation, base, fragmented=1.0, **p):
    policy = levers(fragmented=fragmented)
    return number(
        spillovers.drag(one(now), one(fragmentation), one(base), policy, parameters("spillovers", **p))
    )


def test_drag_by_hand_and_only_for_fragmentation_above_that_of_2022():
    assert drag(0.01, 0.6, 0.4, frontier_loss=0.02) == pytest.approx(0.01 + 0.25 * 0.02 * 0.2, rel=1e-4)
    assert drag(0.01, 0.3, 0.4) == pytest.approx(0.01)
    assert drag(0.01, 0.9, 0.1, fragmented=0.0) == pytest.approx(0.01)  # the counterfactual has no drag
