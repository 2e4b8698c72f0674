"""Input controls: what denial takes, how users adapt, what it costs the denier."""

import pytest
from tests.model.worlds import levers, number, one, parameters

from countervail.model.mechanisms import input_controls


def test_supply_by_hand():
    p = parameters("input_controls", exposure=0.1)
    factor = lambda level, unadapted: number(  # noqa: E731
        input_controls.supply_factor(one(unadapted), levers(cn_input_controls=level), p)
    )
    assert factor(0.0, 1.0) == 1 and factor(1.0, 1.0) == pytest.approx(0.9)
    assert factor(1.0, 0.5) == pytest.approx(0.95) and factor(2.0, 1.0) == pytest.approx(0.8)
    assert factor(1.0, 0.0) == 1  # adapted away
    most = parameters("input_controls", exposure=0.9)
    assert number(input_controls.supply_factor(one(1.0), levers(cn_input_controls=2.0), most)) > 0


def test_users_adapt_under_control_and_never_below_zero():
    p = parameters("input_controls", adaptation_years=2.5)
    now = one(1.0)
    after = number(input_controls.adapt(now, levers(cn_input_controls=1.0), p))
    assert after == pytest.approx(0.9)
    assert number(input_controls.adapt(now, levers(cn_input_controls=0.0), p)) == 1
    for _ in range(100):
        now = input_controls.adapt(now, levers(cn_input_controls=2.0), p)
    assert 0 <= number(now) < 1e-3


def test_what_it_costs_china():
    p = parameters("input_controls", export_revenue_usd_bn=4.0)
    assert number(input_controls.cost_usd_bn(levers(cn_input_controls=0.5), p)) == pytest.approx(0.5)
    assert number(input_controls.cost_usd_bn(levers(cn_input_controls=0.0), p)) == 0
