"""What `run` and `compare` print: headline outcomes with ranges, differences, and who leads."""

from typing import TYPE_CHECKING, Any

from countervail.cli.output import console, number, table
from countervail.names import DIMENSIONS

if TYPE_CHECKING:
    import numpy as np

    from countervail.calibration import Backtest
    from countervail.ensemble import Result

HEADLINES = (
    ("US installed compute", "Compute|Stock", "US"),
    ("China's installed compute", "Compute|Stock", "CN"),
    ("US over China, installed", "Compute|Stock ratio", "US to CN"),
    ("China's legal imports", "Compute|Inflow|Legal imports", "CN"),
    ("China's domestic supply", "Compute|Inflow|Domestic", "CN"),
    ("Domestic share in China", "Market|Domestic share", "CN"),
    ("NVIDIA revenue", "Chips|Revenue|NVIDIA", "World"),
    ("NVIDIA revenue in China", "Chips|Revenue|NVIDIA", "CN"),
    ("US fee revenue", "Fee|Revenue", "US"),
    ("Fragmentation of software", "Ecosystem|Fragmentation", "World"),
    ("Chinese models behind US", "AI|Frontier lag", "CN"),
)
RANGE = "middle of the draws, and the range that holds 90% of them"


def show_run(result: "Result") -> None:
    """Print the headline outcomes of one scenario for a few years."""
    years = _some([y for y in result.years if y >= 2025] or result.years, 4)
    _head(result, [result])
    rows = []
    for label, variable, region in HEADLINES:
        known, values = result.annual(variable, region)
        cells = [_range(values[known.index(y)]) for y in years]
        rows.append((label, _unit(result, variable), *cells))
    columns = ("", "unit", *map(str, years))
    table(columns, rows, title=f"By year: {RANGE}", right=range(2, len(columns)))
    _leads([result])


def show_comparison(results: "list[Result]") -> None:
    """Print the headline outcomes of the last year side by side, and how they differ from the first."""
    base = results[0]
    year = base.years[-1]
    _head(base, results)
    if console().width >= 30 + 26 * len(results):
        columns = ("", "unit", *(r.scenario.id for r in results))
        rows: list[Any] = []
        for label, variable, region in HEADLINES:
            first = _last(base, variable, region)
            cells = [_range(_last(r, variable, region)) for r in results]
            rows.append((label, _unit(base, variable), *cells))
            changes = [_change(_last(r, variable, region) - first) for r in results[1:]]
            rows.append(("", "", "", *changes))
        title = f"{year}: {RANGE}; below it the difference to {base.scenario.id}, draw by draw"
        table(columns, rows, title=title, right=range(2, len(columns)))
    else:
        _stacked(results, year)
    _leads(results)


def _stacked(results: "list[Result]", year: int) -> None:
    """Print a comparison for a narrow terminal: one table per scenario."""
    base = results[0]
    for r in results:
        rows = []
        for label, variable, region in HEADLINES:
            values = _last(r, variable, region)
            change = "" if r is base else _change(values - _last(base, variable, region))
            rows.append((f"{label}, {_unit(base, variable)}", _range(values), change))
        columns = ("", str(year), "" if r is base else f"less {base.scenario.id}")
        table(columns, rows, title=r.scenario.id, right=(1, 2))


def _head(base: "Result", results: "list[Result]") -> None:
    """Print which scenarios were run and how."""
    out = console()
    for r in results:
        out.print(f"{r.scenario.id}: {r.scenario.title}", markup=False)
    known = f", as known on {base.as_of}" if base.as_of else ""
    plan = base.scenario.extrapolation_from
    out.print(
        f"{base.draws:,} draws, seed {base.seed}, to {base.until}{known}; extrapolated from {plan}\n",
        markup=False,
    )


def _leads(results: "list[Result]") -> None:
    """Print in what share of draws each side leads at the end."""
    rows = []
    for dimension in DIMENSIONS:
        cells = []
        for r in results:
            sides = [
                _last(r, f"Leadership|{dimension}|{side}", "World").mean() for side in ("US", "CN", "Parity")
            ]
            cells.append(" / ".join(f"{100 * s:.0f}" for s in sides))
        rows.append((dimension, *cells))
    columns = ("", *(r.scenario.id for r in results))
    title = f"Who leads in {results[0].years[-1]}, percent of draws: US / China / neither by a margin"
    table(columns, rows, title=title, right=range(1, len(columns)))


def _last(result: "Result", variable: str, region: str) -> "np.ndarray":
    return result.annual(variable, region)[1][-1]


def _unit(result: "Result", variable: str) -> str:
    unit = result.variables[variable].unit
    return "ratio" if unit == "1" else unit


def _range(values: "np.ndarray") -> str:
    low, middle, high = _quantiles(values)
    return f"{number(middle)} ({number(low)} to {number(high)})"


def _change(values: "np.ndarray") -> str:
    low, middle, high = _quantiles(values)
    if max(abs(low), abs(high)) == 0:
        return "no change"
    return f"{_signed(middle)} ({_signed(low)} to {_signed(high)})"


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + number(value)


def _quantiles(values: "np.ndarray") -> list[float]:
    from countervail.ensemble import summary

    return summary.quantiles(values, (0.05, 0.5, 0.95)).tolist()


def _some(years: list[int], count: int) -> list[int]:
    """Return at most `count` years, evenly spread, the first and the last among them."""
    if len(years) <= count:
        return years
    return [years[round(i * (len(years) - 1) / (count - 1))] for i in range(count)]


def show_backtest(found: "Backtest") -> None:
    """Print how often the ranges held what was observed, by series."""
    overall = found.overall
    out = console()
    start = f"hindcast from {found.cutoff}" if found.cutoff else "all observations"
    out.print(f"{start}: {len(found.points)} points; " + _scores(overall), markup=False)
    rows = [
        (s["series_id"], s["actor"], s["n"], *(s.get(k) for k in ("coverage50", "coverage90", "skill")))
        for s in found.series
    ]
    title = "Share of points inside the 50% and 90% ranges; skill above zero beats the naive forecast"
    table(("series", "actor", "points", "in 50%", "in 90%", "skill"), rows, title=title, right=range(2, 6))


def _scores(overall: "dict[str, Any]") -> str:
    named = (("coverage50", "in 50% range"), ("coverage90", "in 90% range"), ("skill", "skill"))
    return ", ".join(
        f"{label} {number(overall[key])}" for key, label in named if overall.get(key) is not None
    )
