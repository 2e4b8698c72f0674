"""Quarters and dates. A quarter is written `2025Q2`; index 0 is 2022Q1."""

import re
from datetime import date, timedelta

from countervail.errors import UserError

FIRST_YEAR = 2022
LAST_QUARTER = "2040Q4"
_QUARTER = re.compile(r"^(\d{4})Q([1-4])$")


def quarter_index(quarter: str) -> int:
    """Return the number of quarters from 2022Q1 to `quarter` (negative before it)."""
    match = _QUARTER.match(quarter.strip())
    if not match:
        raise UserError(f"'{quarter}' is not a quarter", "write it as 2025Q2")
    return (int(match[1]) - FIRST_YEAR) * 4 + int(match[2]) - 1


def quarter_name(index: int) -> str:
    """Return the quarter `index` quarters after 2022Q1."""
    return f"{FIRST_YEAR + index // 4}Q{index % 4 + 1}"


def quarter_of(day: date) -> str:
    """Return the quarter that holds `day`."""
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"


def quarter_span(index: int) -> tuple[date, date]:
    """Return the first and the last day of quarter `index`."""
    year, q = FIRST_YEAR + index // 4, index % 4
    first = date(year, 3 * q + 1, 1)
    following = date(year + (q == 3), 1 if q == 3 else 3 * q + 4, 1)
    return first, following - timedelta(days=1)


def parse_date(text: str, what: str = "date") -> date:
    """Return the date written as `2025-04-09`; a month or a year means its first day."""
    parts = str(text).strip().split("-")
    try:
        numbers = [int(p) for p in parts]
        return date(*(numbers + [1] * (3 - len(numbers))))
    except (ValueError, TypeError):
        raise UserError(f"'{text}' is not a valid {what}", "write it as 2025-04-09") from None


def last_day(text: str, what: str = "date") -> date:
    """Return the last day a date may mean: 2025 is 2025-12-31, 2025-11 is 2025-11-30, 2025Q2 is 2025-06-30."""
    cleaned = str(text).strip()
    if _QUARTER.match(cleaned):
        return quarter_span(quarter_index(cleaned))[1]
    parts = cleaned.split("-")
    first = parse_date(cleaned, what)
    if len(parts) == 1:
        return date(first.year, 12, 31)
    if len(parts) == 2:
        return quarter_span_month(first)
    return first


def quarter_span_month(first: date) -> date:
    """Return the last day of the month that starts on `first`."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)
