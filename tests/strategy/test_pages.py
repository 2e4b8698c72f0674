"""The committed pages have the structure that the script gives; their numbers belong to their own run."""

import re
from pathlib import Path

import pytest

from countervail.strategy.contested import questions
from countervail.strategy.pages import percent, write_pages

DOCS = Path(__file__).parent.parent.parent / "docs" / "model"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    write_pages(folder, draws=128, balance_draws=128)
    return folder


def headings(text: str) -> list[str]:
    """Return headings, anchors, table heads and what list items are about."""
    found = re.findall(r"^(?:#.*|\(.*\)=|- [\w ']+(?=[:,]))", text, re.M)
    tables = re.findall(r"^(\|.*\|)\n\|-", text, re.M)
    return found + tables


@pytest.mark.parametrize("name", ["contested.md", "balance.md"])
def test_a_page_is_up_to_date_in_structure(pages, name):
    kept = (DOCS / name).read_text(encoding="utf-8")
    assert headings(kept) == headings((pages / name).read_text(encoding="utf-8"))
    assert re.search(r"Made by .* with countervail \S+, [\d,]+ draws, seed \d+", kept)


def test_every_question_has_its_row_and_its_section(pages):
    text = (DOCS / "contested.md").read_text(encoding="utf-8")
    for q in questions():
        assert f"[{q['id']}](#{q['id']})" in text
        assert f"({q['id']})=\n## {q['question']}" in text


def test_shares_never_round_to_all_or_nothing():
    assert [percent(x) for x in (0, 0.001, 0.5, 0.999, 1)] == ["0%", "<1%", "50%", ">99%", "100%"]
