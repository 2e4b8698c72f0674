"""Fair shares of a change among what was changed: Shapley values, exact or over a few orders of the changes.

    share_i = mean over orders of  v(before i and i) - v(before i)

v(S) is the outcome with the changes in S made. In any order the shares add up to v(all) - v(none), so their mean does
too, draw by draw. A few orders are taken with their reverses: then the shares are exact wherever changes work
together in no more than twos.
Source: Shapley 1953, "A value for n-person games".
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import factorial

import numpy as np

Subset = frozenset[int]


def all_subsets(n: int) -> list[Subset]:
    """Return every subset of n changes, smaller ones first."""
    return [frozenset(c) for size in range(n + 1) for c in combinations(range(n), size)]


def orders(n: int, runs: int, seed: int = 0) -> list[tuple[int, ...]]:
    """Return orders of n changes, each followed by its reverse, as many pairs as `runs` runs allow; at least one."""
    generator = np.random.Generator(np.random.Philox(seed))
    chosen: list[tuple[int, ...]] = []
    most = factorial(n) if n < 8 else factorial(8)
    while len(chosen) < most:
        order = tuple(int(i) for i in generator.permutation(n))
        if order in chosen:
            continue
        more = [*chosen, order, order[::-1]]
        if chosen and len(subsets_of(more)) - 2 > runs:
            break
        chosen = more
    return chosen


def subsets_of(chosen: Sequence[Sequence[int]]) -> list[Subset]:
    """Return the subsets that orders pass through, smaller ones first."""
    found = {frozenset(order[:k]) for order in chosen for k in range(len(order) + 1)}
    return sorted(found, key=lambda s: (len(s), sorted(s)))


def exact(n: int, values: Mapping[Subset, np.ndarray]) -> np.ndarray:
    """Return the share of each change `[change, draw]` from the outcome of every subset."""
    return np.stack(
        [
            sum(
                (
                    factorial(len(s))
                    * factorial(n - len(s) - 1)
                    / factorial(n)
                    * (values[s | {i}] - values[s])
                    for s in values
                    if i not in s
                ),
                np.zeros_like(next(iter(values.values()))),
            )
            for i in range(n)
        ]
    )


def over_orders(n: int, values: Mapping[Subset, np.ndarray], chosen: Sequence[Sequence[int]]) -> np.ndarray:
    """Return the share of each change `[change, draw]` as the mean over some orders."""
    out = np.zeros((n, *next(iter(values.values())).shape))
    for order in chosen:
        for k, i in enumerate(order):
            out[i] += values[frozenset(order[: k + 1])] - values[frozenset(order[:k])]
    return out / len(chosen)


def of_factors(function, before: Sequence[np.ndarray], after: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return how much each argument adds to `function(*after) - function(*before)`, fairly; the sum is exact."""
    n = len(before)
    values = {
        s: np.asarray(function(*(after[i] if i in s else before[i] for i in range(n))), dtype=np.float64)
        for s in all_subsets(n)
    }
    return list(exact(n, values))
