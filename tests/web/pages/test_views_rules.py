"""The rules view: the question is in the address, the answer has its trace, lines move with the day."""

from tests.web.pages.conftest import assert_clean

RULES = "?view=rules"


def verdict(page) -> str:
    return " ".join(page.locator("section[aria-labelledby=verdict] h2").first.inner_text().split())


def ready(page):
    page.wait_for_selector("#verdict")
    page.wait_for_selector("section[aria-labelledby=plane] path.dot")
    return page


def test_the_answer_has_trace_conditions_and_flips(viewed):
    page = ready(viewed(RULES + "&chip=nvidia-h200-sxm&on=2026-02-01"))
    assert verdict(page) == "Licence, case by case"
    assert "91 FR 1684" in page.locator("section[aria-labelledby=verdict]").inner_text()
    assert page.locator("section[aria-labelledby=flips] li").count() >= 3
    rows = page.locator("section[aria-labelledby=trace] tbody tr")
    assert "15,832" in rows.nth(1).inner_text()
    assert "4,800" in rows.nth(1).inner_text()


def test_a_chip_is_found_by_its_alias_and_goes_into_the_address(viewed):
    page = ready(viewed(RULES + "&on=2025-06-01"))
    box = page.get_by_label("Name, id or alias")
    box.fill("MI308X")
    box.press("Tab")
    page.wait_for_url("**chip=amd-mi308x**")
    page.wait_for_function("() => /MI308X/.test(document.querySelector('#band').textContent)")
    box.fill("no such part")
    box.press("Tab")
    assert page.get_by_text("No part has this name.").is_visible()


def test_own_figures_are_judged(viewed):
    page = ready(viewed(RULES + "&on=2024-06-01"))
    page.get_by_label("Own figures").check()
    page.get_by_label("TPP", exact=True).fill("5000")
    page.get_by_label("TPP", exact=True).press("Tab")
    page.wait_for_function(
        "() => /presumption of denial/.test(document.querySelector('#verdict').textContent)"
    )
    page.get_by_label("TPP", exact=True).fill("900")
    page.get_by_label("TPP", exact=True).press("Tab")
    page.wait_for_function("() => /No licence needed/.test(document.querySelector('#verdict').textContent)")
    assert "spec=tpp%3A900" in page.url


def test_lines_move_with_the_day_by_keyboard(viewed):
    page = ready(viewed(RULES + "&on=2022-10-01"))
    lines = page.locator("section[aria-labelledby=plane] table tbody tr")
    assert "3A090.a.1" not in page.locator("section[aria-labelledby=plane]").inner_text()
    slider = page.get_by_role("slider", name="Day of the map")
    slider.focus()
    for _ in range(15):
        slider.press("ArrowRight")
    page.wait_for_url("**on=2024-01-01**")
    assert "3A090.a.1" in lines.all_inner_texts()[0] + lines.all_inner_texts()[1]
    page.get_by_role("button", name="To the next change").click()
    assert "on=2024-01-01" not in page.url


def test_a_part_of_the_map_is_chosen_by_keyboard(viewed):
    page = ready(viewed(RULES + "&on=2026-02-01"))
    box = page.get_by_role("listbox")
    box.focus()
    box.press("End")
    name = page.locator(".tip b").inner_text()
    box.press("Enter")
    page.wait_for_function("n => document.querySelector('#band').textContent.includes(n)", arg=name)
    assert "chip=" in page.url


def test_one_click_leads_from_a_test_to_its_measure_and_its_source(viewed):
    page = ready(viewed(RULES + "&chip=nvidia-h200-sxm&on=2026-02-01"))
    page.locator("section[aria-labelledby=trace] tbody tr").nth(1).get_by_role("link").first.click()
    page.wait_for_url("**measure=us-2023-10-ac-ifr**")
    page.get_by_role("link", name="fr_2023_10").first.click()
    page.wait_for_url("**source=fr_2023_10**")
    page.wait_for_selector("text=things rest on it")


def test_outside_china_there_is_no_import_side(viewed):
    page = ready(viewed(RULES + "&to=AE&on=2026-02-01"))
    assert page.locator("section[aria-labelledby=verdict] h2").count() == 1


def test_axe_finds_nothing(viewed):
    page = ready(viewed(RULES))
    page.locator("summary").last.click()
    assert_clean(page)
