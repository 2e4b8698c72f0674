"""Shapley values: textbook games, and what any fair share must obey."""

from itertools import permutations

import numpy as np
import pytest

from countervail.strategy.shapley import all_subsets, exact, of_factors, orders, over_orders, subsets_of


def game(n, worth, seed=0):
    """Return the worth of every subset as arrays over three draws."""
    draw = np.random.default_rng(seed).random(3)
    return {s: worth(s) * draw for s in all_subsets(n)}, draw


def test_the_glove_game_has_its_known_shares():
    # One owns a left glove, two a right one; a pair is worth 1. Shares 2/3, 1/6, 1/6 (Shapley and Shubik 1969).
    values, draw = game(3, lambda s: float(0 in s and len(s) > 1))
    assert exact(3, values) == pytest.approx(np.outer([2 / 3, 1 / 6, 1 / 6], draw))


def test_exact_shares_are_the_mean_over_all_orders():
    random = np.random.default_rng(1)
    values = {s: random.standard_normal(4) for s in all_subsets(4)}
    assert exact(4, values) == pytest.approx(over_orders(4, values, list(permutations(range(4)))))


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_shares_add_up_to_the_change_in_every_draw(n):
    random = np.random.default_rng(n)
    values = {s: random.standard_normal(6) for s in all_subsets(n)}
    change = values[frozenset(range(n))] - values[frozenset()]
    assert exact(n, values).sum(0) == pytest.approx(change)
    if n > 1:
        assert over_orders(n, values, orders(n, 4)).sum(0) == pytest.approx(change)


def test_one_that_changes_nothing_gets_nothing_and_equals_get_the_same():
    values, _ = game(4, lambda s: len(s - {3}) ** 2 + 0.5 * (len(s & {0, 1}) == 2))
    shares = exact(4, values)
    assert np.abs(shares[3]).max() < 1e-12
    assert shares[0] == pytest.approx(shares[1])
    assert (shares[0] > shares[2]).all()


def test_an_order_and_its_reverse_are_exact_where_changes_work_in_pairs():
    random = np.random.default_rng(5)
    own, pairs = random.standard_normal(7), random.standard_normal((7, 7))

    def worth(s):
        members = sorted(s)
        return sum(own[i] for i in members) + sum(pairs[i, j] for i in members for j in members if i < j)

    values, _ = game(7, worth)
    assert over_orders(7, values, orders(7, 1)) == pytest.approx(exact(7, values))


@pytest.mark.parametrize("n, most", [(6, 24), (9, 24), (12, 24)])
def test_orders_come_in_pairs_and_keep_to_the_runs_allowed(n, most):
    chosen = orders(n, most, seed=3)
    assert len(chosen) >= 2 and chosen[1] == chosen[0][::-1]
    assert all(sorted(o) == list(range(n)) for o in chosen)
    needed = subsets_of(chosen)
    assert needed[0] == frozenset() and needed[-1] == frozenset(range(n))
    assert len(needed) - 2 <= most or len(chosen) == 2
    assert chosen == orders(n, most, seed=3) != orders(n, most, seed=4)


def test_the_shares_of_factors_of_a_product_add_up():
    before, after = (
        [np.array([2.0, 1.0]), np.array([3.0, 5.0])],
        [np.array([4.0, 1.0]), np.array([6.0, 10.0])],
    )
    price, amount = of_factors(lambda p, a: p * a, before, after)
    # 2 -> 4 at 3 -> 6: from 6 to 24; the middle of the two orders gives each 9.
    assert price.tolist() == [9.0, 0.0]
    assert amount.tolist() == [9.0, 5.0]
