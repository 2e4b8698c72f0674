"""A public ledger of forecasts: what the model said of each observable series before it was known, and how that went.

An entry is a file `ledger/DATE.json` (a second one of a day: `DATE-2.json`) that is never changed except to fill in
what was observed. Its hash covers everything but that, so that an edited forecast shows.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from countervail import __version__
from countervail.calibration.noise import fitted_rows, predictive
from countervail.calibration.predict import points
from countervail.calibration.scores import SCALE_SHARE, crps_draws, to_z
from countervail.calibration.simulation import model_values
from countervail.calibration.table import end_of, find
from countervail.ensemble.posterior import shipped
from countervail.errors import UserError
from countervail.evidence import load
from countervail.evidence.records import Observation
from countervail.periods import quarter_index, quarter_name

P = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
QUARTERS, YEARS = 4, 2


def forecast(draws: int = 2000, seed: int = 0, made: date | None = None) -> dict[str, Any]:
    """Return an entry: quantiles of the next four quarters (two years for yearly series) of each observable series.

    `{made, version, posterior, draws, seed, rows: [{series_id, actor, period, unit, scale, quantiles, draws,
    observed, crps}], hash}`; `draws` are 99 evenly spaced quantiles, enough to score.
    """
    evidence, posterior = load(), shipped()
    ahead = [o for group in _last(evidence.history).values() for o in _next(group)]
    fitted = fitted_rows(posterior)
    past = [o for o in evidence.history if (o.series_id, o.actor, o.period) in fitted]
    found = points([*ahead, *past], evidence)
    new = [i for i, p in enumerate(found) if p.key not in fitted]
    values = predictive(found, model_values(found, None, draws, seed, posterior), seed, posterior)
    rows = []
    for i in new:
        o = found[i].observation
        rows.append(
            {
                "series_id": o.series_id,
                "actor": o.actor,
                "period": o.period,
                "unit": o.unit,
                "scale": _number(SCALE_SHARE * _largest(evidence.history, o)),
                "quantiles": {str(q): _number(v) for q, v in zip(P, np.quantile(values[i], P), strict=True)},
                "draws": [_number(v) for v in np.quantile(values[i], np.arange(1, 100) / 100)],
                "observed": None,
                "crps": None,
            }
        )
    head = {
        "made": (made or date.today()).isoformat(),
        "version": __version__,
        "posterior": posterior.head["checksum"] if posterior else "priors alone",
        "draws": draws,
        "seed": seed,
    }
    entry = {**head, "rows": rows}
    return {**entry, "hash": digest(entry)}


def write(entry: dict[str, Any], folder: Path) -> Path:
    """Write an entry; none is ever overwritten. A day has a second entry only where the posterior is another."""
    from countervail.files import read_text, write_text

    path, number = Path(folder) / f"{entry['made']}.json", 1
    while path.exists():
        if json.loads(read_text(path))["posterior"] == entry["posterior"]:
            raise UserError(f"{path} is there already", "an entry of the ledger is never replaced")
        number += 1
        path = Path(folder) / f"{entry['made']}-{number}.json"
    write_text(path, json.dumps(entry, indent=1) + "\n")
    return path


def score(path: Path, observations: Sequence[Observation]) -> dict[str, Any]:
    """Return an entry with what has been observed since filled in and scored."""
    from countervail.files import read_text

    try:
        entry = json.loads(read_text(path))
        rows, known = entry["rows"], entry["hash"]
    except (ValueError, KeyError, TypeError):
        raise UserError(f"{path} is no entry of the ledger", "give a file that forecast wrote") from None
    if known != digest(entry):
        raise UserError(
            f"{path} was changed after it was made: its hash is wrong", "take it from the repository again"
        )
    seen = {(o.series_id, o.actor, o.period): float(o.value) for o in observations if not o.forecast}
    for row in rows:
        value = seen.get((row["series_id"], row["actor"], row["period"]))
        if value is not None:
            row["observed"] = value
            s = row["scale"]
            row["crps"] = crps_draws(to_z(np.array(row["draws"]), s), float(to_z(value, s)))
    return entry


def digest(entry: dict[str, Any]) -> str:
    """Return the hash of an entry without what is filled in later."""
    fixed = {k: v for k, v in entry.items() if k not in ("hash", "rows")}
    rows = [{k: v for k, v in row.items() if k not in ("observed", "crps")} for row in entry["rows"]]
    return hashlib.sha256(json.dumps([fixed, rows], sort_keys=True).encode()).hexdigest()


def _last(history: Sequence[Observation]) -> dict[tuple[str, str, bool], Observation]:
    """Return the last observation of each series, actor and kind of period that the model has an outcome for."""
    last: dict[tuple[str, str, bool], Observation] = {}
    for o in history:
        target = find(o.series_id, o.actor)
        if (
            o.forecast
            or target is None
            or target.top is None
            or target.half_year
            or "(" in o.actor.partition("half")[0]
        ):
            continue
        key = (o.series_id, o.actor, "Q" in o.period)
        if key not in last or end_of(o.period) > end_of(last[key].period):
            last[key] = o
    return last


def _next(o: Observation) -> list[Observation]:
    """Return rows without a value for the periods that follow an observation."""
    if "Q" in o.period:
        first = quarter_index(o.period) + 1
        periods = [quarter_name(q) for q in range(first, first + QUARTERS)]
    else:
        periods = [str(int(o.period) + k) for k in range(1, YEARS + 1)]
    return [
        o.model_copy(update={"period": p, "value": 0.0, "low": None, "high": None})
        for p in periods
        if p >= "2022"
    ]


def _largest(history: Sequence[Observation], o: Observation) -> float:
    return (
        max(abs(float(h.value)) for h in history if (h.series_id, h.actor) == (o.series_id, o.actor)) or 1.0
    )


def _number(x: float) -> float:
    return float(f"{x:.5g}")
