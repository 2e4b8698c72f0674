"""The picture and the table of the rules are made from the data."""

import importlib.util
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

from countervail.rules.outcome import OUTCOMES
from countervail.rules.picture import SHORT, lines, timeline_svg
from countervail.rules.regime import Regime

DOCS = Path(__file__).parents[2] / "docs"


def test_the_shipped_picture_is_the_one_the_data_give() -> None:
    spec = importlib.util.spec_from_file_location("rules_picture", DOCS / "rules_picture.py")
    assert spec and spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.PICTURE.read_text(encoding="utf-8") == script.drawing(), "run python docs/rules_picture.py"


def test_the_picture_follows_the_regime() -> None:
    ended = Regime.load().ending("us-2025-04-h20-letters", date(2025, 8, 1))
    assert timeline_svg(["H20"], regime=ended) != timeline_svg(["H20"])
    root = ElementTree.fromstring(timeline_svg(["H20", "A100"], "CN"))
    assert root.tag.endswith("svg")


def test_every_word_has_a_colour() -> None:
    assert set(SHORT) == set(OUTCOMES)
    assert len({colour for _, colour in SHORT.values()}) == len(SHORT)


def test_the_table_holds_every_line_with_its_source() -> None:
    found = lines()
    assert len(found) > 45
    assert all(line.source and line.clause for line in found)
    h200 = {(x.label, x.value) for x in found if x.measure == "us-2026-01-h200-rule"}
    assert ("TPP", 21000) in h200 and ("total DRAM bandwidth", 6500) in h200
