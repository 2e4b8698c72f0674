"""Chips, evidence and model: filters and sorting live in the address, every number leads to what it rests on."""

import re

import pytest
from tests.web.pages.conftest import assert_clean, settle


def texts(page, selector: str) -> list[str]:
    return [" ".join(x.split()) for x in page.locator(selector).all_inner_texts()]


def test_chips_are_filtered_and_sorted_in_the_address(viewed):
    page = viewed("?view=chips")
    page.wait_for_selector("tbody tr")
    everything = page.locator("tbody tr").count()
    page.get_by_label("Country of the designer").select_option("CN")
    page.get_by_role("button", name="TPP", exact=True).click()
    page.wait_for_url("**sort=-tpp**")
    rows = [float(x.replace(",", "").rstrip("*")) for x in texts(page, "tbody tr td:nth-child(6)") if x]
    assert len(rows) < everything
    assert rows == sorted(rows, reverse=True)
    page.reload()
    page.wait_for_selector("tbody tr")
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("TPP")
    assert page.get_by_label("Country of the designer").input_value() == "CN"


def test_a_figure_opens_its_sources_and_confidence(viewed):
    page = viewed("?view=chips&chip=huawei-ascend-910c")
    page.get_by_role("button", name="Sources of Memory bandwidth, GB/s").click()
    dialog = page.get_by_role("dialog")
    told = dialog.inner_text()
    assert "3,200" in told
    assert "medium" in told
    assert "1,600 to 3,200" in told
    dialog.get_by_role("link", name="huawei_2").click()
    page.wait_for_url("**source=huawei_2**")
    page.wait_for_selector("text=things rest on it")
    assert page.get_by_role("link", name="Huawei Ascend 910C").count()


def test_parts_are_compared_side_by_side(viewed):
    page = viewed("?view=chips")
    page.get_by_label("Search").fill("h200")
    page.get_by_label(re.compile("^Compare NVIDIA H200")).check()
    page.get_by_label("Search").fill("910c")
    page.get_by_label(re.compile("^Compare Huawei Ascend 910C")).check()
    page.get_by_role("link", name="Compare 2 parts").click()
    page.wait_for_selector("button.figure")
    assert page.get_by_role("button", name=re.compile("NVIDIA H200.*TPP: 15,832")).is_visible()
    widths = {round(b.bounding_box()["width"]) for b in page.locator("button.figure").all()}
    assert len(widths) == 1, "bars compare across columns"
    page.get_by_role("button", name=re.compile("Take out NVIDIA H200")).click()
    assert page.get_by_role("button", name=re.compile("NVIDIA H200.*TPP")).count() == 0


def test_the_plot_takes_its_axes_from_the_address(viewed):
    page = viewed("?view=chips&tab=plot&x=tdp_w&y=tpp")
    page.wait_for_selector("svg path")
    box = page.get_by_role("listbox")
    box.focus()
    box.press("Home")
    assert "Power, W" in page.locator(".tip").inner_text()
    page.get_by_label("Horizontal axis").select_option("release_quarter")
    page.wait_for_url("**x=release_quarter**")


def test_one_search_finds_all_kinds_of_things(viewed):
    page = viewed("?view=evidence")
    page.get_by_label(re.compile("^Search chips")).fill("H200")
    page.wait_for_selector("section[aria-label=Parameters]")
    for kind in ("Chips", "Measures", "Claims", "Moves", "Sources"):
        assert page.locator(f"section[aria-label={kind}] a").count(), kind
    page.locator("section[aria-label=Chips] a").first.click()
    page.wait_for_url("**view=chips**chip=**")


def test_moves_of_both_sides_are_read_by_keyboard(viewed):
    page = viewed("?view=evidence&from=2025")
    page.wait_for_selector("rect.mark.hollow")
    above = page.locator(".mark.US").first.bounding_box()["y"]
    below = page.locator(".mark.CN").first.bounding_box()["y"]
    assert above < below
    box = page.get_by_role("listbox")
    box.focus()
    box.press("Home")
    first = page.locator(".told").inner_text()
    box.press("ArrowRight")
    assert page.locator(".told").inner_text() != first
    page.get_by_label("Side").select_option("CN")
    assert page.locator(".mark.US").count() == 0


def test_claims_show_both_verdicts_and_their_figures(viewed):
    page = viewed("?view=evidence&tab=claims&claim=article-4p8-tbs")
    page.wait_for_selector("#article-4p8-tbs table a")
    told = page.locator("#article-4p8-tbs").inner_text()
    assert told.count("contradicted") >= 3
    page.get_by_role("button", name="supported", exact=True).click()
    page.wait_for_url("**verdict=supported**")
    assert page.locator("#article-4p8-tbs").count() == 0


def test_measures_are_filtered_and_open_their_lines(viewed):
    page = viewed("?view=evidence&tab=measures&side=US&state=proposed")
    page.wait_for_selector("tbody tr")
    assert set(texts(page, "tbody tr td:nth-child(4)")) == {"US"}
    page.get_by_label("Status").select_option("inforce")
    page.locator("tbody a", has_text="Revision to License Review Policy").click()
    page.wait_for_selector("text=Lines it draws")
    assert "21,000" in page.locator("main").inner_text()


def test_from_a_number_of_the_simulator_to_mechanism_parameter_and_source(opened):
    page = opened()
    card = page.locator("figure[data-chart]").first
    card.get_by_role("button", name="What this rests on").click()
    page.get_by_role("dialog").locator("a[href*='view=model']").first.click()
    page.wait_for_selector("math")
    assert page.locator("article[id]").count()
    source = page.locator("article[id] a[href*='source=']").first
    key = source.inner_text()
    source.click()
    page.wait_for_url(f"**source={key}**")
    page.wait_for_selector("text=things rest on it")
    assert page.locator("a[href*='view=model']").count(), "the way back to the parameter"


def test_a_value_of_a_parameter_moves_the_simulator(viewed):
    page = viewed("?view=model&mechanism=fabrication&parameter=fabrication.learning_rate")
    article = page.locator("[id='fabrication.learning_rate']")
    article.get_by_label("Own value or range").fill("7")
    article.get_by_label("Own value or range").press("Tab")
    assert "0.9" in article.get_by_role("status").inner_text()
    assert "set=" not in page.url
    article.get_by_label("Own value or range").fill("0.28")
    article.get_by_label("Own value or range").press("Tab")
    page.wait_for_url("**set=fabrication.learning_rate%3D0.28**")
    page.get_by_role("link", name="See the effect in the simulator").click()
    page.wait_for_selector("figure path.median")
    settle(page)
    assert "0.28" in page.locator("main").inner_text()


def test_a_range_of_a_parameter_goes_into_the_address(viewed):
    page = viewed("?view=model&mechanism=fabrication&parameter=fabrication.learning_rate")
    article = page.locator("[id='fabrication.learning_rate']")
    article.get_by_label("Own value or range").fill("0.1..0.3")
    article.get_by_label("Own value or range").press("Tab")
    page.wait_for_url("**set=fabrication.learning_rate%3D0.1..0.3**")
    assert article.locator("line.own").count() == 2


def test_back_from_a_value_brings_back_the_numbers_without_it(opened):
    page = opened()
    before = page.locator(".say").inner_text()
    page.get_by_role("link", name="Model", exact=True).click()
    page.get_by_role("link", name="Demand for accelerators").click()
    box = page.locator("[id='demand.cn_growth_after']").get_by_label("Own value or range")
    box.fill("0.6")
    box.press("Tab")
    page.wait_for_url("**set=demand.cn_growth_after**")
    page.wait_for_timeout(300)
    page.get_by_role("link", name="Simulator", exact=True).click()
    settle(page)
    page.wait_for_function("t => document.querySelector('.say').innerText !== t", arg=before)
    for _ in range(3):
        page.go_back()
    page.wait_for_selector("figure path.median")
    page.wait_for_function("t => document.querySelector('.say').innerText === t", arg=before)


def test_the_response_to_a_parameter_is_drawn(viewed):
    page = viewed("?view=model&mechanism=power")
    page.wait_for_selector("article[id]")
    page.get_by_role("button", name="Response").first.click()
    page.wait_for_selector(".response circle")
    assert page.locator(".response circle").count() == 5


def test_backtests_name_series_and_cutoffs(viewed):
    page = viewed("?view=model&tab=backtest")
    page.wait_for_selector("#series", timeout=60_000)
    told = page.locator("main").inner_text()
    assert all(c in told for c in ("2023Q4", "2024Q2", "2024Q4"))
    page.locator("#series ~ .scroll a").first.click()
    page.wait_for_url("**series=**")
    page.wait_for_selector("tbody tr")


def test_parameters_sort_by_what_history_taught(viewed):
    page = viewed("?view=model&tab=parameters&which=taught")
    page.wait_for_selector("tbody tr")
    shares = [int(x.rstrip("%")) for x in texts(page, "tbody tr td:nth-child(5)")]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0


VIEWS = {  # with few rows each: axe looks at every one
    "chips": ("?view=chips&q=h200", "tbody tr"),
    "plot": ("?view=chips&tab=plot", "svg path"),
    "compare": ("?view=chips&tab=compare&compare=nvidia-h200-sxm,huawei-ascend-910c", "button.figure"),
    "chip": ("?view=chips&chip=nvidia-h20-96gb", "#figures"),
    "moves": ("?view=evidence&from=2025&side=US", "rect.mark"),
    "measures": ("?view=evidence&tab=measures&about=quota", "tbody tr"),
    "measure": ("?view=evidence&measure=cn-h200-conditional-approval-2026", "text=Clauses"),
    "claims": (
        "?view=evidence&tab=claims&claim=article-4p8-tbs&verdict=contradicted",
        "#article-4p8-tbs table",
    ),
    "alliances": ("?view=evidence&tab=alliances", ".cards li"),
    "sources": ("?view=evidence&tab=sources&find=rule", "tbody tr"),
    "source": ("?view=evidence&source=fr_2026_01", "text=things rest on it"),
    "search": ("?view=evidence&q=h20", "section[aria-label=Chips]"),
    "mechanisms": ("?view=model", ".cards li"),
    "mechanism": ("?view=model&mechanism=retirement", "article[id]"),
    "parameters": ("?view=model&tab=parameters&find=share", "tbody tr"),
    "backtest": ("?view=model&tab=backtest", "#series"),
}


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(viewed, view):
    query, there = VIEWS[view]
    page = viewed(query)
    page.wait_for_selector(there, timeout=60_000)
    assert_clean(page)
