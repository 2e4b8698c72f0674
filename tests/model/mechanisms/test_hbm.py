"""Memory: imports and their end, what is at hand, thrift, the domestic ramp."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import levers, number, one, parameters, t

from countervail.model.mechanisms import hbm


def test_memory_imports_end_with_the_controls_but_for_a_leak():
    p = parameters("hbm", leak=0.05)
    at = lambda c: number(  # noqa: E731
        hbm.imports(
            t(2026, 1), one(1000.0), levers(us_hbm_controls=c, us_equipment_controls=1.0, al_alignment=1.0), p
        )
    )
    free, shut = at(0.0), at(1.0)
    assert shut == pytest.approx(0.05 * free, rel=1e-4)
    assert shut < at(0.5) < free and free >= 1000  # free imports cover the need


def test_memory_imports_to_2024_add_up():
    p = parameters("hbm", imports_k=13000.0, rush_share=0.55)
    known = levers(us_hbm_controls=0.0, us_equipment_controls=0.5, al_alignment=1.0)
    got = [number(hbm.imports(jnp.float32(q), one(0.0), known, p)) for q in range(12)]
    assert sum(got) == pytest.approx(13000, rel=0.01)
    assert got[-1] == pytest.approx(0.55 * 13000, rel=1e-4)


def test_domestic_memory_starts_in_2025_and_reaches_its_figure_in_2026():
    p = parameters("hbm", domestic_2026_k=3000.0, growth=0.7)
    now, year = one(0.0), 0.0
    for q in range(12, 19):
        now = hbm.domestic(jnp.float32(q), now, one(1.0), one(1.0), one(1.0), p)
        if q + 1 >= 16:
            year += number(now)
        if q == 12:
            assert number(now) == 0
    assert year == pytest.approx(3000, rel=0.1)


def test_allies_that_sell_freely_undo_their_part_of_the_controls():
    p = parameters("hbm", allied_share=0.9, leak=0.0)
    at = lambda controls, alignment: number(  # noqa: E731
        hbm.imports(t(2027, 1), one(100.0), levers(us_hbm_controls=controls, al_alignment=alignment), p)
    )
    # Only the tenth that US firms make is kept out.
    assert at(1.0, 1.0) == pytest.approx(0)
    assert at(1.0, 0.0) == pytest.approx(0.9 * at(0.0, 1.0), rel=1e-5)


def test_what_is_at_hand_by_hand():
    # A fifth of 1,000 in stock, 50 made at home, 100 bought.
    assert number(hbm.at_hand(t(2026, 1), one(1000.0), one(50.0), one(100.0), one(0.2))) == pytest.approx(350)
    # Of the rush four fifths go into the stockpile.
    assert number(hbm.at_hand(t(2024, 4), one(1000.0), one(50.0), one(100.0), one(0.2))) == pytest.approx(270)


def test_designers_leave_memory_out_only_where_it_is_missing():
    p = parameters("hbm", thrift=0.3)
    assert number(hbm.thrift(one(100.0), one(120.0), p)) == 0
    assert number(hbm.thrift(one(100.0), one(40.0), p)) == pytest.approx(0.18)  # 0.3 of the 0.6 missing


def test_the_domestic_ramp_answers_to_tools_money_and_use():
    p = parameters("hbm", growth=0.7)
    at = lambda busy=1.0, braked=1.0, push=1.0: number(  # noqa: E731
        hbm.domestic(t(2027, 1), one(500.0), one(busy), one(braked), one(push), p)
    )
    assert at() == pytest.approx(500 * np.exp(0.7 / 4), rel=5e-3)
    assert at(braked=0.5) < at() < at(push=1.5) and at(busy=0.0) == pytest.approx(500)
