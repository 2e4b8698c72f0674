"""The library's calls, one for each command. Everything heavy is imported when a call needs it."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countervail.errors import UserError
from countervail.periods import last_day

if TYPE_CHECKING:
    from countervail.claims import ClaimsReport
    from countervail.evidence import Evidence

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


def scenarios(*, as_of: Day = None) -> list[dict[str, Any]]:
    """Return the shipped scenarios."""
    from countervail.scenario.files import list_scenarios

    day_of(as_of)
    return [asdict(s) for s in list_scenarios()]


def levers(*, as_of: Day = None) -> list[dict[str, Any]]:
    """Return the levers of both sides with their ranges."""
    from countervail.scenario.levers import list_levers

    day_of(as_of)
    return [asdict(x) for x in list_levers()]


def outcomes() -> list[dict[str, Any]]:
    """Return the variables that a run gives."""
    return []


def load_evidence(*, as_of: Day = None, data: Path | str | None = None) -> "Evidence":
    """Return the evidence base as known on a day, with a user's own rows from a folder."""
    from countervail.evidence import load

    return load(as_of=day_of(as_of), data_dir=Path(data) if data else None)


def check_claims(file: Path | str, *, as_of: Day = None, data: Path | str | None = None) -> "ClaimsReport":
    """Return the verdicts on the claims of a file, or of a shipped file by name."""
    from countervail.claims import check_file

    return check_file(file, as_of=day_of(as_of), data_dir=data)
