"""The table of targets covers history, says why, and reads the model as each source means it."""

import numpy as np
import pytest

from countervail.calibration import observed_points, targets
from countervail.calibration.predict import points
from countervail.calibration.table import base_series, find, knot_value, weights
from countervail.ensemble import outcomes
from countervail.evidence import load


def test_every_series_of_history_has_a_line():
    missing = {(o.series_id, o.actor) for o in load().history if find(o.series_id, o.actor) is None}
    assert not missing


def test_no_series_and_actor_has_two_lines():
    seen = [(t.series, a) for t in targets() for a in (t.actors or ("*",))]
    assert len(seen) == len(set(seen))


def test_what_is_fitted_or_validated_names_an_outcome_that_exists():
    for t in targets():
        if t.role == "not_used":
            assert t.why
            continue
        for term in (t.top, t.bottom):
            for name in term.outcomes if term else ():
                assert outcomes.find(name, term.region)
        assert t.group, t.series


def test_no_forecast_and_no_twin_is_fitted():
    for o in load().history:
        t = find(o.series_id, o.actor)
        if t is not None and (o.forecast or o.series_id != base_series(o.series_id) or t.twin):
            assert not (o.forecast and t.series == o.series_id and t.fits(o.period)), o.series_id
            assert not (t.twin and t.fits(o.period)), o.series_id
    assert all(not t.series.endswith("_forecast") for t in targets())


def test_a_late_quarter_takes_a_third_of_the_next():
    t = find("nvidia_revenue_datacenter", "NVIDIA")
    assert t is not None
    assert weights(t, "2023Q1", "sum") == pytest.approx({4: 2 / 3, 5: 1 / 3})


def test_a_year_a_half_year_a_sum_since_and_a_mean():
    year = find("huawei_ascend_units_annual", "Huawei")
    half = find("china_ai_accel_share_idc", "NVIDIA")
    since = find("installed_compute_amd_world", "world")
    mean = find("smic_ai_chip_wafers_wpm", "SMIC")
    assert year and half and since and mean
    assert weights(year, "2025", "sum") == {12: 1, 13: 1, 14: 1, 15: 1}
    assert weights(half, "2025Q2", "sum") == {12: 1, 13: 1}
    assert weights(since, "2024Q3", "sum") == {8: 1, 9: 1, 10: 1}
    assert sum(weights(mean, "2025", "sum").values()) == pytest.approx(1)
    assert weights(year, "2025", "end") == {15: 1}


def test_knots_after_the_cutoff_are_not_read():
    knots = (("2022Q1", 1.0), ("2024Q1", 3.0))
    assert knot_value(knots, "2023Q1") == 2.0
    assert knot_value(knots, "2025Q1") == 3.0
    assert knot_value(knots, "2025Q1", until="2023Q4") == 1.0


def test_translating_uses_nothing_observed_after_the_cutoff():
    row = [o for o in load().history if o.series_id == "nvidia_revenue_datacenter" and o.period == "2025Q1"]
    now, then = points(row)[0], points(row, until="2023Q4")[0]
    assert now.factor == pytest.approx(39.1 / 34.13)
    assert then.factor == pytest.approx(18.4 / 15.07)


def test_a_point_reads_units_and_shares_by_hand():
    rows = [
        o for o in load().history if o.series_id in ("cambricon_revenue", "china_domestic_share_bernstein")
    ]
    found = {p.key[0] + p.key[2]: p for p in points(rows)}
    p = found["cambricon_revenue2024Q4"]
    from countervail.ensemble.engine import layout

    height = sum(int(np.prod(shape, dtype=int)) for _, shape in layout().values())
    ones = np.ones((20, height, 2))
    # every flow of every quarter is one: revenue over four blocs, at that quarter's rate
    assert p.of(ones) == pytest.approx(4 * load().rate("cny_per_usd", "2024Q4"))
    share = found["china_domestic_share_bernstein2023"]
    assert share.of(ones) == pytest.approx(100 * 6 / 9)  # six of nine vendors


def test_observed_points_stand_in_the_outcomes_unit():
    seen = observed_points()
    flow = {p["period"]: p for p in seen["Chips|Compute|NVIDIA|By bloc", "CN"]}
    assert flow["2023Q3"]["value"] == 65434 and flow["2023Q3"]["low"] == 53259
    share = {p["period"]: p["value"] for p in seen["Market|Domestic share", "CN"]}
    assert share["2023"] == pytest.approx(0.19)
    revenue = {p["period"]: p["value"] for p in seen["Chips|Revenue|NVIDIA", "World"]}
    assert revenue["2025Q1"] == pytest.approx(34.13)
    for (variable, region), rows in seen.items():
        assert outcomes.find(variable, region)
        assert all(p["source"] in load().sources for p in rows)
