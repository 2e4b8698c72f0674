"""The report is one file, readable by everybody, and hides nothing."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources

import pytest

from countervail.ensemble import Result
from countervail.report import charts, html
from countervail.report.html import Page

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}


class Reader(HTMLParser):
    """Collects tags, checks that they close."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def reader(page: Page) -> Reader:
    return read(page.text)


def test_nothing_is_loaded_from_anywhere(page: Page, reader: Reader):
    for tag, attributes in reader.tags:
        assert tag not in ("img", "iframe", "object", "embed", "link", "base", "form")
        assert not {"src", "srcset", "data", "xlink:href", "background", "action"} & attributes.keys(), tag
        if "href" in attributes:
            assert tag == "a"
            assert re.match(r"#|https?://", attributes["href"])
    for part in re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", page.text, re.S):
        assert not re.search(r"url\(|@import|https?:|fetch|XMLHttp|import\(", part)


def test_ids_are_unique_and_links_lead_somewhere(reader: Reader):
    ids = [a["id"] for _, a in reader.tags if "id" in a]
    assert len(ids) == len(set(ids))
    inner = {a["href"][1:] for _, a in reader.tags if a.get("href", "").startswith("#")}
    assert inner
    assert inner - set(ids) == set()


def test_headings_are_in_order(reader: Reader):
    levels = [int(tag[1]) for tag, _ in reader.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(levels[:-1], levels[1:], strict=True))


def test_pictures_speak_to_those_who_do_not_see_them(reader: Reader):
    pictures = [a for tag, a in reader.tags if tag == "svg"]
    assert len(pictures) > 25
    assert all(a["role"] == "img" and len(a["aria-label"]) > 20 for a in pictures)
    headers = [a for tag, a in reader.tags if tag == "th"]
    assert all(a.get("scope") in ("row", "col") for a in headers)
    assert next(a for tag, a in reader.tags if tag == "html")["lang"] == "en"


def test_every_chart_has_its_reasons_and_its_numbers(page: Page):
    wanted = [c["id"] for part in charts.table()["sections"] for c in part["charts"]]
    assert [f.id for f in page.figures] == wanted
    for f in page.figures:
        block = re.search(rf'<figure class="card" id="fig-{f.id}">(.*?)</figure>', page.text, re.S)
        assert block
        assert '<details class="why">' in block[1]
        assert '<details class="data">' in block[1]
        assert f.why.mechanisms
        for m in f.why.mechanisms:
            assert f'href="#m-{m.id}"' in block[1]
            assert len(m.first) > 20
        assert sum(f.why.counts.values()) > 0
        assert f.why.sources
        assert len(f.table[1]) == 7  # 2022 to 2028


def test_the_parts_the_reader_is_promised_are_there(reader: Reader, several: list[Result]):
    ids = {a["id"] for _, a in reader.tags if "id" in a}
    assert {
        "summary",
        "differences",
        "leads",
        "bases",
        "measures",
        "beliefs",
        "weaknesses",
        "sources",
        "made",
    } <= ids
    for r in several:
        assert r.scenario.title in reader.text
    for words in (
        "64 draws, seed 0",
        "1,979 trillion operations",
        "Memory bandwidth",
        "No tested elasticity of military power to compute exists",
        "never a forecast of war",
        "Expiries on which status-quo and current-law differ",
        "stays suspended",
        "as known on 2025-12-31",
        "extrapolated",
    ):
        assert words in reader.text, words


def test_it_speaks_of_shares_of_draws_and_never_of_the_probability_of_a_win(reader: Reader):
    text = reader.text.lower()
    assert "share of draws" in text
    assert not re.search(
        r"(probability|probabilities) (that|of) (the )?(us|u\.s\.|china|either side|united states)", text
    )
    assert not re.search(r"\b(china|us|united states|america) (wins|will win|is winning|loses)\b", text)
    assert "\u2014" not in text


def test_knowledge_is_told_from_policy(page: Page, single: list[Result]):
    assert any("Not like with like: article" in s for s in page.sentences)
    assert not any("Not like with like" in s for s in html.page(single).sentences)


def test_text_of_a_scenario_cannot_become_markup(single: list[Result]):
    nasty = replace(single[0].scenario, title="<script>alert(1)</script> & co", summary='"><img src=x>')
    text = html.page([replace(single[0], scenario=nasty)]).text
    assert "<script>alert" not in text
    assert "<img" not in text
    read(text)


def test_one_scenario_without_differences_is_a_whole_page(single: list[Result]):
    made = html.page(single)
    reader = read(made.text)
    ids = {a["id"] for _, a in reader.tags if "id" in a}
    assert "differences" not in ids
    assert "summary" in ids


def test_a_run_too_large_to_hold_says_on_how_many_draws_its_charts_rest(single: list[Result]):
    large = replace(single[0], draws=50_000, streamed=single[0].summary())
    text = html.page([large]).text
    assert "50,000 draws, seed 0" in text
    assert "Charts and differences rest on the first 64 draws." in text
    assert "Charts and differences rest" not in html.page(single).text


def test_observed_points_after_the_date_of_knowledge_are_marked(several: list[Result]):
    article = next(r for r in several if r.scenario.id == "article")
    early = replace(article, as_of="2024-06-30")
    figure = next(f for f in html.page([early]).figures if f.id == "nvidia")
    assert 'class="seen late"' in figure.svg
    assert 'class="seen"' in figure.svg


def themes() -> list[dict[str, str]]:
    css = (resources.files("countervail.report") / "templates" / "style.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", css, re.S)[:2]
    named = [dict(re.findall(r"--([\w]+): (#[0-9a-f]{6})", part)) for part in (light, dark)]
    return [named[0], named[0] | named[1]]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", themes(), ids=["light", "dark"])
def test_contrast_is_enough(theme: dict[str, str]):
    for ground in ("page", "card", "ext"):
        for ink in ("ink", "soft", "link"):
            assert contrast(theme[ink], theme[ground]) >= 4.5, (ink, ground)
    for mark in ("s0", "s1", "s2", "s3", "s4", "s5", "us", "cn", "seen"):
        assert contrast(theme[mark], theme["card"]) >= 3, mark


def test_one_draw_of_one_year_is_a_whole_page(single: list[Result]):
    base = single[0]
    scenario = replace(base.scenario, until="2022Q4")
    small = replace(
        base,
        scenario=scenario,
        until="2022Q4",
        draws=1,
        rows=base.rows[:4, :, :1],
        layer=None,
        parameters=base.parameters[:, :1],
        cache={},
    )
    made = html.page([small])
    read(made.text)
    assert not re.search(r"\bnan\b", made.text)
    assert not re.search(r"[> (]n/a", made.text)


def test_long_names_of_scenarios_fit_beside_the_axis(several: list[Result]):
    long = replace(several[1], scenario=replace(several[1].scenario, id="a-scenario-with-quite-a-long-name"))
    text = html.page([several[0], long]).text
    assert "a-scenario-wi.. 2028" in text


def test_every_headline_outcome_says_what_its_range_comes_from(page: Page):
    part = page.text[page.text.index('<section id="ranges">') :]
    part = part[: part.index("</section>")]
    for words in (
        "structural switches",
        "paths from outside",
        "other parameters",
        "discrepancy",
        "pick and freeze",
    ):
        assert words in part
    assert len(re.findall(r"<tr><th scope=\"row\">", part)) >= 11
    for bar in re.findall(r'<td class="bar" aria-hidden="true">(.*?)</td>', part):
        assert sum(float(w) for w in re.findall(r"width:([\d.]+)%", bar)) <= 100.5


def test_charts_say_whether_their_ranges_hold_the_discrepancy(page: Page):
    held = {f.id: f.held for f in page.figures}
    assert held["stock"] == held["nvidia"] == "chart.predictive"
    assert held["lag"] == held["sovereignty-cn"] == "chart.simulated"
    assert held["binding"] == ""
