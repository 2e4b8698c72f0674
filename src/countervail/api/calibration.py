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
        Folder for the file; the package's own by default, which makes it the one that runs use. A folder given here
        also gets every particle, as a NetCDF file that ArviZ reads.
    """
    from countervail.calibration.fit import CUTOFFS, save
    from countervail.calibration.fit import calibrate as fit
    from countervail.calibration.inference_data import write
    from countervail.periods import quarter_index

    if cutoff is not None and not 3 <= quarter_index(cutoff) <= quarter_index("2026Q4"):
        raise UserError(f"cutoff is {cutoff}", "give a quarter from 2022Q4, such as " + " or ".join(CUTOFFS))
    found = fit(cutoff, quick=quick, seed=seed, progress=progress)
    path = inference = None
    if out is not None or not quick:
        path = save(found, folder=None if out is None else Path(out))
        if out is not None:
            inference = write(found, path.with_name(f"inference-{found.cutoff}.nc"))
    taught = [t for t in found.taught() if not t["name"].startswith("shock.")]
    taught.sort(key=lambda t: t["sd"])
    return {
        "cutoff": cutoff,
        "file": None if path is None else str(path),
        "inference_data": None if inference is None else str(inference),
        "observations": len(found.problem.points),
        "evaluations": found.problem.evaluations,
        "log_evidence": found.log_evidence,
        "stages": [s.trace for s in found.states],
        "taught": taught,
    }


def forecast(*, draws: int = 2000, seed: int = 0, out: Path | str | None = None) -> dict[str, Any]:
    """Return an entry of the ledger: the next four quarters of each observable series; write it into `out`."""
    from countervail.calibration import ledger

    entry = ledger.forecast(draws, seed)
    if out is not None:
        ledger.write(entry, Path(out))
    return entry


def score(file: Path | str, *, observations: Path | str | None = None, save: bool = False) -> dict[str, Any]:
    """Return an entry of the ledger with what has been observed since filled in and scored.

    Parameters
    ----------
    observations
        A file in the format of history.csv; the shipped history by default.
    save
        Write the entry back.
    """
    import json

    from countervail.calibration import ledger
    from countervail.calibration.backtesting import read_observations
    from countervail.files import write_text

    entry = ledger.score(Path(file), read_observations(observations))
    if save:
        write_text(Path(file), json.dumps(entry, indent=1) + "\n")
    return entry
