"""Numbers as the page gets them: five significant digits, null where there is none."""

from typing import Any

import numpy as np

DIGITS = 5


def rounded(values: Any) -> Any:
    """Return numbers as nested lists, rounded to five significant digits; what is not finite is None."""
    x = np.asarray(values, dtype=np.float64)
    finite = np.isfinite(x)
    size = np.abs(np.where(finite & (x != 0), x, 1.0))
    places = (DIGITS - 1 - np.floor(np.log10(size))).clip(-22, 22)
    up, down = 10.0 ** places.clip(0), 10.0 ** (-places).clip(0)  # exact powers, so that texts stay short
    out = np.round(x * up / down) * down / up
    if finite.all():
        return out.tolist()
    gaps = out.astype(object)
    gaps[~finite] = None
    return gaps.tolist()
