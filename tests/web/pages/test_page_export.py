"""What can be taken away: pictures, data, files of the run, the command and the snippet."""

import csv
import io
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from tests.web.pages.conftest import settle, slider

import countervail as cv

LAG = "AI|Frontier lag@CN"


def save(page, item: str) -> Path:
    page.locator(f'figure[data-chart="{LAG}"] .menu button').first.click()
    with page.expect_download() as got:
        page.get_by_role("button", name=item).click()
    return Path(got.value.path())


def test_the_data_of_a_chart_are_those_of_the_library(opened):
    page = opened("?set=us_rd_support%3D40%402027Q1")
    rows = list(csv.DictReader(io.StringIO(save(page, "Save the data").read_text())))
    mine = [r for r in rows if r["scenario"] != "status-quo"]
    assert {r["scenario"] for r in mine} == {"status-quo us_rd_support=40@2027Q1"}
    result = cv.run("status-quo", draws=1000, seed=0, until="2032Q4", set=["us_rd_support=40@2027Q1"])
    years, values = result.annual("AI|Frontier lag", "CN")
    from countervail.ensemble import summary

    middle = summary.quantiles(values, (0.5,))[:, 0]
    for row, year, value in zip(mine, years, middle, strict=True):
        assert row["period"] == str(year)
        assert float(row["p50"]) == pytest.approx(float(value), rel=1e-4)


def test_a_picture_is_whole(opened):
    page = opened()
    root = ET.fromstring(save(page, "Save as SVG").read_text())
    texts = [e.text for e in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "Chinese models behind US models" in texts
    assert any(t and t.startswith("countervail 0.") and "status-quo" in t for t in texts)
    assert "var(" not in ET.tostring(root, encoding="unicode")  # colours stand in the file itself


def test_a_png_can_be_saved(opened):
    assert save(opened(), "Save as PNG").read_bytes().startswith(b"\x89PNG")


def test_files_of_the_run_are_served(opened, server):
    page = opened("?set=us_export_fee%3D0.5%402027Q1")
    page.get_by_role("button", name="Export").click()
    kinds = {}
    for link in page.locator(".panel a.item").all():
        href = link.get_attribute("href")
        assert "us_export_fee" in href
        kinds[href.split("?")[0].rsplit("/", 1)[1]] = href
    assert set(kinds) == {"report", "csv", "xlsx", "scenario"}
    answer = page.request.get(server + kinds["scenario"])
    assert answer.ok and "us_export_fee" in answer.text()


def test_the_command_and_the_snippet_name_the_run(opened):
    page = opened()
    slider(page, "cn_power_build").focus()
    page.keyboard.press("End")
    settle(page)
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog")
    assert "--set cn_power_build=3@2027Q1" in dialog.get_by_label("Command line").input_value()
    assert 'set=["cn_power_build=3@2027Q1"]' in dialog.get_by_label("Python").input_value()
    assert f"countervail {cv.__version__}" in dialog.inner_text()
    assert "four significant digits" in dialog.inner_text()
