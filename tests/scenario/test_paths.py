from datetime import date

import numpy as np
import pytest

from countervail.scenario.levers import QUARTERS, Step
from countervail.scenario.paths import by_quarter, path
from countervail.scenario.timeline import Dated, renew


def test_a_level_counts_by_days():
    out = by_quarter(0.0, [(1.0, date(2024, 12, 31), None)])
    assert out[10] == 0
    assert out[11] == pytest.approx(1 / 92)
    assert (out[12:] == 1).all()


def test_the_highest_level_in_force_holds():
    out = by_quarter(0.1, [(0.5, date(2022, 1, 1), None), (0.3, date(2023, 1, 1), date(2023, 12, 31))])
    assert out == pytest.approx(np.full(QUARTERS, 0.5))


def test_a_suspension_cuts_the_days_in_force():
    held = Dated("x", "CN", "X", date(2025, 1, 1), None, ((date(2025, 3, 1), date(2025, 3, 31)),))
    assert held.in_force() == [(date(2025, 1, 1), date(2025, 2, 28)), (date(2025, 4, 1), None)]
    assert held.in_force(date(2025, 3, 10)) == [(date(2025, 4, 1), None)]
    assert Dated("x", "CN", "X", None).in_force() == []


def test_only_a_suspension_running_on_1_november_2026_is_renewed():
    running = Dated("x", "CN", "X", date(2025, 1, 1), None, ((date(2025, 11, 7), date(2027, 1, 10)),))
    over = Dated("y", "CN", "Y", date(2025, 1, 1), None, ((date(2025, 3, 1), date(2025, 3, 31)),))
    assert renew(running).suspensions == ((date(2025, 11, 7), None),)
    assert renew(running).renewed == date(2027, 1, 10) and renew(over).renewed is None
    assert renew(over) == over


def test_later_steps_lie_over_earlier_ones_and_rules_uncovers_the_base():
    base = np.linspace(0, 1, QUARTERS)
    out = path("us_export_fee", base, [Step(0.5, 0, 75), Step("rules", 10, 19), Step(0.2, 15, 15)])
    assert out[9] == 0.5 and out[20] == 0.5
    assert out[10:15] == pytest.approx(base[10:15])
    assert out[15] == 0.2
