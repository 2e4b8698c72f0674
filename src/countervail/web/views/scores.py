"""How well the model would have forecast what it had not seen, by cutoff and series."""

from collections.abc import Callable
from typing import Any

CUTOFFS = ("2023Q4", "2024Q2", "2024Q4")


def backtests(checkpoint: Callable[[], None] = lambda: None, draws: int = 1000) -> dict[str, Any]:
    """Return the scores of each hindcast: overall, for China, and per series. Takes some seconds."""
    from countervail.calibration.backtesting import backtest

    found = []
    for cutoff in CUTOFFS:
        checkpoint()
        result = backtest(cutoff=cutoff, draws=draws).to_json()
        found.append(
            {
                "cutoff": cutoff,
                "overall": result["overall"],
                "series": [_series(s) for s in result["series"]],
                "points": [_point(p) for p in result["points"] if p["scored"]],
                "parameters": result["method"]["parameters"],
            }
        )
    return {"draws": draws, "hindcasts": found}


def _series(row: dict[str, Any]) -> dict[str, Any]:
    keys = (
        "series_id",
        "actor",
        "n",
        "coverage50",
        "coverage90",
        "skill",
        "naive",
        "averaged",
        "twin",
        "role",
    )
    return {k: _short(row.get(k)) for k in keys}


def _point(row: dict[str, Any]) -> dict[str, Any]:
    keys = ("series_id", "actor", "period", "observed", "p5", "p25", "p50", "p75", "p95")
    return {k: _short(row[k]) for k in keys}


def _short(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) else value
