"""countervail: a policy flight simulator for the contest over AI chips.

Main path:

    import countervail as cv
    cv.run("status-quo", draws=1000, seed=0, set={"us_export_fee": 0.25})
    cv.compare("status-quo", "full-denial")
    cv.can_ship("H200", to="CN", on="2026-02-01")
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = [
    "UserError",
    "backtest",
    "calibrate",
    "can_ship",
    "design",
    "check_claims",
    "compare",
    "diff",
    "gradient",
    "levers",
    "load_evidence",
    "outcomes",
    "run",
    "scenarios",
    "sources",
    "test_cases",
    "timeline",
    "why",
]

if TYPE_CHECKING:
    from countervail.api import (
        backtest,
        calibrate,
        can_ship,
        check_claims,
        compare,
        design,
        diff,
        gradient,
        levers,
        load_evidence,
        outcomes,
        run,
        scenarios,
        sources,
        test_cases,
        timeline,
        why,
    )
    from countervail.errors import UserError


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for, so that importing countervail costs nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'countervail' has no attribute '{name}'")
    from countervail import api, errors

    return errors.UserError if name == "UserError" else getattr(api, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
