"""Ceilings: volume caps, and who turns to the part without licence."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import levers, number, one

from countervail.model import ceilings


def test_the_ceiling_is_what_the_cap_leaves_of_parts_under_it():
    ceiling = lambda share, under=(1.0, 1.0): np.asarray(  # noqa: E731
        ceilings.units(one(400.0, 0.0), one(50.0, 0.0), levers(us_volume_cap_share=share, us_under_cap=under))
    )[:, 0]
    assert ceiling(0.5) == pytest.approx([150, 0])  # half of 400, less the 50 that went already
    assert ceiling(9.0) == pytest.approx([1e6, 1e6])
    assert ceiling(0.1) == pytest.approx([0, 0])  # more went than the cap allows: nothing, never less
    assert ceiling(0.5, (0.0, 1.0)) == pytest.approx([1e6, 0])  # a part without licence is under no cap


def test_the_cap_in_units_holds_for_both_parts_and_the_cap_in_shares_for_the_first():
    both = lambda turned, units: np.asarray(  # noqa: E731
        ceilings.together(one(150.0, 0.0), one(turned, 1.0), levers(us_volume_cap_units=units))
    )[:, 0]
    assert both(0.25, 1e6) == pytest.approx([200, 1e6])  # 200 units, of which 150 are the first part
    assert both(0.25, 100.0) == pytest.approx([100, 100])
    counted = ceilings.counted(
        one(200.0, 50.0), one(0.25, 1.0), levers(us_volume_cap_share=0.5, us_under_cap=(1.0, 1.0))
    )
    assert np.asarray(counted)[:, 0] == pytest.approx([150, 0])


def test_who_is_refused_the_first_part_turns_to_the_second():
    first, free = jnp.full((3, 2, 1), 0.6), jnp.full((3, 2, 1), 0.5)
    together, second = ceilings.turn(first, free)
    assert number(together) == pytest.approx(0.8) and number(second) == pytest.approx(0.2)
    nothing = jnp.zeros_like(free)
    together, second = ceilings.turn(first, nothing)
    assert number(together) == pytest.approx(0.6) and number(second) == 0


def test_the_cap_refuses_only_where_there_is_another_part_to_be_had():
    passed = lambda ceiling, free: number(  # noqa: E731
        ceilings.uncapped(one(ceiling, 0.0), one(200.0, 0.0), one(free, 0.0))
    )
    assert passed(150.0, 1.0) == pytest.approx(0.75)
    assert passed(150.0, 0.0) == 1  # then the ceiling on units alone holds
    assert passed(500.0, 1.0) == 1 and passed(0.0, 1.0) == 0
