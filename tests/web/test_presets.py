"""The presets are what the model of the day says; renew them with `python -m countervail.web.presets`."""

import gzip
import json

import numpy as np
import pytest

from countervail.scenario import list_scenarios
from countervail.web import presets
from countervail.web.meta import CHARTS, SHOWN, default_charts, default_outcomes
from countervail.web.settings import Settings
from countervail.web.stamp import stamp

FOLDER = Settings().presets
NAMES = [row.id for row in list_scenarios()]
RENEW = "the presets are stale; renew them with: python -m countervail.web.presets"


def held(name):
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def test_the_presets_rest_on_the_model_the_posterior_and_the_data_of_the_day():
    made = held("index")["presets"]
    assert {k: made[k] for k in stamp()} == stamp(), RENEW


def test_the_index_is_what_meta_answers():
    index = held("index")
    assert index == json.loads(json.dumps(presets.index(NAMES))), RENEW


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_holds_every_default_chart_and_is_small(name):
    preset = held(name)
    assert preset["scenario"] == name
    assert (preset["draws"], preset["seed"], preset["until"]) == (1000, 0, "2032Q4")
    assert [(s["variable"], s["region"]) for s in preset["series"]] == default_outcomes(), RENEW
    packed = gzip.compress((FOLDER / f"{name}.json").read_bytes(), 9)
    assert len(packed) <= presets.MOST_BYTES


def test_a_preset_is_what_series_answers():
    there, here = held("h200-relaxed"), json.loads(json.dumps(presets.preset("h200-relaxed")))
    for a, b in zip(there.pop("series"), here.pop("series"), strict=True):
        for key in ("p5", "p50", "p95", "mean"):
            np.testing.assert_allclose(a[key], b[key], rtol=1e-3, atol=1e-9, err_msg=RENEW)
            np.testing.assert_allclose(
                a["annual"][key], b["annual"][key], rtol=1e-3, atol=1e-9, err_msg=RENEW
            )
    for key in ("quarters", "levers", "events", "extrapolated_from", "version"):
        assert there[key] == here[key], RENEW


def test_no_file_is_left_over():
    names = {p.stem for p in FOLDER.glob("*.json")}
    assert {*NAMES, "index"} <= names
    assert {n.partition(".")[0] for n in names} <= {*NAMES, "index", "tour", "backtest"}


def test_six_charts_are_shown_at_first_and_none_speaks_of_one_side_only():
    charts = default_charts()
    assert sum(c["shown"] for c in charts) == SHOWN == 6
    assert len({c["id"] for c in charts}) == len(CHARTS)
    regions = {s["region"] for c in charts for s in c["series"]}
    assert {"US", "CN"} <= regions
