"""Why an outcome differs between two runs."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countervail.api.days import Day, day_of

if TYPE_CHECKING:
    from countervail.api.simulate import Settings


def why(
    scenario: Path | str = "status-quo",
    *,
    outcome: str,
    region: str | None = None,
    period: str = "2030",
    set: "Settings" = None,  # noqa: A002 - the name of the option
    against: Path | str | None = None,
    against_set: "Settings" = None,
    draws: int = 256,
    seed: int = 0,
    until: str = "2032Q4",
    as_of: Day = None,
    data: Path | str | None = None,
    exact: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Return what makes an outcome differ between a run and another: levers, pathways, mechanisms, parameters.

    Parameters
    ----------
    scenario, set
        The run to explain.
    outcome, region, period
        Which number: an outcome, its region (the first by default), a year or a quarter.
    against, against_set
        The run to set it against; the same scenario without settings by default.
    exact
        Run every subset of up to eight changes instead of a few orders of them; takes longer.
    progress
        Called with runs done and in all; what it raises ends the work.
    """
    from countervail.strategy.why import why as explain

    return explain(
        scenario,
        outcome,
        region,
        period,
        set=set,
        against=against,
        against_set=against_set,
        draws=draws,
        seed=seed,
        until=until,
        as_of=day_of(as_of),
        data_dir=Path(data) if data else None,
        exact=exact,
        progress=progress,
    )
