"""Reactions: off they do nothing, on they settle at their answer."""

import pytest
from tests.model.worlds import levers, number, one, parameters

from countervail.model.mechanisms import reactions

P = parameters("reactions", answer_us=0.6, answer_cn=0.4, comfort_months=8.0, speed=0.25)


def settled(step, on=1.0):
    now = one(0.0)
    for _ in range(100):
        now = step(now, levers(reactions=on))
    return number(now)


def test_switched_off_nobody_answers():
    assert settled(lambda now, lever: reactions.us(now, one(-5.0), lever, P), on=0.0) == 0
    assert settled(lambda now, lever: reactions.cn(now, one(0.0), lever, P), on=0.0) == 0


def test_the_us_tightens_as_the_lag_falls_below_its_comfort():
    at = lambda lag: settled(lambda now, lever: reactions.us(now, one(lag), lever, P))  # noqa: E731
    assert at(10.0) == pytest.approx(0)
    assert at(4.0) == pytest.approx(0.3, rel=1e-3)  # half of the comfort gone: half of the answer
    assert at(-20.0) == pytest.approx(0.6, rel=1e-3)  # never more than its answer


def test_china_turns_inward_as_access_is_cut():
    at = lambda access: settled(lambda now, lever: reactions.cn(now, one(access), lever, P))  # noqa: E731
    assert at(1.0) == pytest.approx(0) and at(0.0) == pytest.approx(0.4, rel=1e-3)
    assert at(0.5) == pytest.approx(0.2, rel=1e-3)


def test_an_answer_takes_time():
    assert number(reactions.cn(one(0.0), one(0.0), levers(reactions=1.0), P)) == pytest.approx(0.1)
