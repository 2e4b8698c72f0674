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


def acceptances(word: str, gate: float = -1.0, scarcity: float = 0.0, strictness: float = 0.0, free=0.0, **p):
    out = np.zeros((3, 2, len(CN_WORDS)))
    out[..., CN_WORDS.index(word)] = 1
    us_words = np.zeros((5, 2, len(US_WORDS)))
    us_words[..., 0], us_words[..., 3] = 0.8 * free, 0.8 * (1 - free)
    policy = levers(cn_import_gate=gate, cn_words=out, free_cn_words=out, us_words=us_words)
    both = trade.cn_acceptance(policy, one(scarcity), one(strictness), parameters("trade", **p))
    return tuple(number(x) for x in both)


def acceptance(word: str, **more):
    return acceptances(word, **more)[0]


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


def test_the_gate_answers_to_parts_under_licence_and_lifts_no_bar_on_others():
    assert acceptances("not_admitted", gate=0.7) == pytest.approx((0.7, 0.0))
    assert acceptances("admitted", gate=0.7) == pytest.approx((0.7, 0.7))
    assert acceptances("discouraged", gate=0.0) == (0, 0)
    assert acceptances("discouraged", gate=0.9, gate_discouraged=0.2) == pytest.approx((0.9, 0.2))
    # A first part that needs no licence is no part under licence.
    assert acceptance("not_admitted", gate=0.7, free=1.0) == 0
    assert acceptance("not_admitted", gate=0.8, free=0.25) == pytest.approx(0.6)


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
