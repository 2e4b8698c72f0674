"""The report in Chinese: the same numbers, whole, and no English left but names."""

import re
from html import unescape

import pytest

from countervail.ensemble import Result
from countervail.report import html, write
from countervail.report.html import Page


@pytest.fixture(scope="module")
def chinese(several: list[Result]) -> Page:
    return html.page(several, lang="zh-Hans")


def bare(text: str) -> list[str]:
    """Return the words of a page, those of sources and of how it was made left out."""
    text = re.sub(r"<(style|script|code|pre)>.*?</\1>", " ", text, flags=re.S)
    text = re.sub(r'<div class="equations" lang="en">.*?</div></div>', " ", text, flags=re.S)
    text = re.sub(r'<section id="(?:sources|made)">.*?</section>', " ", text, flags=re.S)
    text = re.sub(r'<a href="#src-.*?</dd>|<td>(?:<a href="#src|[\w, ]*</td>).*?</tr>', " ", text)
    labels = re.findall(r'aria-label="([^"]*)"', text)
    return [unescape(t).strip() for t in [*re.split(r"<[^>]*>", text), *labels] if t.strip()]


def test_the_page_says_its_language(chinese: Page, page: Page):
    assert '<html lang="zh-Hans">' in chinese.text
    assert '<html lang="en">' in page.text


def test_no_sentence_is_left_in_english(chinese: Page):
    left = [t for t in bare(chinese.text) if re.search(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b", t)]
    assert not left


def test_headings_and_cells_are_chinese(chinese: Page):
    for tag in ("h1", "h2", "h3", "caption", "figcaption", "dt", "summary"):
        for said in re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", chinese.text, re.S):
            plain = re.sub(r"<[^>]*>", "", said)
            assert re.search("[\u4e00-\u9fff]", plain), (tag, plain)


def test_the_numbers_are_the_same_in_both_languages(chinese: Page, page: Page):
    for a, b in zip(page.figures, chinese.figures, strict=True):
        assert a.id == b.id
        assert a.inside == b.inside
        assert len(a.table[1]) == len(b.table[1])
        points = [re.findall(r'points="([^"]*)"', f.svg) for f in (a, b)]
        assert points[0] == points[1]
    assert len(page.sentences) == len(chinese.sentences)
    for a, b in zip(page.sentences, chinese.sentences, strict=True):
        assert sorted(shares(a)) == sorted(shares(b)), a


def shares(text: str) -> list[str]:
    return [x for x in re.findall(r"(?<![\d.])\d+%", text) if x not in ("1%", "99%")]


def test_ids_structure_and_links_are_the_same(chinese: Page, page: Page):
    for pattern in (r'\bid="([^"]*)"', r'href="([^"]*)"', r"<(\w+)[ >]"):
        assert re.findall(pattern, chinese.text).count("") == 0
    assert re.findall(r'\bid="([^"]*)"', chinese.text) == re.findall(r'\bid="([^"]*)"', page.text)
    assert set(re.findall(r'href="([^"]*)"', chinese.text)) == set(re.findall(r'href="([^"]*)"', page.text))


def test_data_files_are_the_same_in_every_language(several: list[Result], written, tmp_path):
    made = write(several, tmp_path / "zh", lang="zh-Hans")
    for name in ("outcomes.csv", "outcomes.xlsx"):
        if name.endswith("csv"):
            assert made[name].read_bytes() == written[name].read_bytes()
    assert 'lang="zh-Hans"' in made["report.html"].read_text(encoding="utf-8")
