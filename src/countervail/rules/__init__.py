"""What is allowed: measures as data, logic as small functions, outcomes that explain themselves."""

from countervail.rules.cases import run_cases
from countervail.rules.check import check, diff, timeline
from countervail.rules.outcome import (
    CODES,
    OUTCOMES,
    WORDS,
    Chip,
    Condition,
    Flip,
    Import,
    Outcome,
    Party,
    Test,
    Transaction,
)
from countervail.rules.regime import Regime

__all__ = [
    "CODES",
    "OUTCOMES",
    "WORDS",
    "Chip",
    "Condition",
    "Flip",
    "Import",
    "Outcome",
    "Party",
    "Regime",
    "Test",
    "Transaction",
    "check",
    "diff",
    "run_cases",
    "timeline",
]
