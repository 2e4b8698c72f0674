"""The printable sheets of the page are made from the documents and load nothing from elsewhere."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "zh-Hans")


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location("make_facilitator", ROOT / "docs" / "make_facilitator.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sheets_of_the_page_are_those_of_the_documents(maker, lang: str):
    shipped = maker.PUBLIC / f"{maker.SHEETS[lang]}.html"
    assert shipped.read_text(encoding="utf-8") == maker.sheet(lang), "run: python docs/make_facilitator.py"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_sheet_has_what_a_leader_needs_and_obeys_the_policy_of_the_server(maker, lang: str):
    text = maker.sheet(lang)
    assert f'<html lang="{lang}">' in text
    assert text.count("<section>") == text.count("</section>") == 11
    assert not re.search(r'style="|<style| on\w+="|https?://', text), (
        "the server allows no inline style or script"
    )
    for name in re.findall(r'(?:src|href)="([\w.-]+\.(?:css|js|html|svg))"', text):
        assert (maker.PUBLIC / name).is_file(), name


def test_both_sheets_have_the_same_parts(maker):
    en, zh = (maker.sheet(lang) for lang in LANGUAGES)
    for tag in ("section", "li", "tr", "td", "h2", "strong"):
        assert en.count(f"<{tag}>") == zh.count(f"<{tag}>"), tag
