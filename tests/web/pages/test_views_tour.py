"""The guided tour: by keyboard, in both languages, skippable, and it leaves the page usable."""

import re

from tests.web.pages.conftest import findings


def title(page) -> str:
    page.wait_for_function("() => document.activeElement?.id === 'tour-title'")
    return page.locator("#tour-title").inner_text()


def test_the_tour_goes_through_its_steps_by_keyboard(opened):
    page = opened()
    page.locator("#take-tour").press("Enter")
    seen = []
    while True:
        step = page.locator(".tour .top p").inner_text()
        seen.append(title(page))
        assert not re.search(r"\{\w+\}", page.locator("#tour-text").inner_text()), "a figure is missing"
        number, total = map(int, re.findall(r"\d+", step))
        if number == total:
            break
        page.keyboard.press("ArrowRight")
        page.wait_for_function("t => document.querySelector('#tour-title')?.textContent !== t", arg=seen[-1])
    assert len(set(seen)) == total
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("t => document.querySelector('#tour-title')?.textContent !== t", arg=seen[-1])
    page.keyboard.press("Escape")
    page.wait_for_selector(".tour", state="detached")
    assert page.evaluate("document.activeElement.id") == "take-tour"
    assert "tour=" not in page.url


def test_a_step_has_an_address_and_brings_the_page_into_its_state(viewed):
    page = viewed("?tour=gate")
    page.wait_for_selector(".tour")
    page.wait_for_url("**set=cn_import_gate**")
    page.wait_for_selector(".outline")
    gate = page.locator("[data-lever=cn_import_gate]").bounding_box()
    outline = page.locator(".outline").bounding_box()
    assert outline["x"] < gate["x"] < gate["x"] + gate["width"] < outline["x"] + outline["width"]
    page.locator("[data-lever=cn_import_gate] input").focus()  # the page stays usable
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Skip the tour").last.click()
    page.wait_for_selector(".tour", state="detached")


def test_the_tour_speaks_chinese(viewed):
    page = viewed("?tour=article&lang=zh-Hans")
    assert re.search(r"[\u4e00-\u9fff]{2}", title(page))
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"


def test_axe_finds_nothing(viewed):
    for width, scheme in ((1440, "dark"), (390, "light")):
        page = viewed("?tour=evidence", width=width, color_scheme=scheme)
        title(page)
        page.wait_for_selector("#claims")
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_english_is_left_in_the_words_of_the_chinese_page(viewed):
    """Words of the page, not of law texts and names, which stay as they are written."""
    page = viewed("?view=rules&lang=zh-Hans")
    page.wait_for_selector("#verdict")
    words = page.locator("h1, nav a, label, legend, thead th, section > h2").all_inner_texts()
    assert words
    english = [w for w in words if w.strip() and not re.search(r"[\u4e00-\u9fff]", w)]
    assert [w for w in english if w not in ("TPP", "countervail")] == []
