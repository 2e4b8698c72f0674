"""Everybody can use it: by keyboard, on a phone, in the dark, with a screen reader, on paper."""

import json

import pytest
from tests.web.pages.conftest import findings, settle, slider

LAG = "AI|Frontier lag@CN"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(opened, scheme, width):
    page = opened("?against=self-reliance&set=us_export_fee%3D0.5%402027Q1", width=width, color_scheme=scheme)
    if width == 390:
        page.get_by_role("button", name="Levers").click()
    else:
        page.locator('[data-lever="us_export_fee"] button').first.click()
        page.get_by_text("Weights of the last row").click()
    assert findings(page) == []


def test_axe_finds_nothing_in_the_dialogs(opened):
    page = opened("?set=us_export_fee%3D0.5%402027Q1")
    page.get_by_role("button", name="Share", exact=True).click()
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add a chart").click()
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.locator(f'figure[data-chart="{LAG}"] .menu button').first.click()
    assert findings(page) == []
    page.keyboard.press("Escape")
    foot = page.locator(f'figure[data-chart="{LAG}"] .foot')
    foot.get_by_role("button", name="What this rests on").click()
    assert findings(page) == []
    page.keyboard.press("Escape")
    foot.get_by_role("button", name="Why did this change?").click()
    page.wait_for_selector("dialog li svg")
    assert findings(page) == []


def test_everything_is_reached_by_keyboard(opened):
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    seen = set()
    for _ in range(200):
        page.keyboard.press("Tab")
        name = page.evaluate(
            """() => { const e = document.activeElement
              return e.closest('[data-lever]')?.dataset.lever ?? e.closest('figure')?.dataset.chart
                ?? e.getAttribute('aria-label') ?? e.textContent.trim() }"""
        )
        seen.add(name)
    assert {"us_tpp_ceiling", "cn_power_build", LAG, "Share", "Export", "Add a chart"} <= seen


def test_a_lever_and_a_chart_answer_to_arrows(opened):
    page = opened()
    slider(page, "us_enforcement").focus()
    page.keyboard.press("ArrowRight")
    settle(page)
    assert slider(page, "us_enforcement").get_attribute("aria-valuetext") == "1.1"
    reader = page.locator(f'figure[data-chart="{LAG}"] [role=slider]')
    reader.focus()
    assert reader.get_attribute("aria-valuetext").startswith("2032: ")
    page.keyboard.press("ArrowLeft")
    assert reader.get_attribute("aria-valuetext").startswith("2031: ")
    assert page.locator(".out").count() == 1


def test_dialogs_open_and_close_by_keyboard_and_give_the_focus_back(opened):
    page = opened()
    page.get_by_role("button", name="Share", exact=True).focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("dialog").count() == 1
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    assert page.evaluate("document.activeElement.textContent.trim()") == "Share"
    page.keyboard.press("?")
    assert "How to read" in page.get_by_role("dialog").inner_text()


def test_a_phone_has_charts_first_and_levers_in_a_sheet(opened):
    page = opened(width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("figure").first.bounding_box()["y"] < 500
    page.get_by_role("button", name="Levers").click()
    page.get_by_role("button", name="China", exact=True).click()
    target = slider(page, "cn_import_gate")
    target.focus()
    page.keyboard.press("End")
    settle(page)
    assert "cn_import_gate=1@2027Q1" in page.url.replace("%3D", "=").replace("%40", "@")
    assert page.locator("figure").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("width", [768, 1024, 1280, 2560])
def test_no_width_scrolls_sideways(opened, width):
    page = opened(width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_dark_and_light(opened):
    page = opened(color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.get_by_role("button", name="Colours").click()
    page.get_by_role("button", name="Light").click()
    light = page.evaluate(ground)
    assert sum(json.loads(light[3:].replace("(", "[").replace(")", "]"))) > 700
    assert dark != light
    page.reload()
    page.wait_for_selector("figure path.median")
    assert page.evaluate(ground) == light


def test_charts_speak(opened):
    page = opened()
    label = page.locator(f'figure[data-chart="{LAG}"] svg[role=img]').last.get_attribute("aria-label")
    assert "Chinese models behind US models" in label and "2032: " in label and " to " in label
    assert page.locator(f'figure[data-chart="{LAG}"] table tbody tr').count() == 11


def test_targets_are_large_enough(opened):
    page = opened(width=390, height=844)
    page.get_by_role("button", name="Levers").click()
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, select, input, summary, a')].filter((e) => {
          const box = e.getBoundingClientRect()
          return e.checkVisibility() && !e.closest('.hidden, .skip') && !e.classList.contains('skip')
            && box.width > 0 && (box.width < 24 || box.height < 24)
        }).map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_paper_shows_charts_and_no_controls(opened):
    page = opened()
    page.emulate_media(media="print")
    assert page.locator("figure").first.is_visible()
    assert not page.locator("#levers").is_visible()
    assert not page.get_by_role("button", name="Share", exact=True).is_visible()
