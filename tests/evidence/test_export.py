"""The export is a Frictionless data package, and the JSON Schemas are current."""

import csv
import json
from datetime import date

import pytest

from countervail.errors import UserError
from countervail.evidence import load
from countervail.evidence.export import export
from countervail.evidence.schemas import SCHEMA_DIR, TABLES, schema_text


@pytest.mark.filterwarnings("ignore")
def test_frictionless_accepts_the_package(tmp_path):
    frictionless = pytest.importorskip("frictionless")
    path = export(load(), tmp_path / "package")
    report = frictionless.Package(str(path)).validate()
    assert report.valid, report.flatten(["type", "title", "message"])[:5]


def test_the_package_names_licence_sources_and_types(tmp_path):
    path = export(load(), tmp_path)
    package = json.loads(path.read_text(encoding="utf-8"))
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert len(package["sources"]) > 300
    chips = next(x for x in package["resources"] if x["name"] == "accelerators")
    types = {f["name"]: f["type"] for f in chips["schema"]["fields"]}
    assert types["tpp"] == "number"
    assert types["announced"] == "date"
    assert types["designed_for_datacentre"] == "boolean"
    with open(tmp_path / "accelerators.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 114
    assert next(r for r in rows if r["id"] == "nvidia-h200-sxm")["tpp"] == "15832.0"


def test_an_earlier_package_says_its_date(tmp_path):
    path = export(load(as_of=date(2024, 12, 31)), tmp_path)
    assert json.loads(path.read_text(encoding="utf-8"))["as_of"] == "2024-12-31"
    assert "us-2026-01-h200-rule" not in (tmp_path / "measures.csv").read_text(encoding="utf-8")


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path):
    (tmp_path / "x").write_text("")
    with pytest.raises(UserError, match="is a file, a folder is expected"):
        export(load(), tmp_path / "x")


@pytest.mark.parametrize("table", sorted(TABLES))
def test_the_schema_files_are_current(table):
    path = SCHEMA_DIR / f"{table}.json"
    assert path.read_text(encoding="utf-8") == schema_text(table), (
        "run python -m countervail.evidence.schemas"
    )
