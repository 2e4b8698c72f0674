"""Published forecasts beside ours."""

import pytest

from countervail.calibration import backtest
from countervail.calibration.forecasts import _cutoff, against_forecasts
from countervail.errors import UserError
from countervail.evidence import load


def test_a_forecast_is_scored_when_its_period_is_observed():
    forecast = next(o for o in load().history if o.series_id == "china_ai_chip_demand_bernstein_forecast")
    seen = forecast.model_copy(
        update={"series_id": "china_ai_chip_demand_bernstein", "forecast": False, "value": 30.0}
    )
    (row,) = against_forecasts([seen], draws=64)
    assert row["forecast"] == 39.5 and row["observed"] == 30.0
    assert row["published"].startswith("2025-07") and row["cutoff"] == "2024Q4"
    assert row["crps_forecast"] > 0 and row["crps_ours"] > 0
    assert row["ours"] == sorted(row["ours"])


def test_ours_knows_no_more_than_the_forecaster():
    assert _cutoff("2023Q2") is None
    assert _cutoff("2024Q3") == "2024Q2"
    assert _cutoff("2026Q1") == "2024Q4"


def test_an_unknown_opponent_is_refused():
    with pytest.raises(UserError, match="against is 'analysts'"):
        backtest(against="analysts")
