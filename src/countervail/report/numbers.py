"""Numbers as people read them in English: three significant digits, thousands apart, no false precision.

`countervail.language` writes them in every language; these are its English, for faces that speak no other.
"""

from countervail.language import formats


def number(value: float, digits: int = 3) -> str:
    """Return a number with `digits` significant digits and thousand separators: 12300 becomes 12,300."""
    return formats.number(value, digits=digits)


def words(value: float, digits: int = 3) -> str:
    """Return a number with million, billion or trillion written out: 2.68 million."""
    return formats.words(value, digits=digits)


def short(value: float) -> str:
    """Return a number for an axis: 2.5M, 300k, 0.05."""
    return formats.short(value)


def percent(share: float) -> str:
    """Return a share as a whole percent; a share that is not quite none or all is not rounded to it."""
    return formats.percent(share)


def span(low: float, high: float, digits: int = 3) -> str:
    """Return a range, a shared word said once: 1.75 to 3.88 million, 427 million to 1.90 billion."""
    return formats.span(low, high, digits=digits)


def signed(value: float, digits: int = 3) -> str:
    """Return a number with its sign."""
    return formats.signed(value, digits=digits)
