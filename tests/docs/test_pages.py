"""The generated pages: one for each mechanism, and tables that hold every lever, scenario and command."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from countervail import api

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Return the generated pages by name."""
    spec = importlib.util.spec_from_file_location("build_pages", ROOT / "docs" / "build_pages.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.OUT = tmp_path_factory.mktemp("generated")
    module.main()
    return {str(p.relative_to(module.OUT)): p.read_text(encoding="utf-8") for p in module.OUT.rglob("*.md")}


def mechanisms() -> set[str]:
    files = {p.stem for p in (ROOT / "src/countervail/model/mechanisms").glob("*.py")} - {"__init__"}
    assert files
    return files


def test_each_mechanism_has_its_page(pages):
    for name in mechanisms():
        text = pages[f"mechanisms/{name}.md"]
        assert "<math" in text and "<mo>=</mo>" in text
        assert f"{name}.svg\n" in text
        assert f"`src/countervail/model/mechanisms/{name}.py`" in text
        assert f"({name}.md)" in pages["mechanisms/index.md"]


def test_each_mechanism_has_a_picture_that_shows_an_answer(pages):
    responses = sys.modules["responses"]
    assert set(responses.RESPONSES) == set(mechanisms())
    drawn = responses.parameters()
    for name in ("fabrication", "hbm", "trade"):
        xs, found = responses.curves(name, drawn)
        for low, middle, high in found.values():
            assert len(middle) == len(xs) and np.isfinite([low, middle, high]).all()
            assert (low <= middle).all() and (middle <= high).all() and np.ptp(middle) > 0
    rising, falling = (responses.curves(n, drawn)[1] for n in ("fabrication", "hbm"))
    assert (np.diff(rising[""][1]) > 0).all() and (np.diff(falling["allies as in 2026"][1]) <= 0).all()


def test_the_curve_of_the_fee_rises_up_to_a_point_and_what_is_kept_falls(pages):
    assert "fee-curve.svg" in pages["mechanisms/trade.md"]
    fees, found = sys.modules["responses"].fee_curve()
    taken, kept = (found[name][1] for name in ("the US takes", "NVIDIA keeps in China"))
    assert taken[0] == 0 and taken[-1] > 0 and len(fees) == len(taken)
    assert 0 < taken.argmax() < len(fees) - 1 and (np.diff(taken)[:6] > 0).all()
    assert (np.diff(kept) < 0).all()


def test_a_mechanism_page_shows_equation_priors_and_sources(pages):
    text = pages["mechanisms/fabrication.md"]
    for part in ("softmin", "## Functions", "## Assumptions", "lognormal", "## Sources"):
        assert part in text


def test_the_tables_hold_what_the_program_lists(pages):
    for name, rows in (("levers", api.levers()), ("scenarios", api.scenarios())):
        for row in rows:
            assert f"`{row['id']}`" in pages[f"{name}.md"]
    for row in api.outcomes():
        assert row["variable"].replace("|", "\\|") in pages["outcomes.md"]


def test_every_command_stands_in_the_reference_with_an_example(pages):
    text = pages["commands.md"]
    sections = text.split("\n## ")[1:]
    names = [s.splitlines()[0] for s in sections]
    assert {"countervail run", "countervail compare", "countervail rules check"} <= set(names)
    for name, section in zip(names, sections, strict=True):
        assert f"Example: {name} " in section or f"Example: {name}\n" in section, name
        # The server is no question with an answer: each of its requests takes `as_of` and is answered in JSON.
        if name != "countervail serve":
            assert "--as-of" in section and "--json" in section, name


def test_the_glossary_holds_every_term_in_both_languages(pages):
    from countervail.language import glossary

    text = pages["glossary.md"]
    for term in glossary():
        assert f"| {term['en']} | {term['zh']} |" in text
