"""Results: sums, year ends, ratios, summaries, tables."""

import numpy as np
import pytest
from tests.model import worlds

from countervail import ensemble
from countervail.ensemble import summary
from countervail.errors import UserError

RUN = ("status-quo",)
UNTIL = "2032Q4"


@pytest.fixture(scope="module")
def result():
    return worlds.run(*RUN)


def test_flows_add_up_over_a_year_stocks_are_taken_at_its_end_and_rates_are_averaged(result):
    for variable, region, how in (
        ("Compute|Inflow", "CN", lambda q: q.sum(0)),
        ("Compute|Stock", "US", lambda q: q[3]),
        ("Price|H100 rental", "World", lambda q: q.mean(0)),
    ):
        quarters = result.values(variable, region)
        years, values = result.annual(variable, region)
        assert years == list(range(2022, 2033))
        assert values[3] == pytest.approx(how(quarters[12:16]), rel=1e-5)
        assert np.array_equal(result.at(variable, region, "2025"), values[3])
        assert np.array_equal(result.at(variable, region, "2025Q4"), quarters[15])


def test_a_yearly_ratio_is_the_ratio_of_yearly_sums_not_the_mean_of_ratios(result):
    _, share = result.annual("Market|Domestic share", "CN")
    vendors = worlds.run(*RUN).variables
    home = sum(
        result.annual(v, "CN")[1]
        for v in vendors
        if v.startswith("Chips|Revenue|") and v.rsplit("|", 1)[1] not in ("NVIDIA", "AMD", "US in-house")
    )
    all_ = sum(result.annual(v, "CN")[1] for v in vendors if v.startswith("Chips|Revenue|"))
    assert share == pytest.approx(home / all_, rel=1e-4)
    assert not np.allclose(share[1], result.values("Market|Domestic share", "CN")[4:8].mean(0), rtol=1e-5)


def test_world_is_the_sum_of_the_blocs(result):
    for variable in ("Compute|Stock", "Compute|Inflow", "Chips|Units|NVIDIA", "Chips|Revenue|Huawei"):
        parts = sum(result.values(variable, b).astype(float) for b in ("US", "CN", "AL", "RW"))
        assert result.values(variable, "World") == pytest.approx(parts, rel=1e-5)


def test_the_two_sides_of_an_index_sum_to_one(result):
    for variable in ("Military|Index", "Innovation|Index"):
        both = result.values(variable, "US") + result.values(variable, "CN")
        assert both == pytest.approx(1, rel=1e-6)


def test_pathways_sum_to_the_inflow_of_china(result):
    paths = sum(
        result.values(f"Compute|Inflow|{p}", "CN").astype(float)
        for p in ("Legal imports", "Domestic", "Proxy fabrication", "Smuggled")
    )
    assert paths == pytest.approx(result.values("Compute|Inflow", "CN"), rel=1e-5)


def test_quantiles_are_those_of_numpy():
    x = np.random.default_rng(0).lognormal(0, 2, (7, 333)).astype(np.float32)
    expected = np.moveaxis(np.quantile(x.astype(float), summary.QUANTILES, axis=-1), 0, -1)
    assert summary.quantiles(x) == pytest.approx(expected, rel=1e-6)
    assert summary.quantiles(x[:, :1]) == pytest.approx(np.repeat(x[:, :1], 5, 1))


def test_means_are_summed_in_double_precision():
    x = np.full((2, 1000), 1e8, np.float32)
    x[:, 0] = 1.0
    assert summary.mean(x) == pytest.approx((999e8 + 1) / 1000, rel=1e-12)


def test_a_summary_row_is_what_the_draws_say(result):
    rows = {(r["variable"], r["region"], r["period"]): r for r in result.summary()}
    row = rows[("Compute|Stock", "CN", "2028")]
    draws = result.at("Compute|Stock", "CN", "2028")
    assert row["p50"] == pytest.approx(np.median(draws), rel=1e-6)
    assert row["p5"] == pytest.approx(np.quantile(draws, 0.05), rel=1e-5)
    assert row["mean"] == pytest.approx(draws.mean(dtype=float), rel=1e-6)
    assert row["unit"] == "H100e"
    assert ("Compute|Stock", "CN", "2028Q2") in rows  # headline: every quarter
    assert ("Supply|Yield", "CN", "2028Q2") not in rows
    assert ("Supply|Yield", "CN", "2028") in rows


@pytest.mark.parametrize(("periods", "discrepancy"), [("default", True), ("all", True), ("all", False)])
def test_the_lines_of_a_summary_are_what_every_outcome_says_when_it_is_read_alone(periods, discrepancy):
    result = ensemble.run("h200-relaxed", draws=150, until="2027Q2", discrepancy=discrepancy)
    rows = {(r["variable"], r["region"], r["period"]): r for r in result.summary(periods)}
    for spec in result.variables.values():
        for region in spec.all_regions:
            years, yearly = result.annual(spec.variable, region)
            expected = dict(zip(map(str, years), yearly, strict=True))
            if spec.headline or periods == "all":
                expected |= dict(zip(result.quarters, result.values(spec.variable, region), strict=True))
            for period, draws in expected.items():
                row = rows.pop((spec.variable, region, period))
                scale = (
                    float(np.abs(draws).max()) * 1e-6 + 1e-9
                )  # a difference of large numbers is near nought
                assert row["mean"] == pytest.approx(draws.mean(dtype=float), rel=3e-6, abs=scale)
                if spec.kind == "level":
                    quantiles = [row[k] for k in summary.QUANTILE_NAMES]
                    assert quantiles == pytest.approx(summary.quantiles(draws), rel=1e-5, abs=scale)
    assert not rows


def test_a_longer_run_has_the_same_lines_to_the_bit():
    short, long = (
        {(r["variable"], r["region"], r["period"]): r for r in ensemble.run("status-quo", draws=40, until=u).summary()}
        for u in ("2026Q4", "2034Q4")
    )  # fmt: skip
    for key, row in short.items():
        assert long[key] == row


def test_all_periods_hold_every_quarter_of_every_outcome(result):
    rows = result.summary("all")
    regions = sum(len(s.all_regions) for s in result.variables.values())
    assert len(rows) == regions * (44 + 11)
    with pytest.raises(UserError, match="periods"):
        result.summary("some")


def test_a_share_of_draws_is_the_mean_and_has_no_range(result):
    rows = [r for r in result.summary() if r["variable"] == "Leadership|compute|US" and r["period"] == "2030"]
    draws = result.at("Leadership|compute|US", "World", "2030")
    assert set(np.unique(draws)) <= {0.0, 1.0}
    found = [rows[0][k] for k in ("p5", "p25", "p50", "p75", "p95", "mean")]
    assert found == pytest.approx([draws.mean()] * 6)


def test_the_dataset_carries_units_names_and_the_numbers(result):
    data = result.to_xarray()
    assert dict(data.sizes)["quarter"] == 44 and dict(data.sizes)["scenario"] == 1
    for variable in data.data_vars.values():
        assert variable.attrs["units"] and variable.attrs["long_name"] and variable.attrs["iamc_variable"]
        spec = result.variables[variable.attrs["iamc_variable"]]
        assert variable.attrs["units"] == spec.unit
        assert variable.dims[:3] == ("scenario", "draw", "quarter")
    stock = next(v for v in data.data_vars.values() if v.attrs["iamc_variable"] == "Compute|Stock")
    regions = stock.attrs["regions"].split(", ")
    assert np.array_equal(stock.values[0, :, :, regions.index("CN")].T, result.values("Compute|Stock", "CN"))


def test_periods_outside_the_run_are_errors(result):
    for period in ("2033Q1", "2021", "2040", "soon"):
        with pytest.raises(UserError):
            result.at("Compute|Stock", "CN", period)
