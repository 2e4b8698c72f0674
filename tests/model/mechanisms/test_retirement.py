"""Retirement: two ages, a mean life, nothing lost."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import number, one, parameters

from countervail.model.mechanisms import retirement


def test_a_quarter_by_hand():
    leave = retirement.leave_share(parameters("retirement", life_years=5.0))
    # 1 - exp(-2 / 20) = 0.0952 of each age.
    assert number(leave) == pytest.approx(0.09516, rel=1e-3)
    young, old = np.asarray(retirement.age(one(100.0, 40.0), one(10.0)[0], jnp.array([0.1])))[:, 0]
    assert young == pytest.approx(100 - 10 + 10) and old == pytest.approx(40 + 10 - 4)


def test_the_mean_life_is_the_one_asked_for():
    leave = retirement.leave_share(parameters("retirement", life_years=5.0))
    stock, alive = one(1.0, 0.0), []
    for _ in range(400):
        alive.append(number(np.asarray(stock).sum()))
        stock = retirement.age(stock, jnp.zeros(1), leave)
    # Sum of survival in quarters, over four, is the mean life; time runs in whole quarters, so it is half of one long
    # for each of the two ages.
    assert sum(alive) / 4 == pytest.approx(5.25, abs=0.05)
    assert alive[-1] < 1e-6 and alive == sorted(alive, reverse=True)


def test_parts_live_for_a_while_before_they_go():
    leave = retirement.leave_share(parameters("retirement", life_years=5.0))
    stock, gone = one(1.0, 0.0), []
    for _ in range(30):
        after = retirement.age(stock, jnp.zeros(1), leave)
        gone.append(float(np.asarray(stock).sum() - np.asarray(after).sum()))
        stock = after
    assert gone[0] == 0 and np.argmax(gone) > 4  # a hump, unlike a constant hazard
