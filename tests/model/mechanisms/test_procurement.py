"""Procurement: offer, choice, mandates and rationing."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import levers, one, parameters

from countervail.model import rationing
from countervail.model.mechanisms import procurement
from countervail.model.types import (
    BUYERS,
    CN_ROWS,
    CN_SEGMENT,
    CN_VENDORS,
    HQ_SEGMENT,
    HUAWEI,
    IN_HOUSE,
    NVIDIA,
    SEGMENTS,
    US_VENDORS,
    VENDORS,
)

B, V, S = len(BUYERS), len(VENDORS), len(SEGMENTS)
SAME = jnp.ones((B, V, 1))
ZERO = jnp.zeros((B, V, 1))
ALIKE = jnp.ones((S, V, 1))  # by segment
NONE = jnp.zeros((S, V, 1))
NOBODY = jnp.zeros((B, 1))
BASE = jnp.full((B, 5, 1), 0.2)


def chosen(cost=26.0 * ALIKE, penalty=NONE, offer=SAME, mandate=NOBODY, quality=NONE, **p):
    parameters_ = parameters("procurement", **p)
    return np.asarray(
        procurement.choice((quality, quality), cost, BASE, penalty, offer, mandate, one(0.5), parameters_)
    )[..., 0]


def test_equal_parts_are_split_by_nest_worked_by_hand():
    # Three foreign, six domestic vendors, all alike, tau one half: nests weigh 3 ** 0.5 and 6 ** 0.5.
    shares = chosen(nest=0.5)
    assert shares[0, US_VENDORS].sum() == pytest.approx(np.sqrt(3) / (np.sqrt(3) + np.sqrt(6)), rel=1e-4)
    assert shares[0, 0] == pytest.approx(shares[0, 1], rel=1e-5)
    # With tau one the nests do not matter: a ninth each.
    assert chosen(nest=0.999)[0, 0] == pytest.approx(1 / 9, rel=1e-2)


def test_shares_sum_to_one_and_follow_price_quality_and_penalty():
    base = chosen()
    assert base.sum(1) == pytest.approx(1, rel=1e-5)
    assert chosen(cost=26.0 * ALIKE.at[:, NVIDIA].set(2.0))[0, NVIDIA] < base[0, NVIDIA]
    assert chosen(quality=NONE.at[:, HUAWEI].set(0.5))[0, HUAWEI] > base[0, HUAWEI]
    assert chosen(penalty=NONE.at[:, HUAWEI].set(0.5))[0, HUAWEI] < base[0, HUAWEI]


def test_what_is_not_on_offer_is_not_wished_for():
    shares = chosen(offer=SAME.at[:, NVIDIA].set(0.0))
    assert shares[:, NVIDIA].max() == 0 and shares.sum(1) == pytest.approx(1, rel=1e-5)


def test_one_vendor_alone_gets_everything():
    only = ZERO.at[:, NVIDIA].set(1.0)
    assert chosen(offer=only)[:, NVIDIA] == pytest.approx(1, rel=1e-5)


def test_a_mandate_is_the_part_of_the_budget_that_sees_only_domestic_parts():
    free = chosen()[4, CN_VENDORS].sum()
    half = chosen(mandate=NOBODY.at[4].set(0.5))
    assert half[4, CN_VENDORS].sum() == pytest.approx(0.5 * free + 0.5, rel=1e-4)
    assert chosen(mandate=NOBODY.at[4].set(1.0))[4, US_VENDORS].sum() == pytest.approx(0, abs=1e-6)


def test_mandates_reach_chinese_buyers_and_ease_in_shortage():
    p = parameters("procurement", mandate_exemption=0.5)
    policy = levers(cn_domestic_share=[1.0, 0.4, 0.0])
    got = np.asarray(procurement.mandates(policy, one(0.0), one(0.0), p))[:, 0]
    assert got[CN_ROWS] == pytest.approx([1.0, 0.4, 0.0]) and got.sum() == pytest.approx(1.4)
    eased = np.asarray(procurement.mandates(policy, one(0.6), one(0.0), p))[:, 0]
    assert eased[CN_ROWS] == pytest.approx([0.7, 0.28, 0.0])  # 1 - 0.5 * 0.6
    stricter = np.asarray(procurement.mandates(policy, one(0.0), one(0.5), p))[:, 0]
    assert stricter[CN_ROWS] == pytest.approx([1.0, 0.7, 0.5])


def test_prices_carry_fee_and_subsidy_to_both_sides_of_a_sale():
    p = parameters("procurement", subsidy_pass_through=0.75)
    paid, got = procurement.prices(20.0 * ALIKE, one(np.log(1.1)), levers(cn_price_subsidy=0.2), p)
    paid, got = np.asarray(paid)[..., 0], np.asarray(got)[..., 0]
    assert paid[CN_SEGMENT, NVIDIA] == pytest.approx(22.0) and paid[0, NVIDIA] == pytest.approx(20.0)
    # A subsidy of 4 on a part of 20: the buyer pays 3 less, the maker gets 1 more.
    assert paid[CN_SEGMENT, HUAWEI] == pytest.approx(17.0) and got[CN_SEGMENT, HUAWEI] == pytest.approx(21.0)
    assert paid[HQ_SEGMENT, HUAWEI] == pytest.approx(20.0)  # only at home


def test_rationing_by_hand():
    wish, share = jnp.array([[10.0], [10.0]]), jnp.array([[[0.8], [0.2]], [[0.8], [0.2]]])
    open_ = jnp.full((2, 2, 1), 1e6)
    use = jnp.ones((2, 2, 1))
    # The first vendor has 8 for 16 wished: each buyer gets 4 of it and, in the first round, 2 of the second vendor.
    # If every second choice will do, the 4 that are left go to the second vendor, which has plenty.
    any_part = parameters("procurement", second_choice=0.9999)
    sold, left, rest = rationing.fill(wish, share, open_, one(8.0, 100.0), use, any_part)
    assert np.asarray(sold)[..., 0] == pytest.approx(np.array([[4, 6], [4, 6]]), rel=1e-3)
    assert np.asarray(left)[:, 0] == pytest.approx(0, abs=1e-3)
    assert np.asarray(rest)[:, 0] == pytest.approx([0, 88], abs=1e-2)
    # If half of refused money waits, 0.2 / 0.5 of what is left goes on: 4 x 0.4 = 1.6, then 2.4 x 0.4 = 0.96.
    sold, left, _ = rationing.fill(
        wish, share, open_, one(8.0, 100.0), use, parameters("procurement", second_choice=0.5)
    )
    assert np.asarray(sold)[0, :, 0] == pytest.approx([4, 4.56], rel=1e-3)
    assert np.asarray(left)[0, 0] == pytest.approx(1.44, rel=1e-3)


def test_rationing_loses_nothing_and_oversteps_no_limit():
    rng = np.random.default_rng(1)
    wish = jnp.asarray(rng.lognormal(0, 2, (B, 300)))
    share = jnp.asarray(rng.dirichlet(np.full(V, 0.3), (B, 300)).transpose(0, 2, 1))
    own = jnp.asarray(rng.lognormal(0, 3, (B, V, 300)))
    supply = jnp.asarray(rng.lognormal(3, 3, (V, 300)))
    use = jnp.asarray(rng.lognormal(3, 0.5, (B, V, 300)))
    sold, left, rest = (
        np.asarray(x) for x in rationing.fill(wish, share, own, supply, use, parameters("procurement"))
    )
    assert min(sold.min(), left.min(), rest.min()) >= 0
    assert sold.sum(1) + left == pytest.approx(np.asarray(wish), rel=1e-4)
    assert (sold <= np.asarray(own) * (1 + 1e-5)).all()
    used = (sold * np.asarray(use)).sum(0)
    assert (used <= np.asarray(supply) * (1 + 1e-4)).all()
    assert used + rest == pytest.approx(np.asarray(supply), rel=1e-4)


def test_the_gate_and_the_ceiling_limit_chinese_buyers():
    wish = jnp.full((B, 1), 10.0)
    share = jnp.full((B, V, 1), 0.5)
    per_money = jnp.full((B, V, 1), 2.0)
    half = jnp.full((B, 3, 1), 0.5)
    own = np.asarray(rationing.allowed(wish, share, half, per_money, one(1e6, 1e6)))[..., 0]
    assert own[CN_ROWS, NVIDIA] == pytest.approx(2.5)  # half of the 5 wished
    assert own[CN_ROWS, CN_VENDORS].min() > 1e5  # domestic parts pass no gate
    # A ceiling of 6 thousand units between three alike buyers: 2 units each, at 2 units per bn that is 1 bn.
    capped = np.asarray(rationing.allowed(wish, share, half, per_money, one(6.0, 6.0)))[..., 0]
    assert capped[CN_ROWS, NVIDIA] == pytest.approx(1.0, rel=1e-4)
    assert capped[0, NVIDIA] == pytest.approx(2.5)
    none = np.asarray(rationing.allowed(wish, share, jnp.zeros((B, 3, 1)), per_money, one(1e6, 1e6)))[..., 0]
    assert none[CN_ROWS, :2].max() == 0


def test_orders_are_sales_and_refused_money():
    sold = jnp.zeros((B, V, 1)).at[0, NVIDIA].set(4.0)
    left = NOBODY.at[0].set(6.0)
    share = ZERO.at[0, NVIDIA].set(1.0)
    open_ = jnp.full((B, V, 1), 1e6)
    ordered = np.asarray(rationing.orders(sold, left, share, open_, 2.0 * SAME))[:, 0]
    assert ordered[NVIDIA] == pytest.approx(20.0, rel=1e-4)  # 4 sold and 6 refused, at 2 units per bn
    # Behind a shut gate refused money orders nothing more.
    shut = np.asarray(rationing.orders(sold, left, share, sold, 2.0 * SAME))[:, 0]
    assert shut[NVIDIA] == pytest.approx(8.0, rel=1e-4)


def test_who_is_offered_what():
    p = parameters("procurement", amd_in_china=0.15, domestic_in_third=0.04, in_house_abroad=0.1)
    offer = np.asarray(procurement.availability(levers(al_alignment=1.0), p))[..., 0]
    assert offer[:, NVIDIA].min() == 1
    assert offer[CN_ROWS, CN_VENDORS].min() == 1 and offer[:3, CN_VENDORS].max() == 0
    assert offer[CN_ROWS, 1] == pytest.approx(0.15) and offer[CN_ROWS, IN_HOUSE].max() == 0
    assert offer[10, HUAWEI] == pytest.approx(0.04) and offer[6, HUAWEI] == 0
    assert (offer >= 0).all() and (offer <= 1).all()
