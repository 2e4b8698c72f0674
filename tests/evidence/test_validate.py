"""The checks find what they say they find, and point at the line."""

import pytest

from countervail.evidence import load, read
from countervail.evidence.checks import row_problem, row_problems
from countervail.evidence.validate import validate


@pytest.fixture
def ev():
    return load()


def changed(row, **update):
    return row.model_copy(update=update)


def test_tpp_must_follow_from_the_rates(ev):
    chip = ev.accelerators["nvidia-h100-sxm"]
    assert row_problem(chip) is None
    assert row_problem(changed(chip, tpp=1583.2)).field == "tpp"
    assert row_problem(changed(chip, fp8_or_int8_tops_dense=3958)).field == "tpp"


def test_bandwidth_must_fit_the_memory(ev):
    chip = ev.accelerators["nvidia-h200-sxm"]
    assert row_problem(changed(chip, memory_bandwidth_gb_s=48_000)).field == "memory_bandwidth_gb_s"
    assert row_problem(changed(chip, hbm_stacks=1)).field == "memory_bandwidth_gb_s"


def test_price_range_and_density(ev):
    chip = ev.accelerators["nvidia-h200-sxm"]
    assert row_problem(changed(chip, price_usd_low=50_000)).field == "price_usd_low"
    assert row_problem(changed(chip, die_area_mm2=8.14)).field == "die_area_mm2"


def test_observation_range_and_percent(ev):
    o = next(o for o in ev.history if o.unit == "percent")
    assert row_problem(changed(o, value=5000.0, low=None, high=None)).field == "value"
    assert row_problem(changed(o, low=o.value + 1)).field == "value"
    assert row_problem(changed(o, forecast=True, published=None)).field == "published"
    assert row_problem(changed(o, unit="bananas")).field == "unit"


@pytest.mark.parametrize(
    "prior",
    [
        {"dist": "lognormal", "p5": 1, "p50": 3},
        {"dist": "lognormal", "p5": -1, "p50": 3, "p95": 4},
        {"dist": "normal", "p5": 4, "p50": 3, "p95": 5},
        {"dist": "logitnormal", "p5": 0.1, "p50": 0.5, "p95": 1.5},
        {"dist": "uniform", "low": 3, "high": 1},
        {"dist": "fixed"},
        {"dist": "cauchy"},
    ],
)
def test_a_broken_prior_is_found(ev, prior):
    row = next(iter(ev.priors["leakage"].values()))
    assert row_problem(changed(row, prior=prior)).field == "prior"


def test_findings_name_file_and_line(ev):
    shown = ev.accelerators["nvidia-h100-sxm"]
    ev.accelerators["nvidia-h100-sxm"] = changed(shown, tpp=1.0)
    key = "cn-bigfund-3"
    ev.measures[key] = changed(ev.measures[key], sources=["gone"])
    found = {f.id: f for f in validate(ev)}
    chip, measure = found["nvidia-h100-sxm"], found[key]
    lines = (read.DATA / chip.file).read_text(encoding="utf-8").splitlines()
    assert lines[chip.line - 1].startswith("nvidia-h100-sxm,")
    assert "source 'gone' does not exist" in measure.message
    text = (read.DATA / measure.file).read_text(encoding="utf-8").splitlines()
    assert text[measure.line - 1].strip() == "sources:"
    assert any(key in line for line in text[measure.line - 40 : measure.line])


def test_duplicate_ids_are_found(ev):
    ev.timeline.append(ev.timeline[0])
    assert any(f.message.endswith("is there 2 times") for f in validate(ev))


def test_a_held_out_outcome_is_found(ev):
    ev.history.append(changed(ev.history[0], id="x", period="2026Q2", forecast=False))
    assert any("an outcome after 2026Q1" in f.message for f in validate(ev))


def test_revenue_against_units_times_price(ev):
    index = next(
        i
        for i, o in enumerate(ev.history)
        if o.series_id == "nvidia_revenue_dc_compute" and o.period == "2025Q1"
    )
    ev.history[index] = changed(ev.history[index], value=34_000.0)
    assert any("units x price" in f.message for f in validate(ev))


def test_a_sound_row_has_no_problems(ev):
    assert [p for chip in ev.accelerators.values() for p in row_problems(chip)] == []


def test_a_value_must_lie_in_the_range_of_its_sources(ev):
    chip = ev.accelerators["huawei-ascend-910c"]
    assert chip.ranges["tpp"].low == 12032
    assert row_problem(changed(chip, memory_gb=256)).field == "ranges"
