"""Leadership: shares, margins and verdicts of a finished quarter."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import number, one, parameters

from countervail.model import leadership


def verdict(us_over_cn: float, margin: float = 0.05):
    p = parameters("leadership", margin=margin)
    share = us_over_cn / (1 + us_over_cn)
    return np.asarray(leadership.verdicts(jnp.array([[share]]), p))[:, 0, 0].tolist()


def test_a_lead_needs_more_than_the_margin():
    assert verdict(1.06) == [1, 0, 0] and verdict(1 / 1.06) == [0, 1, 0]
    assert verdict(1.04) == [0, 0, 1] and verdict(1 / 1.04) == [0, 0, 1]
    assert verdict(1.3, margin=0.5) == [0, 0, 1]


def test_verdicts_sum_to_one_everywhere():
    shares = jnp.asarray(np.random.default_rng(0).uniform(0, 1, (5, 1000)))
    assert np.asarray(leadership.verdicts(shares, parameters("leadership"))).sum(0) == pytest.approx(1)


def test_the_economy_counts_gains_and_chip_revenue_in_money():
    # Gains of 1% of 30 tn and of 20 tn: 300 and 200 bn; revenue of 25 and 0 bn a quarter: 100 and 0 a year.
    revenue = one(25.0, 0, 0, 0, 0, 0, 0, 0, 0)
    got = leadership.economy(one(0.01, 0.01, 0, 0), one(30.0, 20.0, 30, 30), revenue)
    assert number(got) == pytest.approx(400 / 600, rel=1e-5)


def test_innovation_mixes_money_and_the_best_part():
    rnd, best = one(2, 2, 4, 1, 1, 0, 0, 0, 0), one(9, 1, 1, 1, 1, 1, 1, 1, 1)
    at = lambda w: number(leadership.innovation(rnd, best, parameters("leadership", innovation_rnd_weight=w)))  # noqa: E731
    assert at(1.0) == pytest.approx(0.8) and at(0.0) == pytest.approx(0.9)
    assert at(0.5) == pytest.approx(6 / 7, rel=1e-4)  # (8 * 9) ** 0.5 over (2 * 1) ** 0.5: six to one


def test_the_share_made_with_own_memory_never_passes_one():
    # 30 own stacks and a twentieth of a stockpile of 200, of 80 used: one half.
    assert number(leadership.own_share(one(30.0), one(200.0), one(80.0))) == pytest.approx(0.5)
    assert number(leadership.own_share(one(300.0), one(0.0), one(80.0))) == 1
    assert number(leadership.own_share(one(0.0), one(0.0), one(0.0))) == 0
