"""What others open: pyam the csv, xarray the NetCDF, a spreadsheet the workbook."""

import csv
import warnings
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import xarray as xr

from countervail.ensemble import Result
from countervail.report import tables
from countervail.report.netcdf import contents, variable_name
from countervail.report.sheets import Sheet, save
from countervail.report.xlsx import SHEETS


def test_pyam_opens_the_table(written: dict[str, Path], several: list[Result]):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries that pyam loads
        import pyam

        frame = pyam.IamDataFrame(str(written["outcomes.csv"]))
        assert set(frame.scenario) == {"status-quo", "article", "full-denial"}
        picked = frame.filter(
            scenario="full-denial",
            variable="Compute|Stock",
            region="CN",
            subannual="Year",
            quantile="p50",
            year=2028,
        )
        found = float(picked.data["value"].iloc[0])
        assert list(picked.unit) == ["H100e"]
    expected = np.median(several[2].at("Compute|Stock", "CN", "2028"))
    assert found == pytest.approx(expected, rel=1e-5)


def test_all_periods_give_every_quarter_of_every_outcome(single: list[Result], tmp_path: Path):
    tables.write_csv(single, tmp_path / "a.csv", "all")
    with (tmp_path / "a.csv").open() as file:
        rows = [r for r in csv.DictReader(file) if r["variable"] == "Supply|Yield"]
    assert {r["subannual"] for r in rows} == {"Year", "Q1", "Q2", "Q3", "Q4"}
    assert len(rows) == 5 * 5 * 6  # years, parts of a year, quantiles and mean


def test_xarray_opens_the_numbers_with_units(written: dict[str, Path], several: list[Result]):
    with xr.open_dataset(written["result.nc"]) as data:
        assert all(v.attrs["units"] and v.attrs["long_name"] for v in data.data_vars.values())
        assert list(data.scenario.values) == [r.scenario.id for r in several]
        stock = data["Compute__Stock"].sel(scenario="article", region="CN", quarter="2028Q4")
        assert stock.attrs["units"] == "H100e"
        assert np.array_equal(stock.values, several[1].at("Compute|Stock", "CN", "2028Q4"))
        ranges = data["Chips__Revenue__NVIDIA__quantiles"].sel(region="World", scenario="status-quo")
        assert ranges.values == pytest.approx(several[0].quantiles("Chips|Revenue|NVIDIA", "World"), rel=1e-6)
        assert np.isnan(data["Compute__Stock"].sel(region="US to CN")).all()
        for spec in several[0].variables.values():
            assert f"{variable_name(spec.variable)}__quantiles" in data


def test_large_runs_keep_only_the_draws_that_fit(several: list[Result], tmp_path: Path, monkeypatch):
    from countervail.report import netcdf

    monkeypatch.setattr(netcdf, "MOST_CELLS", 50_000)
    data = contents(several)
    assert 0 < len(data.coords["draw"].values) < 64
    assert data.about["draws"] == 64
    monkeypatch.setattr(netcdf, "MOST_CELLS", 10)
    netcdf.write(several, tmp_path / "a.nc")
    with xr.open_dataset(tmp_path / "a.nc") as opened:
        assert "draw" not in opened.dims
        assert "Compute__Stock__quantiles" in opened


def test_the_workbook_has_its_sheets(written: dict[str, Path], several: list[Result]):
    book = openpyxl.load_workbook(written["outcomes.xlsx"], read_only=True)
    assert tuple(book.sheetnames) == SHEETS
    rows = {name: list(book[name].iter_rows(values_only=True)) for name in SHEETS}
    head = rows["outcomes"][0]
    row = next(
        r for r in rows["outcomes"] if r[:5] == ("status-quo", "Compute|Stock", "CN", "H100e", "median")
    )
    assert row[head.index("2028")] == pytest.approx(
        np.median(several[0].at("Compute|Stock", "CN", "2028")), rel=1e-5
    )
    change = several[2].at("Compute|Stock", "CN", "2028") - several[0].at("Compute|Stock", "CN", "2028")
    row = next(
        r for r in rows["differences"] if r[:5] == ("full-denial", "Compute|Stock", "CN", "H100e", "median")
    )
    assert row[head.index("2028")] == pytest.approx(np.median(change), rel=1e-4)
    kinds = {r[0] for r in rows["sources and assumptions"]}
    assert {"assumption", "prior", "measure", "chip", "source"} <= kinds
    assert any(r[:1] == ("us_export_fee",) for r in rows["levers and measures"])
    book.close()


def test_one_scenario_has_no_differences(single: list[Result], tmp_path: Path):
    from countervail.report import xlsx

    xlsx.write(single, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx", read_only=True)["differences"]
    assert "nothing to compare" in list(sheet.iter_rows(values_only=True))[1][0]


def test_cells_hold_what_was_put_in(tmp_path: Path):
    odd = 'a <b> & "c"\x01 \u534e\u4e3a =SUM(1)'
    save(
        [Sheet("one", [["#head", "x"], [odd, 1.5, 7, True, None, ["a", "b"], float("nan")]])],
        tmp_path / "a.xlsx",
    )
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["one"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:2] == ("head", "x")
    assert rows[1] == (odd.replace("\x01", " "), 1.5, 7, True, None, "a, b", None)
    assert sheet["A1"].font.bold
    assert sheet["A2"].data_type == "s"
