"""Trade: both gates, the cap, the fee and the memory of cuts."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import levers, number, one, parameters

from countervail.model.mechanisms import trade
from countervail.model.types import CN_SEGMENT, CN_WORDS, US_WORDS

ZERO = jnp.zeros((5, 2, 1))


def words(word: str, share: float = 1.0):
    out = np.zeros((5, 2, len(US_WORDS)))
    out[..., US_WORDS.index(word)] = share
    return out


def us(word: str, approval: float = -1.0, delay: float = 0.0, strictness: float = 0.0, before=ZERO, **p):
    policy = levers(us_words=words(word), us_approval_share=approval, us_review_delay=delay)
    return trade.us_access(before, policy, one(strictness), parameters("trade", **p))


def test_no_licence_needed_opens_the_gate_at_once():
    access, licensed = us("no_licence_required")
    assert np.asarray(access).min() == 1 and np.asarray(licensed).max() == 0


def test_a_licence_takes_time_and_is_withdrawn_at_once():
    p = {"approval_case_by_case": 0.6, "delay_quarters": 1.0}
    first, licensed = us("licence_required_case_by_case", **p)
    assert number(first) == pytest.approx(0.3)  # half of the way in a quarter, at a delay of one
    second, _ = us("licence_required_case_by_case", before=licensed, **p)
    assert number(second) == pytest.approx(0.45)
    shut, _ = us(
        "licence_required_presumption_of_denial", before=jnp.full((5, 2, 1), 0.6), approval_denial=0.01
    )
    assert number(shut) == pytest.approx(0.01)


def test_words_are_ordered_as_the_law_orders_them():
    p = parameters("trade")
    shares = np.asarray(trade.approvals(p))[:, 0]
    assert shares[0] == 1
    by_case, unpublished, denial = shares[3], shares[4], shares[5]
    assert shares[2] > by_case > unpublished > denial > 0


def test_a_longer_review_lowers_access_and_a_set_share_replaces_the_words():
    fast = number(us("licence_required_case_by_case", delay=0.0)[0])
    slow = number(us("licence_required_case_by_case", delay=4.0)[0])
    assert slow < fast
    given, _ = us("licence_required_case_by_case", approval=0.9, before=jnp.full((5, 2, 1), 0.9))
    assert number(given) == pytest.approx(0.9)


def test_strictness_meets_licences_of_chinese_buyers_alone():
    before = jnp.ones((5, 2, 1))
    access = np.asarray(us("licence_required_presumption_of_approval", strictness=1.0, before=before)[0])[
        :, 0, 0
    ]
    assert access[CN_SEGMENT] == 0 and access[4] == 0 and access[0] > 0.5


def acceptance(word: str, gate: float = -1.0, scarcity: float = 0.0, strictness: float = 0.0, **p):
    out = np.zeros((3, 2, len(CN_WORDS)))
    out[..., CN_WORDS.index(word)] = 1
    policy = levers(cn_import_gate=gate)
    words = jnp.asarray(out)[..., None]
    return number(
        trade.cn_acceptance(words, policy, one(scarcity), one(strictness), parameters("trade", **p))
    )


def test_the_chinese_gate_by_word():
    assert acceptance("admitted") == 1
    assert acceptance("not_admitted") == 0 and acceptance("barred_for_state_funded") == 0
    assert acceptance("case_by_case_approval", gate_case_by_case=0.3) == pytest.approx(0.3)
    # Shortage softens it: 0.3 + 0.5 * 0.4 = 0.5.
    soft = acceptance(
        "case_by_case_approval", scarcity=0.4, gate_case_by_case=0.3, gate_shortage_response=0.5
    )
    assert soft == pytest.approx(0.5)
    assert acceptance("admitted", gate=0.2) == pytest.approx(0.2)
    assert acceptance("admitted", strictness=0.25) == pytest.approx(0.75)


def test_the_ceiling_is_what_the_cap_leaves_of_parts_under_it():
    ceiling = lambda share, under=(1.0, 1.0): np.asarray(  # noqa: E731
        trade.ceiling_units(
            one(400.0, 0.0), one(50.0, 0.0), levers(us_volume_cap_share=share, us_under_cap=under)
        )
    )[:, 0]
    assert ceiling(0.5) == pytest.approx([150, 0])  # half of 400, less the 50 that went already
    assert ceiling(9.0) == pytest.approx([1e6, 1e6])
    assert ceiling(0.1) == pytest.approx([0, 0])  # more went than the cap allows: nothing, never less
    assert ceiling(0.5, (0.0, 1.0)) == pytest.approx([1e6, 0])  # a part without licence is under no cap


def test_the_cap_in_units_holds_for_both_parts_and_the_cap_in_shares_for_the_first():
    both = lambda turned, units: np.asarray(  # noqa: E731
        trade.ceiling_together(one(150.0, 0.0), one(turned, 1.0), levers(us_volume_cap_units=units))
    )[:, 0]
    assert both(0.25, 1e6) == pytest.approx([200, 1e6])  # 200 units, of which 150 are the first part
    assert both(0.25, 100.0) == pytest.approx([100, 100])
    counted = trade.under_cap(
        one(200.0, 50.0), one(0.25, 1.0), levers(us_volume_cap_share=0.5, us_under_cap=(1.0, 1.0))
    )
    assert np.asarray(counted)[:, 0] == pytest.approx([150, 0])


def test_who_is_refused_the_first_part_turns_to_the_second():
    first, free = jnp.full((3, 2, 1), 0.6), jnp.full((3, 2, 1), 0.5)
    together, second = trade.turn(first, free)
    assert number(together) == pytest.approx(0.8) and number(second) == pytest.approx(0.2)
    nothing = jnp.zeros_like(free)
    together, second = trade.turn(first, nothing)
    assert number(together) == pytest.approx(0.6) and number(second) == 0


def test_the_cap_refuses_only_where_there_is_another_part_to_be_had():
    passed = lambda ceiling, free: number(  # noqa: E731
        trade.uncapped(one(ceiling, 0.0), one(200.0, 0.0), one(free, 0.0))
    )
    assert passed(150.0, 1.0) == pytest.approx(0.75)
    assert passed(150.0, 0.0) == 1  # then the ceiling on units alone holds
    assert passed(500.0, 1.0) == 1 and passed(0.0, 1.0) == 0


def test_who_bears_the_fee():
    all_on_buyer = trade.log_price_factor(
        levers(us_export_fee=0.25), parameters("trade", fee_pass_through=1.0)
    )
    # The vendor must be left with the old price: p / 0.75.
    assert np.exp(number(all_on_buyer)) == pytest.approx(1 / 0.75, rel=1e-5)
    none = trade.log_price_factor(levers(us_export_fee=0.25), parameters("trade", fee_pass_through=0.0))
    assert number(none) == pytest.approx(0)
    assert number(trade.log_price_factor(levers(us_export_fee=0.0), parameters("trade"))) == pytest.approx(0)


def test_cuts_are_remembered_and_forgotten():
    p = parameters("trade", risk_forgetting=0.1)
    cut = trade.remember(one(0.0), one(1.0, 1.0), one(0.2, 1.0), p)
    assert number(cut) == pytest.approx(0.75)  # a fall of 0.8 less the twentieth that is no cut
    assert number(trade.remember(cut, one(0.2, 1.0), one(0.2, 1.0), p)) == pytest.approx(0.675)
    assert number(trade.remember(one(0.0), one(1.0, 1.0), one(0.96, 1.0), p)) == 0
    assert number(trade.remember(one(0.0), one(0.2, 1.0), one(1.0, 1.0), p)) == 0  # opening is no cut


def test_vendors_withdraw_when_the_fee_takes_the_price_below_cost():
    p = parameters("trade", fee_pass_through=0.0, cost_share=0.3)
    willing = lambda fee: number(trade.willing(levers(us_export_fee=fee), p))  # noqa: E731
    assert willing(0.0) > 0.999 and willing(0.25) > 0.99
    assert willing(0.7) == pytest.approx(0.5, rel=1e-3)  # the net price equals the cost
    assert willing(0.9) < 0.01
    # Where buyers bear the fee the net price stays, and so does the vendor.
    assert (
        number(trade.willing(levers(us_export_fee=0.9), parameters("trade", fee_pass_through=0.999))) > 0.99
    )
