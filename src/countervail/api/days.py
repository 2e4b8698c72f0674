"""Days as the calls take them."""

from datetime import date

from countervail.errors import UserError
from countervail.periods import last_day

Day = date | str | None
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2040, 12, 31)


def day_of(text: Day, what: str = "date") -> date | None:
    """Return a date given as a date or as text; a month or a year means its last day."""
    if text is None:
        return None
    day = text if isinstance(text, date) else last_day(text, what)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise UserError(f"{what} {day} is out of range", f"choose a day from {FIRST_DAY} to {LAST_DAY}")
    return day
