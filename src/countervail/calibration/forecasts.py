"""Published forecasts scored beside ours, each with the date it was made."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from countervail.calibration.predict import points
from countervail.calibration.scores import SCALE_SHARE, crps_draws, crps_normal, to_z
from countervail.calibration.table import base_series
from countervail.ensemble.posterior import shipped
from countervail.evidence import load
from countervail.evidence.records import Observation
from countervail.periods import quarter_index, quarter_name, quarter_of

CUTOFFS = ("2023Q4", "2024Q2", "2024Q4")  # hindcasts that are shipped
HALF_RANGE = 1.645


def against_forecasts(rows: Sequence[Observation], draws: int = 1000, seed: int = 0) -> list[dict[str, Any]]:
    """Return a row per published forecast whose period has since been observed.

    Ours is the hindcast from the last shipped cutoff before the forecast's date, so that it knows no more than the
    forecaster. `{series_id, actor, period, published, forecast, observed, ours: [p5, p50, p95], cutoff, crps_forecast,
    crps_ours}`; a forecast without a range counts as certain, as it was printed.
    """
    from countervail.calibration.noise import predictive
    from countervail.calibration.simulation import model_values

    evidence = load()
    made = {(base_series(o.series_id), o.actor, o.period): o for o in evidence.history if o.forecast}
    out = []
    for o in rows:
        forecast = made.get((o.series_id, o.actor, o.period))
        if o.forecast or forecast is None or forecast.published is None:
            continue
        cutoff = _cutoff(quarter_name(quarter_index(quarter_of(forecast.published)) - 1))
        found = points([o], evidence, cutoff)
        if not found:
            continue
        posterior = shipped(cutoff) if cutoff else None
        ours = predictive(found, model_values(found, cutoff, draws, seed, posterior), seed, posterior)[0]
        s = SCALE_SHARE * max(abs(float(o.value)), abs(float(forecast.value)), 1e-9)
        z = float(to_z(float(o.value), s))
        out.append(
            {
                "series_id": o.series_id,
                "actor": o.actor,
                "period": o.period,
                "published": forecast.published.isoformat(),
                "forecast": float(forecast.value),
                "observed": float(o.value),
                "ours": [float(x) for x in np.quantile(ours, (0.05, 0.5, 0.95))],
                "cutoff": cutoff,
                "crps_forecast": _crps(forecast, s, z),
                "crps_ours": crps_draws(to_z(ours, s), z),
            }
        )
    return out


def _cutoff(latest: str) -> str | None:
    """Return the last shipped cutoff not after `latest`."""
    known = [c for c in CUTOFFS if c <= latest]
    return known[-1] if known else None


def _crps(forecast: Observation, s: float, z: float) -> float:
    mid = float(to_z(float(forecast.value), s))
    if forecast.low is None or forecast.high is None or forecast.low >= forecast.high:
        return abs(mid - z)
    sd = float(to_z(float(forecast.high), s) - to_z(float(forecast.low), s)) / (2 * HALF_RANGE)
    return crps_normal(mid, max(sd, 1e-3), z)
