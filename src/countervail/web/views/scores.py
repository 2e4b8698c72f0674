"""How well the model would have forecast what it had not seen, by cutoff and series.

The shipped scores are `backtest.json` beside the presets; `python -m countervail.web.views.scores` writes them.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from countervail.files import read_text, write_text
from countervail.web.stamp import stamp

FILE = "backtest.json"
CUTOFFS = ("2023Q4", "2024Q2", "2024Q4")


def made_from() -> dict[str, Any]:
    """Return what the scores rest on: the model, and the posterior of each hindcast."""
    from countervail.ensemble import posterior

    held = {c: posterior.shipped(c) for c in CUTOFFS}
    return {**stamp(), "hindcasts": {c: p.head["checksum"][:16] if p else "" for c, p in held.items()}}


def shipped(folder: Path) -> dict[str, Any] | None:
    """Return the shipped scores, or None where they are of another model."""
    path = folder / FILE
    held = json.loads(read_text(path)) if path.is_file() else {}
    return held if held.get("made") == made_from() else None


def main(folder: Path | None = None) -> None:
    """Write the scores of this model."""
    from countervail.web.settings import Settings

    text = json.dumps({**backtests(), "made": made_from()}, ensure_ascii=False, separators=(",", ":"))
    write_text((folder or Settings().presets) / FILE, text + "\n")


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


if __name__ == "__main__":
    main()
