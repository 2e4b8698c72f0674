"""Runs of the model: one scenario, several on the same draws, and the model against history."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countervail import __version__
from countervail.api.days import Day, day_of
from countervail.errors import UserError
from countervail.language import check_language

if TYPE_CHECKING:
    from countervail.calibration import Backtest
    from countervail.ensemble import Result
    from countervail.ensemble.gradient import Gradient

Settings = Mapping[str, Any] | Sequence[str] | None
Progress = Callable[[int, int], None]


def run(
    scenario: "Path | str" = "status-quo",
    *,
    draws: int = 1000,
    seed: int = 0,
    until: str = "2032Q4",
    set: Settings = None,  # noqa: A002 - the name of the option
    as_of: Day = None,
    data: Path | str | None = None,
    out: Path | str | None = None,
    periods: str = "default",
    lang: str = "en",
    discrepancy: bool = True,
    progress: Progress | None = None,
) -> "Result":
    """Return the ensemble of one scenario; `out` is a folder for report, tables, data and inputs.

    Parameters
    ----------
    scenario
        Name of a shipped scenario, or path of a scenario file.
    set
        Levers and parameters as `{"us_export_fee": 0.25}` or `["us_export_fee=0.25@2026Q1"]`.
    lang
        Language of the report: en or zh-Hans.
    discrepancy
        Put on what the model is known to miss by, so that ranges are predictive; False: as simulated.
    """
    from countervail.ensemble import run as simulate

    check_periods(periods)
    check_language(lang)
    folder = _out_folder(out)
    options = {"draws": draws, "seed": seed, "until": until, "set": set, "as_of": day_of(as_of)}
    options |= {"discrepancy": discrepancy}
    result = simulate(scenario, **options, data_dir=Path(data) if data else None, progress=progress)
    _write([result], folder, periods, lang)
    return result


def gradient(
    scenario: "Path | str" = "status-quo",
    *,
    outcome: str,
    region: str,
    period: str = "2030",
    draws: int = 256,
    seed: int = 0,
    set: Settings = None,  # noqa: A002
    as_of: Day = None,
    data: Path | str | None = None,
    progress: Progress | None = None,
) -> "Gradient":
    """Return how an outcome answers to every parameter in each draw; `.table()` ranks them.

    Parameters
    ----------
    outcome, region, period
        Which number: an outcome, its region, a year or a quarter.
    draws
        1 to 20,000. The first call of a kind compiles for half a minute; then a thousand draws take about a second.
    """
    from countervail.ensemble.gradient import gradient as of

    folder = Path(data) if data else None
    return of(scenario, outcome, region, period, draws, seed, set, day_of(as_of), folder, progress)


def compare(
    *scenarios: Path | str,
    draws: int = 1000,
    seed: int = 0,
    until: str = "2032Q4",
    set: Settings = None,  # noqa: A002 - the name of the option
    as_of: Day = None,
    data: Path | str | None = None,
    out: Path | str | None = None,
    periods: str = "default",
    lang: str = "en",
    discrepancy: bool = True,
    progress: Progress | None = None,
) -> list["Result"]:
    """Return one result per scenario on the same draws, the base first. Options as `run`."""
    from countervail.ensemble import compare as simulate

    if len(scenarios) < 2:
        raise UserError("a comparison takes at least two scenarios", "example: status-quo full-denial")
    check_periods(periods)
    check_language(lang)
    folder = _out_folder(out)
    options = {"draws": draws, "seed": seed, "until": until, "set": set, "as_of": day_of(as_of)}
    options |= {"discrepancy": discrepancy}
    results = simulate(scenarios, **options, data_dir=Path(data) if data else None, progress=progress)
    _write(results, folder, periods, lang)
    return results


def _out_folder(out: Path | str | None) -> Path | None:
    """Return the folder for output, refusing one that cannot be written before any work is done."""
    if out is None:
        return None
    from countervail.files import write_text

    folder = Path(out)
    there = next(p for p in (folder, *folder.absolute().parents) if p.exists())
    if not there.is_dir():
        raise UserError(f"{there} is a file, a folder is expected", "choose another name with --out")
    probe = there / ".countervail-probe"
    try:
        write_text(probe, "")
        probe.unlink(missing_ok=True)
    except UserError as error:
        reason = error.message.rpartition(": ")[2]
        raise UserError(f"cannot write to {folder}: {reason}", "choose another folder with --out") from None
    return folder


def _write(results: list["Result"], folder: Path | None, periods: str, lang: str) -> None:
    """Write all files of a run."""
    if folder is not None:
        from countervail.report import write

        write(results, folder, periods, lang)


def check_periods(periods: str) -> str:
    """Return the choice of periods, refusing an unknown one before any work is done."""
    if periods not in ("default", "all"):
        raise UserError(f"unknown choice of periods '{periods}'", "use default or all")
    return periods


def document(result: "Result", periods: str = "default") -> dict[str, Any]:
    """Return a run as the JSON document of the command contract."""
    return {**_head(result), "scenario": result.scenario.id, "outcomes": result.summary(periods)}


def comparison_document(results: list["Result"], periods: str = "default") -> dict[str, Any]:
    """Return a comparison as a JSON document: each scenario's outcomes, and differences to the first."""
    base, *others = results
    return {
        **_head(base),
        "base": base.scenario.id,
        "scenarios": [
            {"scenario": r.scenario.id, "title": r.scenario.title, "outcomes": r.summary(periods)}
            for r in results
        ],
        "differences": [
            {"scenario": other.scenario.id, "base": base.scenario.id, **row}
            for other in others
            for row in differences(base, other, periods)
        ],
    }


def differences(base: "Result", other: "Result", periods: str = "default") -> list[dict[str, Any]]:
    """Return `other` minus `base` draw by draw, as rows of quantiles and mean."""
    from countervail.ensemble import summary

    rows = []
    for spec in base.variables.values():
        for region in spec.all_regions:
            years, before = base.annual(spec.variable, region)
            spans = [([str(y) for y in years], other.annual(spec.variable, region)[1] - before)]
            if periods == "all" or spec.headline:
                change = other.values(spec.variable, region) - base.values(spec.variable, region)
                spans.append((base.quarters, change))
            for names, change in spans:
                means = summary.mean(change)
                ranges = summary.quantiles(change)
                if spec.kind == "share_of_draws":
                    ranges = means[:, None].repeat(ranges.shape[1], 1)
                head = {"variable": spec.variable, "region": region, "unit": spec.unit}
                for name, range_, mean in zip(names, ranges.tolist(), means.tolist(), strict=True):
                    quantiles = dict(zip(summary.QUANTILE_NAMES, range_, strict=True))
                    rows.append({**head, "period": name, **quantiles, "mean": mean})
    return rows


def _head(result: "Result") -> dict[str, Any]:
    """Return what a document says about how a run was made."""
    return {
        "scenario": result.scenario.id,
        "version": __version__,
        "draws": result.draws,
        "seed": result.seed,
        "until": result.until,
        "as_of": result.as_of,
    }


def backtest(
    *,
    observations: Path | str | None = None,
    cutoff: str | None = None,
    draws: int = 1000,
    seed: int = 0,
    refit: bool = False,
    against: str | None = None,
) -> "Backtest":
    """Return the model's ranges for observed points, and how good they were.

    Parameters
    ----------
    observations
        A file in the format of history.csv; the shipped history by default.
    cutoff
        A hindcast from the end of this quarter: only later points are scored.
    refit
        Fit again for this cutoff instead of using the shipped posterior.
    against
        `forecasts`: score published forecasts of the same figures beside ours.
    """
    from countervail.calibration import backtest as score

    return score(observations, cutoff, draws, seed, refit=refit, against=against)
