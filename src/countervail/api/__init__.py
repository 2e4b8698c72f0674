"""The library's calls, one for each command. Everything heavy is imported when a call needs it."""

from countervail.api.calibration import calibrate, forecast, score
from countervail.api.days import day_of
from countervail.api.known import check_claims, levers, load_evidence, outcomes, scenarios, sources
from countervail.api.rules import can_ship, design, diff, test_cases, timeline
from countervail.api.simulate import (
    backtest,
    compare,
    comparison_document,
    differences,
    document,
    gradient,
    run,
)
from countervail.api.why import why

__all__ = [
    "backtest",
    "calibrate",
    "can_ship",
    "design",
    "check_claims",
    "compare",
    "comparison_document",
    "day_of",
    "diff",
    "differences",
    "document",
    "forecast",
    "gradient",
    "levers",
    "load_evidence",
    "outcomes",
    "run",
    "scenarios",
    "score",
    "sources",
    "test_cases",
    "timeline",
    "why",
]
