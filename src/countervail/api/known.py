"""What exists and what is known: scenarios, levers, outcomes, evidence, claims, and what a run rests on."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countervail.api.days import Day, day_of

if TYPE_CHECKING:
    from countervail.claims import ClaimsReport
    from countervail.evidence import Evidence


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
    from countervail.ensemble.outcomes import list_outcomes

    return list_outcomes()


def load_evidence(*, as_of: Day = None, data: Path | str | None = None) -> "Evidence":
    """Return the evidence base as known on a day, with a user's own rows from a folder."""
    from countervail.evidence import load

    return load(as_of=day_of(as_of), data_dir=Path(data) if data else None)


def check_claims(file: Path | str, *, as_of: Day = None, data: Path | str | None = None) -> "ClaimsReport":
    """Return the verdicts on the claims of a file, or of a shipped file by name."""
    from countervail.claims import check_file

    return check_file(file, as_of=day_of(as_of), data_dir=data)


def sources(run_dir: Path | str, *, as_of: Day = None) -> list[dict[str, Any]]:
    """Return a row per measure, chip, prior and source of a run written with `out`.

    With `as_of`, measures, chips and sources that nobody knew by that day are left out.
    """
    from countervail.report import sources as rows_of

    rows = rows_of(Path(run_dir))
    if as_of is None:
        return rows
    evidence = load_evidence(as_of=as_of)
    known = {"measure": evidence.measures, "chip": evidence.accelerators, "source": evidence.sources}
    return [row for row in rows if row["kind"] not in known or row["id"] in known[row["kind"]]]
