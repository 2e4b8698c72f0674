"""Rows for files: outcomes in the IAMC long form, and differences between scenarios draw by draw."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from countervail import __version__
from countervail.files import write_text

if TYPE_CHECKING:
    from countervail.ensemble import OutcomeSpec, Result

QUANTILE_NAMES = ("p5", "p25", "p50", "p75", "p95")
HEADER = ("model", "scenario", "region", "variable", "unit", "subannual", "quantile", "year", "value")


def write_csv(results: "list[Result]", path: Path, periods: str = "default") -> None:
    """Write the IAMC long table: a row per scenario, region, variable, part of the year, quantile and year.

    `subannual` is `Year` or `Q1` to `Q4` and `quantile` one of p5 to p95 and mean; pyam takes both as further columns.
    """
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(HEADER)
    model = f"countervail {__version__}"
    for result in results:
        for row in result.summary(periods):
            year, _, quarter = row["period"].partition("Q")
            part = f"Q{quarter}" if quarter else "Year"
            head = (model, result.scenario.id, row["region"], row["variable"], row["unit"], part)
            out.writerows((*head, name, year, f"{row[name]:.6g}") for name in (*QUANTILE_NAMES, "mean"))
    write_text(path, text.getvalue())


def pairs(result: "Result") -> "Iterator[tuple[OutcomeSpec, str]]":
    """Give every outcome with each of its regions."""
    for spec in result.variables.values():
        for region in spec.all_regions:
            yield spec, region


def yearly(result: "Result", variable: str, region: str) -> np.ndarray:
    """Return `[year, quantile]`; an outcome that is a share of draws has the share at each quantile."""
    from countervail.ensemble import summary

    spec, values = result.variables[variable], result.annual(variable, region)[1]
    if spec.kind == "share_of_draws":
        return np.repeat(summary.mean(values)[:, None], len(QUANTILE_NAMES), 1)
    return summary.quantiles(values)


def difference(base: "Result", other: "Result", variable: str, region: str) -> np.ndarray:
    """Return `[year, draw]` of `other` minus `base`: the draws are paired, so the policy is all that differs."""
    return other.annual(variable, region)[1] - base.annual(variable, region)[1]


def chosen_years(first: int, last: int) -> tuple[int, ...]:
    """Return 2026, 2028, 2030 and the last year, as far as they lie in the run."""
    return tuple(y for y in sorted({2026, 2028, 2030, last}) if first <= y <= last)
