"""The page's own words: Chinese has every key of English, with the same holes; beyond it only units and actions."""

import json
import re
from pathlib import Path

import pytest

STRINGS = Path(__file__).parents[2] / "web" / "src" / "strings"
# Keys whose Chinese may hold no Chinese sign: names, formulas, empty joins.
PLAIN = re.compile(
    r"^(app\.name|unit\.|value\.|lever\.unit\.|quantile\.p|share\.python|figure\.tpp|changes\.parameter)"
)


def words(lang: str) -> dict[str, str]:
    return json.loads((STRINGS / f"{lang}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def both() -> tuple[dict[str, str], dict[str, str]]:
    return words("en"), words("zh-Hans")


def test_every_key_stands_in_both(both):
    en, zh = both
    assert set(en) - set(zh) == set()
    assert {k for k in set(zh) - set(en) if not k.startswith(("unit.", "action."))} == set()


def test_holes_are_the_same(both):
    en, zh = both
    for key, text in en.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", zh[key])), key


def test_no_sentence_is_left_in_english(both):
    en, zh = both
    for key, text in zh.items():
        assert not re.search(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b", re.sub(r"countervail serve", "", text)), (
            key
        )
        bare = re.sub(r"\{\w+\}", "", en.get(key, ""))
        if re.search("[A-Za-z]{4,}", bare) and not PLAIN.match(key):
            assert re.search("[\u4e00-\u9fff]", re.sub(r"\{\w+\}", "", text)), key


def test_every_kind_of_measure_and_move_has_a_word(both):
    from countervail.evidence import load

    evidence = load()
    words = {x for m in evidence.measures.values() for x in m.mechanisms} | {
        e.action for e in evidence.timeline
    }
    assert {f"action.{w}" for w in words} <= set(both[1])


def test_every_unit_of_an_outcome_or_lever_has_a_word(both):
    from countervail import api

    units = {x["unit"] for x in [*api.outcomes(), *api.levers()]} - {"1"}
    assert {f"unit.{u}" for u in units} <= set(both[1])
