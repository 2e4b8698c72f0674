"""Writes all files of a run: data, tables, the report and the record of how they were made."""

from pathlib import Path
from typing import TYPE_CHECKING

from countervail.errors import UserError
from countervail.language import check_language, speaker
from countervail.report.staging import staged

if TYPE_CHECKING:
    from countervail.ensemble import Result

FILES = ("result.nc", "outcomes.csv", "outcomes.xlsx", "report.html", "run.json")


def write(
    results: "list[Result]", out: Path | str, periods: str = "default", lang: str = "en"
) -> dict[str, Path]:
    """Write the files of a run or comparison into a folder and return their paths by name.

    All files appear together at the end; after a failure or an interruption the folder is as it was.

    Parameters
    ----------
    results
        One result per scenario, the base first, with paired draws.
    out
        The folder; it is made if need be.
    periods
        `default` or `all`: whether `outcomes.csv` has every quarter of every outcome.
    lang
        Language of the report: en or zh-Hans. Data files are the same in every language.
    """
    from countervail.report import html, netcdf, record, tables, xlsx

    if periods not in ("default", "all"):
        raise UserError(f"unknown choice of periods '{periods}'", "use default or all")
    check_language(lang)
    if not results:
        raise UserError("there is no result to write", "run at least one scenario")
    out = Path(out)
    with staged(out) as stage:
        data = record.record(results)
        page = html.page(results, data, lang)
        netcdf.write(results, stage / "result.nc")
        tables.write_csv(results, stage / "outcomes.csv", periods)
        groups, unknown = html.told(results, data, page.figures, speaker())
        english = [s for _, said in groups for s in said] + unknown
        xlsx.write(results, stage / "outcomes.xlsx", english, data)
        page.write(stage / "report.html")
        made = {name: record.digest(stage / name) for name in FILES[:-1]}
        record.write(data, stage / "run.json", made)
    return {name: out / name for name in FILES}
