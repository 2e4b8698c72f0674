"""Technology: announced parts first, growth bought with R&D after them."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import levers, number, one, parameters, t

from countervail.model.mechanisms import technology
from countervail.model.types import (
    BANDWIDTH,
    DIES,
    H100E,
    HBM_STACKS,
    HUAWEI,
    NVIDIA,
    PRICE,
    SLOTS,
    by_buyer,
)

FLAT = jnp.ones((9, 1))
NONE = jnp.zeros((9, 1))


def grow(tech, rnd, reference, p, quarter=None, productivity=FLAT, spillover=NONE, end=0.0):
    when = t(2032, 1) if quarter is None else quarter
    return technology.advance(when, tech, rnd, reference, productivity, spillover, jnp.full((9, 1), end), p)


def test_nothing_grows_before_the_announced_roadmap_ends():
    p = parameters("technology", product_cadence_quarters=5.0)
    before = grow(NONE, FLAT, FLAT, p, quarter=t(2026, 1), end=24.0)
    assert np.abs(np.asarray(before)).max() < 1e-4


def test_a_quarter_of_growth_worked_by_hand():
    p = parameters(
        "technology", growth_leading=0.4, growth_constrained=0.2, rnd_elasticity=0.5, common_knowledge=0.0
    )
    rnd = FLAT.at[NVIDIA].set(4.0)
    after = np.asarray(grow(NONE, rnd, FLAT, p))[:, 0]
    assert after[NVIDIA] == pytest.approx(
        0.25 * 0.4 * 2.0, rel=1e-4
    )  # four times the money, square root: twice
    assert after[1] == pytest.approx(0.25 * 0.4, rel=1e-4)
    assert after[HUAWEI] == pytest.approx(0.25 * 0.2, rel=1e-4)


def test_makers_of_a_side_share_what_they_learn():
    p = parameters("technology", growth_leading=0.4, rnd_elasticity=0.5, common_knowledge=1.0)
    after = np.asarray(grow(NONE, FLAT.at[NVIDIA].set(4.0), FLAT, p))[:, 0]
    # Six for three in all: the side has twice its money, each of its makers grows by the root of two.
    assert after[:3] == pytest.approx(0.25 * 0.4 * np.sqrt(2.0), rel=1e-4)


def test_growth_is_steady_when_money_grows_at_the_reference_rate():
    p = parameters("technology", growth_leading=0.4, rnd_elasticity=0.3)
    tech, pace = NONE, []
    for quarter in range(20):
        rnd = FLAT * np.exp(technology.R_GROWTH * quarter / 4)
        following = grow(tech, rnd, FLAT, p)
        pace.append(number(following) - number(tech))
        tech = following
    assert pace[-1] == pytest.approx(pace[0], rel=0.02)


def test_each_step_is_harder_and_more_money_is_faster():
    p = parameters("technology")
    assert number(grow(FLAT, FLAT, FLAT, p) - FLAT) < number(grow(NONE, FLAT, FLAT, p))
    assert number(grow(NONE, 2 * FLAT, FLAT, p)) > number(grow(NONE, FLAT, FLAT, p))


def test_elasticity_zero_makes_money_irrelevant():
    p = parameters("technology", rnd_elasticity=0.0)
    assert number(grow(NONE, 5 * FLAT, FLAT, p)) == pytest.approx(number(grow(NONE, FLAT, FLAT, p)))


def test_chinese_parts_fall_short_of_their_announcement():
    p = parameters("technology", roadmap_delivery=0.8)
    late = np.asarray(technology.gain(NONE, FLAT, p))[:, 0]
    assert late[:3] == pytest.approx(0)
    assert np.exp(late[3:]) == pytest.approx(0.8, rel=1e-5)
    half = np.asarray(technology.gain(NONE, 0.5 * FLAT, p))[:, 0]
    assert np.exp(half[3:]) == pytest.approx(0.9, rel=1e-5)  # half of the mix was seen on sale
    assert np.abs(np.asarray(technology.gain(NONE, NONE, p))).max() == 0


def offers(parts, held=None):
    """Return a policy that offers these parts, and to China one of a fifth of the figures without licence."""
    return levers(
        parts=parts, free_parts=np.full((2, 12), 0.2), held_back=np.zeros((5, 9)) if held is None else held
    )


def test_the_best_part_is_one_seen_or_an_announced_one_with_its_discount():
    p = parameters("technology", roadmap_delivery=0.5, bandwidth_exponent=0.5)
    on_sale = jnp.ones((9, 4, 1)) * jnp.array([100.0, 10.0, 300.0, 12.0])[None, :, None]
    best = np.asarray(technology.best(on_sale, NONE, p))[..., 0]
    # Announced 300 TPP counts in full for US makers, half (150) for Chinese; of 12 GB/s half is less than 10 seen.
    assert best[0].tolist() == [300] * 3 + [150] * 6
    assert best[1].tolist() == [12] * 3 + [10] * 6
    grown = np.asarray(technology.best(on_sale, jnp.full((9, 1), np.log(4.0)), p))[..., 0]
    assert grown[0] == pytest.approx(4 * best[0], rel=1e-5) and grown[1] == pytest.approx(
        2 * best[1], rel=1e-5
    )


def test_figures_grow_by_their_own_exponents_and_counts_do_not():
    p = parameters("technology", bandwidth_exponent=0.5, price_exponent=0.25)
    gain = jnp.full((9, 1), np.log(16.0))
    at = lambda k: number(technology.field(offers(np.ones((5, 9, 12))), k, gain, NONE, p))  # noqa: E731
    # Sixteen times the throughput: four times the bandwidth, twice the price, the same dies, stacks and slots.
    assert [at(k) for k in (H100E, BANDWIDTH, PRICE)] == pytest.approx([16, 4, 2], rel=1e-4)
    assert [at(k) for k in (DIES, HBM_STACKS, SLOTS)] == pytest.approx([1, 1, 1])


def test_buyers_see_the_parts_of_their_segment():
    policy = offers(np.arange(5.0)[:, None, None] * np.ones((5, 9, 12)))
    seen = np.asarray(by_buyer(technology.field(policy, H100E, NONE, NONE, parameters("technology"))))[
        :, 0, 0
    ]
    assert seen.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 4, 3, 3, 3, 4]


def test_a_part_held_back_keeps_its_figures():
    held = np.zeros((5, 9))
    held[1, 0] = 1
    gain = jnp.full((9, 1), np.log(16.0))
    seen = technology.field(offers(np.ones((5, 9, 12)), held), H100E, gain, NONE, parameters("technology"))
    assert np.asarray(seen)[:2, :2, 0] == pytest.approx(np.array([[16, 16], [1, 16]]), rel=1e-4)


def test_units_without_licence_count_with_the_figures_of_their_part():
    turned = jnp.zeros((9, 1)).at[0].set(0.75)
    seen = technology.field(offers(np.ones((5, 9, 12))), H100E, NONE, turned, parameters("technology"))
    # A quarter of the units at 1, three quarters at 0.2: in China only, and of this vendor.
    assert np.asarray(seen)[:2, :2, 0] == pytest.approx(np.array([[1, 1], [0.4, 1]]))


def test_the_reference_follows_to_the_end_of_2026_and_stays():
    kept, now = one(1.0, 1.0), one(5.0, 5.0)
    assert number(technology.reference(t(2026, 4), now, kept)) == 5
    assert number(technology.reference(t(2027, 1), now, kept)) == 1
