"""Calls about calibration: the fit itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from countervail.errors import UserError


def calibrate(
    *,
    cutoff: str | None = None,
    quick: bool = False,
    seed: int = 0,
    out: Path | str | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> dict[str, Any]:
    """Fit the parameters to history, write the posterior file and return what one must know to trust it.

    Parameters
    ----------
    cutoff
        A hindcast: observations up to this quarter only.
    quick
        Few particles: the same steps in a few minutes; writes only with `out`.
    out
        Folder for the file; the package's own by default, which makes it the one that runs use.
    """
    from countervail.calibration.fit import CUTOFFS, save
    from countervail.calibration.fit import calibrate as fit
    from countervail.periods import quarter_index

    if cutoff is not None and not 3 <= quarter_index(cutoff) <= quarter_index("2026Q4"):
        raise UserError(f"cutoff is {cutoff}", "give a quarter from 2022Q4, such as " + " or ".join(CUTOFFS))
    found = fit(cutoff, quick=quick, seed=seed, progress=progress)
    path = None
    if out is not None or not quick:
        path = save(found, folder=None if out is None else Path(out))
    taught = [t for t in found.taught() if not t["name"].startswith("shock.")]
    taught.sort(key=lambda t: t["sd"])
    return {
        "cutoff": cutoff,
        "file": None if path is None else str(path),
        "observations": len(found.problem.points),
        "evaluations": found.problem.evaluations,
        "log_evidence": found.log_evidence,
        "stages": [s.trace for s in found.states],
        "taught": taught,
    }
