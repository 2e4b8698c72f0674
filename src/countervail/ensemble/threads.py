"""Work shared out over threads; NumPy lets go of the interpreter while it computes."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

THREADS = min(2, os.cpu_count() or 1)


def each(one: Callable[[Any], Any], items: Iterable[Any], worth_it: bool = True) -> list[Any]:
    """Return `one(item)` for every item, in order; on threads where the work is `worth_it`."""
    if not worth_it:
        return [one(item) for item in items]
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, items))
