"""Numbers as people read them: three significant digits, thousands apart, no false precision."""

import math

WORDS = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))


def number(value: float, digits: int = 3) -> str:
    """Return a number with `digits` significant digits and thousand separators: 12300 becomes 12,300."""
    if not math.isfinite(value):
        return "n/a"
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    rounded = round(value, digits - 1 - size)
    size = math.floor(math.log10(abs(rounded)))
    places = max(digits - 1 - size, 0)
    if abs(rounded) < 1e-4:
        return f"{rounded:.{digits - 1}e}"
    text = f"{rounded:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text and abs(rounded) < 0.1 else text


def words(value: float, digits: int = 3) -> str:
    """Return a number with million, billion or trillion written out: 2.68 million."""
    for size, word in WORDS:
        if abs(value) >= 0.9995 * size:
            return number(value / size, digits) + word
    return number(value, digits)


def short(value: float) -> str:
    """Return a number for an axis: 2.5M, 300k, 0.05."""
    for size, letter in ((1e12, "T"), (1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= 0.9999 * size:
            return f"{value / size:.6g}{letter}"
    return f"{value:.6g}"


def percent(share: float) -> str:
    """Return a share as a whole percent; a share that is not quite none or all is not rounded to it."""
    if 0 < share < 0.005:
        return "under 1%"
    if 0.995 <= share < 1:
        return "over 99%"
    return f"{100 * share:.0f}%"


def span(low: float, high: float, digits: int = 3) -> str:
    """Return a range, a shared word said once: 1.75 to 3.88 million, 427 million to 1.90 billion."""
    for size, word in WORDS:
        if min(abs(low), abs(high)) >= 0.9995 * size:
            top = next(w for s, w in WORDS if abs(high) >= 0.9995 * s)
            if top == word:
                return f"{number(low / size, digits)} to {number(high / size, digits)}{word}"
            break
    return f"{words(low, digits)} to {words(high, digits)}"


def signed(value: float, digits: int = 3) -> str:
    """Return a number with its sign."""
    return ("+" if value > 0 else "") + number(value, digits)
