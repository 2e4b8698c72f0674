"""Back-tests: the contract, no leaks, and the promises of the model against history on its priors."""

import json

import numpy as np
import pytest

from countervail.calibration import backtest, event_studies
from countervail.calibration.hindcast import inputs_at
from countervail.errors import UserError

HEAD = "series_id,period,region_or_actor,value,low,high,unit,source_url,source_title,confidence,notes\n"
LINK = "https://example.org/a,A page,medium,"


@pytest.fixture(scope="module")
def whole():
    return backtest(draws=512)


@pytest.fixture(scope="module")
def hindcast():
    return backtest(cutoff="2023Q4", draws=256)


def test_the_document_keeps_the_contract(whole):
    doc = json.loads(json.dumps(whole.to_json(), allow_nan=False))
    assert {"cutoff", "series", "overall", "points"} <= set(doc)
    row = doc["series"][0]
    assert {"series_id", "actor", "n", "coverage50", "coverage90", "crps", "crps_naive", "skill"} <= set(row)
    point = doc["points"][0]
    assert {"series_id", "actor", "period", "observed", "p5", "p25", "p50", "p75", "p95", "fitted"} <= set(
        point
    )
    for p in doc["points"]:
        assert p["p5"] <= p["p25"] <= p["p50"] <= p["p75"] <= p["p95"]


def test_overall_gives_each_series_the_same_weight(hindcast):
    used = [s for s in hindcast.series if s["averaged"]]
    assert all(s["n"] >= 2 and not s["twin"] for s in used)
    assert hindcast.overall["coverage90"] == pytest.approx(sum(s["coverage90"] for s in used) / len(used))


def test_a_hindcast_scores_only_what_came_later(hindcast):
    scored = [p for p in hindcast.points if p["scored"]]
    assert scored and all(p["period"] > "2023Q4" for p in scored)
    assert hindcast.widened_priors


def test_a_hindcast_knows_the_measures_but_not_the_later_parts():
    then, now = (inputs_at(c).variants[0][0] for c in ("2023Q4", None))
    assert np.array_equal(then.us_words, now.us_words)  # the letters of April 2025 came, so they are given
    blackwell, nvidia, end_2025 = 0, 0, 15
    assert then.parts[end_2025, blackwell, nvidia, 0, 0] < 0.8 * now.parts[end_2025, blackwell, nvidia, 0, 0]
    assert then.roadmap_end[0, nvidia, 0] < now.roadmap_end[0, nvidia, 0]


def test_median_within_a_factor_of_history():
    """The medians of the priors are near history before any fitting."""
    before = backtest(draws=512, posterior=None)
    rows = [r for r in before.factor if r["factor"] is not None]
    outside = [f"{r['series_id']} {r['period']}: {r['factor']:.2f}" for r in rows if not r["within"]]
    assert len(rows) >= 30
    assert not outside
    rest = [
        f"{r['check']}: {r['model_p50']:.4g}"
        for r in before.factor
        if r["factor"] is None and not r["within"]
    ]
    assert not rest


def test_a_fit_brings_the_medians_of_what_it_was_fitted_to_nearer(whole):
    if whole.method["parameters"] == "prior":
        pytest.skip("no posterior is shipped")
    near = [p for p in whole.points if p["series_id"] == "nvidia_revenue_datacenter" and p["fitted"]]
    factors = np.array([p["p50"] / p["observed"] for p in near])
    assert len(near) > 10 and np.abs(np.log(factors)).max() < np.log(1.4)  # the take-off quarter is the worst


def test_zeros_are_listed_with_hit_or_miss(whole):
    assert {(z["series_id"], z["period"]) for z in whole.zeros} >= {("nvidia_h20_revenue", "2025Q2")}
    assert all(isinstance(z["hit"], bool) for z in whole.zeros)


@pytest.fixture(scope="module")
def events():
    return {e["id"]: e for e in event_studies(draws=256)}


def at(event, variable, region, quarter, kind):
    row = next(o for o in event["outcomes"] if (o["variable"], o["region"]) == (variable, region))
    return row[kind][row["quarters"].index(quarter)][1]


def test_the_cut_off_of_2023_shows(events):
    e, flow = events["october-2023"], ("Chips|Compute|NVIDIA|By bloc", "CN")
    assert at(e, *flow, "2023Q4", "with") < 0.6 * at(e, *flow, "2023Q3", "with")
    assert at(e, *flow, "2023Q4", "without") > at(e, *flow, "2023Q3", "without")
    assert at(e, "Chips|Revenue|NVIDIA", "World", "2023Q4", "with") > at(
        e, "Chips|Revenue|NVIDIA", "World", "2023Q3", "with"
    )


def test_the_letters_of_april_2025_show(events):
    e = events["h20-letters"]
    revenue = ("Chips|Revenue|NVIDIA", "CN")
    assert at(e, *revenue, "2025Q2", "with") < 0.25 * at(e, *revenue, "2025Q1", "with")
    assert -9 < at(e, *revenue, "2025Q2", "effect") < -2


def test_chinese_spending_falls_with_supply(events):
    e = events["chinese-capex-2025"]
    assert at(e, "Demand|Outlay", "CN", "2025Q2", "with") < at(e, "Demand|Outlay", "CN", "2025Q1", "with")
    assert at(e, "Supply|Unmet demand", "CN", "2025Q2", "effect") > 0


def test_a_file_of_later_observations_is_scored_beside_naive_forecasts(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(
        HEAD
        + f"china_legal_nvidia_h100e_flow,2025Q2,China,9000,,,H100e,{LINK}\n"
        + f"china_legal_nvidia_h100e_flow,2025Q3,China,9500,,,H100e,{LINK}\n"
        + f"some_new_series,2025Q3,China,1,,,units,{LINK}\n"
    )
    result = backtest(observations=file, draws=128)
    (row,) = result.series
    assert row["n"] == 2 and row["crps_naive"] > 0 and row["skill"] < 1
    assert result.unmapped == ["some_new_series (China)"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cutoff": "2024"}, "not a quarter"),
        ({"cutoff": "2021Q4"}, "cutoff is 2021Q4"),
        ({"observations": "nowhere.csv"}, "does not exist"),
    ],
)
def test_bad_input_is_named(options, words):
    with pytest.raises(UserError, match=words):
        backtest(**options)


def test_a_broken_file_is_named_with_its_line(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(HEAD + f"amd_revenue_datacenter_segment,2025Q9,AMD,1,,,USD bn,{LINK}\n")
    with pytest.raises(UserError, match=r"mine.csv, line 2"):
        backtest(observations=file)
