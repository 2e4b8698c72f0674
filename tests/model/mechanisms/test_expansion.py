"""Expansion: growth of wafers and packaging, controls on tools, use."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import levers, number, one, parameters, t

from countervail.model.mechanisms import expansion

AS_KNOWN = levers(us_equipment_controls=1.0, al_alignment=1.0)


def wafers(when, now, use, policy, p):
    return expansion.wafers(when, now, use, expansion.brake(when, policy, p), one(1.0), p)


def test_wafers_grow_by_hand():
    p = parameters("expansion", wafers_growth=0.4)
    # Mid-2026, controls as known, no push beyond plan: exp(0.4 / 4) a quarter.
    assert number(wafers(t(2026, 3), one(10.0), one(1.0), AS_KNOWN, p)) == pytest.approx(11.05, rel=5e-3)


def test_stricter_equipment_controls_slow_wafers():
    p = parameters("expansion")
    at = [
        number(wafers(t(2027, 1), one(10.0), one(1.0), levers(us_equipment_controls=c, al_alignment=1.0), p))
        for c in (0.0, 1.0, 2.0)
    ]
    assert at[0] > at[1] > at[2] >= 10


def test_controls_as_they_were_change_no_growth():
    for year, quarter, level in ((2022, 1, 0.0), (2023, 2, 0.4), (2024, 2, 0.7), (2026, 1, 1.0)):
        known = number(expansion.known_controls(t(year, quarter)))
        assert known == pytest.approx(level, abs=0.02)
        policy = levers(us_equipment_controls=known, al_alignment=1.0)
        assert number(expansion.brake(t(year, quarter), policy, parameters("expansion"))) == pytest.approx(
            1.0
        )


def test_allies_that_sell_freely_undo_their_part_of_the_controls():
    p = parameters("expansion", equipment_effect=0.5, allied_tools=0.6)
    alone = levers(us_equipment_controls=1.0, al_alignment=0.0)
    # Controls of 1 work as 0.4: exp(-0.5 * (0.4 - 1)) = 1.35 times the growth.
    assert number(expansion.brake(t(2027, 1), alone, p)) == pytest.approx(np.exp(0.3), rel=1e-3)


def test_packaging_grows_by_hand_and_takes_half_of_a_push_in_logs():
    p = parameters("expansion", packaging_growth=0.4)
    at = lambda push: number(expansion.packaging(t(2026, 1), one(10.0), one(1.0), one(push), p))  # noqa: E731
    assert at(1.0) == pytest.approx(10 * np.exp(0.1), rel=5e-3)
    assert at(4.0) == pytest.approx(10 * np.exp(0.2), rel=1e-2)


def test_nobody_adds_to_capacity_that_stands_idle():
    busy = np.asarray(expansion.busy(jnp.array([0.0, 0.3, 2 / 3, 1.0, 1.5])))
    assert busy == pytest.approx([0, 0, 0.5, 1, 1], abs=1e-6)
    p = parameters("expansion")
    for idle, full in (
        (wafers(t(2030, 1), one(10.0), one(u), AS_KNOWN, p) for u in (0.2, 1.0)),
        (expansion.packaging(t(2032, 1), one(10.0), one(u), one(1.0), p) for u in (0.2, 1.0)),
    ):
        assert number(idle) == pytest.approx(10, rel=1e-2) and number(full) > number(idle)
