"""Upstream: world packaging slots."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import number, one, parameters, t

from countervail.model.mechanisms import upstream


def test_slots_worked_by_hand():
    p = parameters(
        "upstream",
        packages_per_wafer=29.0,
        packaging_yield=0.9,
        nvidia_share=0.6,
        amd_share=0.08,
        in_house_share=0.3,
    )
    # 2026: 100 thousand wafers a month, 300 a quarter, x 29 x 0.9 = 7,830 thousand slots; NVIDIA has 60%.
    got = np.asarray(upstream.slots(t(2026, 1), one(100.0), p))[:, 0]
    assert got == pytest.approx([4698, 626.4, 2349], rel=0.01)
    assert got.sum() <= 7830


def test_capacity_grows_with_orders_and_stands_still_when_lines_are_half_empty():
    p = parameters("upstream", cowos_growth_tail=0.1, cowos_boom=1.0)
    full = number(upstream.capacity(t(2026, 1), one(50.0), one(1.0), p))
    some = number(upstream.capacity(t(2026, 1), one(50.0), one(0.8), p))
    idle = number(upstream.capacity(t(2026, 1), one(50.0), one(0.5), p))
    assert full > some > idle == pytest.approx(50, rel=5e-3)


def test_the_boom_of_2023_fades_to_the_tail():
    p = parameters("upstream", cowos_growth_tail=0.06, cowos_boom=1.0, cowos_decay=0.43)
    rate = lambda when: 4 * np.log(number(upstream.capacity(when, one(1.0), one(1.0), p)))  # noqa: E731
    assert rate(t(2024, 1)) == pytest.approx(0.06 + np.exp(-0.43 * 0.5), rel=0.02)  # half a year after 2023Q3
    assert rate(t(2040, 1)) == pytest.approx(0.06, rel=0.05)


def test_plans_follow_orders_less_what_lies_unsold():
    p = parameters("upstream", plan_growth=1.35, plan_correction=0.6)
    # Orders 100 and no stock: 135. 80 in stock is 50 more than is wanted: 135 - 30 = 105.
    assert number(upstream.plan(one(100.0)[None], one(0.0)[None], p)) == pytest.approx(135)
    assert number(upstream.plan(one(100.0)[None], one(80.0)[None], p)) == pytest.approx(105)
    assert number(upstream.plan(one(0.0)[None], one(1e6)[None], p)) > 0


def test_parts_for_china_alone_are_lost_only_when_access_falls():
    p = parameters("upstream", stranded_quarters=1.3)
    pipe = one(500.0, 10.0)
    lost = np.asarray(upstream.stranded(pipe, one(1.0, 0.5), p))[:, 0]
    assert lost == pytest.approx([650, 6.5, 0])  # 1.3 quarters' worth; half of it; in-house parts never
    assert np.abs(np.asarray(upstream.stranded(pipe, one(-0.5, 0.0), p))).max() == 0
    assert np.abs(np.asarray(upstream.stranded(jnp.zeros((2, 1)), one(1.0, 1.0), p))).max() == 0
