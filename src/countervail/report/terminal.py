"""The table a terminal shows: headline outcomes with ranges at a few dates, and who leads."""

from typing import TYPE_CHECKING, Any

from countervail.report.numbers import number, percent, span, words
from countervail.report.tables import chosen_years, yearly

if TYPE_CHECKING:
    from countervail.ensemble import Result

ROWS = (
    ("Compute|Stock", "US"),
    ("Compute|Stock", "CN"),
    ("Compute|Stock ratio", "US to CN"),
    ("Compute|Inflow|Legal imports", "CN"),
    ("Compute|Inflow|Domestic", "CN"),
    ("Market|Domestic share", "CN"),
    ("Chips|Revenue|NVIDIA", "World"),
    ("Chips|Revenue|NVIDIA", "CN"),
    ("AI|Frontier lag", "CN"),
    ("Ecosystem|Fragmentation", "US to CN"),
)
DIMENSIONS = ("compute", "economy", "military", "innovation", "sovereignty")


def terminal_table(results: "list[Result]") -> Any:
    """Return a rich renderable: medians with 90% ranges at 2026, 2028, 2030 and the end, and who leads."""
    from rich.console import Group
    from rich.table import Table

    base = results[0]
    years = chosen_years(base.years[0], base.years[-1]) or (base.years[-1],)
    several = len(results) > 1
    table = Table(title="Median, and the range that holds 90% of the draws", title_justify="left")
    table.add_column("Outcome")
    if several:
        table.add_column("Scenario")
    for year in years:
        table.add_column(str(year), justify="right")
    for variable, region in ROWS:
        spec = base.variables[variable]
        unit = "" if spec.unit == "1" else f", {spec.unit}"
        for i, r in enumerate(results):
            q = yearly(r, variable, region)
            rows = [q[r.years.index(y)] for y in years]
            cells = [_cell(float(x[0]), float(x[2]), float(x[4]), spec.unit) for x in rows]
            label = f"{spec.label}, {region}{unit}" if i == 0 else ""
            table.add_row(
                label, *([r.scenario.id] if several else []), *cells, end_section=i == len(results) - 1
            )
    leads = Table(title="Who leads, share of draws: US / China / neither by the margin", title_justify="left")
    leads.add_column("Dimension")
    if several:
        leads.add_column("Scenario")
    for year in years:
        leads.add_column(str(year), justify="right")
    for dimension in DIMENSIONS:
        for i, r in enumerate(results):
            sides = [
                yearly(r, f"Leadership|{dimension}|{side}", "World")[:, 2] for side in ("US", "CN", "Parity")
            ]
            cells = [" / ".join(percent(float(s[r.years.index(y)])) for s in sides) for y in years]
            label = dimension if i == 0 else ""
            leads.add_row(
                label, *([r.scenario.id] if several else []), *cells, end_section=i == len(results) - 1
            )
    return Group(table, leads)


def _cell(low: float, middle: float, high: float, unit: str) -> str:
    """Return a median with its range; large counts are shortened."""
    if unit.startswith("share"):
        return f"{percent(middle)} ({percent(low)} to {percent(high)})"
    if max(abs(low), abs(high)) >= 1e5:
        return f"{words(middle)} ({span(low, high)})"
    return f"{number(middle)} ({span(low, high)})"
