"""Event studies: what happened around three dated shocks, in history and in the model, with and without the measure."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from countervail.calibration.predict import observed_points
from countervail.periods import quarter_index, quarter_name

UNTIL = "2026Q4"  # the horizon most back-tests share, so that it is compiled once
FOLDER = Path(__file__).parent / "data" / "events"


@dataclass(frozen=True)
class Event:
    """One natural experiment: a date, the measure taken away, and the outcomes that should show it."""

    id: str
    title: str
    without: str  # scenario file in data/events
    first: str
    last: str
    at: str
    outcomes: tuple[tuple[str, str], ...]
    expect: str  # what history shows


EVENTS = (
    Event(
        "october-2023",
        "A800 and H800 cut off at the end of 2023",
        "without-october-2023",
        "2023Q1",
        "2024Q2",
        "2023Q4",
        (("Chips|Compute|NVIDIA|By bloc", "CN"), ("Chips|Revenue|NVIDIA", "World")),
        "the legal flow falls to a third from 2023Q3 to 2023Q4; the slots are sold elsewhere, the total grows on",
    ),
    Event(
        "h20-letters",
        "Licence letters for the H20, April 2025",
        "without-h20-letters",
        "2024Q3",
        "2025Q4",
        "2025Q2",
        (
            ("Chips|Revenue|NVIDIA", "CN"),
            ("Chips|Compute|NVIDIA|By bloc", "CN"),
            ("Chips|Revenue|NVIDIA", "World"),
        ),
        "sales of 4.6 USD bn fall to zero; NVIDIA put the loss at 8 USD bn for the quarter; the total still grows",
    ),
    Event(
        "chinese-capex-2025",
        "Capital spending in China around the letters",
        "without-h20-letters",
        "2024Q3",
        "2025Q4",
        "2025Q2",
        (("Demand|Outlay", "CN"), ("Supply|Unmet demand", "CN"), ("Chips|Revenue|Huawei", "CN")),
        "Tencent's spending halves over two quarters, Alibaba's dips and recovers: supply, not budgets, is the limit",
    ),
)


def event_studies(draws: int = 500, seed: int = 0) -> list[dict[str, Any]]:
    """Return each event with its outcomes by quarter: observed, simulated, and simulated without the measure.

    What the model is known to miss by is left out: this compares the model itself. The draws are paired, so the effect
    is the difference draw by draw. `{id, title, at, expect, outcomes: [{variable,
    region, unit, quarters, observed, with, without, effect}]}`; ranges are lists of p5, p50, p95 by quarter.
    """
    from countervail.ensemble import run

    observed = observed_points()
    base = run("status-quo", draws=draws, seed=seed, until=UNTIL, discrepancy=False)
    others = {
        name: run(FOLDER / f"{name}.yaml", draws=draws, seed=seed, until=UNTIL, discrepancy=False)
        for name in {e.without for e in EVENTS}
    }
    out = []
    for event in EVENTS:
        span = range(quarter_index(event.first), quarter_index(event.last) + 1)
        rows = []
        for variable, region in event.outcomes:
            with_, without = (r.values(variable, region)[list(span)] for r in (base, others[event.without]))
            seen = _means(observed.get((variable, region), []))
            quarters = [quarter_name(q) for q in span]
            rows.append(
                {
                    "variable": variable,
                    "region": region,
                    "unit": base.variables[variable].unit,
                    "quarters": quarters,
                    "observed": [seen.get(q) for q in quarters],
                    "with": _ranges(with_),
                    "without": _ranges(without),
                    "effect": _ranges(with_ - without),
                }
            )
        head = {
            "id": event.id,
            "title": event.title,
            "at": event.at,
            "expect": event.expect,
            "without": event.without,
        }
        out.append({**head, "outcomes": rows})
    return out


def _means(points: list[dict[str, Any]]) -> dict[str, float]:
    """Return the observed value of each quarter; several sources or firms are averaged."""
    by_period: dict[str, list[float]] = {}
    for p in points:
        by_period.setdefault(str(p["period"]), []).append(float(p["value"]))
    return {period: float(np.mean(values)) for period, values in by_period.items()}


def _ranges(values: np.ndarray) -> list[list[float]]:
    """Return p5, p50, p95 by quarter."""
    return [[float(x) for x in q] for q in np.quantile(values, (0.05, 0.5, 0.95), axis=1).T]
