"""Observed points for the charts: history translated to outcomes by the targets of calibration."""

from typing import TYPE_CHECKING, Any

from countervail.periods import quarter_index

if TYPE_CHECKING:
    from countervail.report.charts import Points


def points(series: list[str]) -> "Points":
    """Return observed points by (outcome, region), and rows of history taken as they are by (series, "")."""
    from countervail.calibration.predict import observed_points
    from countervail.evidence import load

    found: dict[tuple[str, str], list[dict[str, Any]]] = dict(observed_points())
    for o in load().history:
        first = o.period if "Q" in o.period else f"{o.period}Q1"
        if o.series_id in series and not o.forecast and quarter_index(first) >= 0:
            row = {"period": o.period, "value": o.value, "low": o.low, "high": o.high}
            row |= {"series_id": o.series_id, "source": o.source, "confidence": o.confidence}
            found.setdefault((o.series_id, ""), []).append(row)
    return found
