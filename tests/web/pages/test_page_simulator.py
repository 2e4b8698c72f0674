"""Levers, comparison, undo and the address: what a reader does first."""

from urllib.parse import parse_qs, urlparse

from tests.web.pages.conftest import drag, legend, settle, slider

STOCK = "Compute|Stock@US+CN~log"
LAG = "AI|Frontier lag@CN"


def test_dragging_a_lever_redraws_names_the_change_and_is_in_the_address(opened):
    page = opened()
    path = page.locator(f'figure[data-chart="{LAG}"] path.median').first
    before = path.get_attribute("d")
    drag(page, "cn_hbm_investment", 1.0)
    settle(page)
    assert page.locator(f'figure[data-chart="{LAG}"] .second').count() == 1
    assert path.get_attribute("d") != before or legend(page, LAG)
    assert parse_qs(urlparse(page.url).query)["set"] == ["cn_hbm_investment=4@2027Q1"]
    assert "×4 from 2027Q1" in page.locator(".chip").inner_text()


def test_a_moved_lever_changes_no_year_before_it_holds(opened):
    page = opened("?set=cn_foundry_investment%3D3%402027Q1&chart=Supply%7CWafers%40CN")
    page.wait_for_selector(".second path.median")
    rows = page.locator("figure table").last.locator("tbody tr")
    for i in range(rows.count()):
        year, *cells = [c.inner_text() for c in rows.nth(i).locator("th, td").all()]
        mine, other = cells[:5], cells[5:]
        assert (mine == other) == (int(year) < 2027), (year, mine, other)


def test_a_lever_goes_back_to_the_rules(opened):
    page = opened()
    assert "as the rules say" in slider(page, "us_export_fee").get_attribute("aria-valuetext")
    slider(page, "us_export_fee").focus()
    page.keyboard.press("End")
    settle(page)
    assert slider(page, "us_export_fee").get_attribute("aria-valuetext") == "90%"
    page.locator('[data-lever="us_export_fee"] .reset').click()
    settle(page)
    assert slider(page, "us_export_fee").get_attribute("aria-valuetext") == "25%, as the rules say"
    assert "set=" not in page.url


def test_undo_and_redo(opened):
    page = opened()
    first = legend(page, LAG)
    for lever in ("cn_rd_grants", "us_rd_support"):
        slider(page, lever).focus()
        page.keyboard.press("End")
        settle(page)
    page.keyboard.press("Control+z")
    assert parse_qs(urlparse(page.url).query)["set"] == ["cn_rd_grants=100@2027Q1"]
    page.keyboard.press("Control+z")
    settle(page)
    assert legend(page, LAG) == first
    assert page.get_by_role("button", name="Undo", exact=True).is_disabled()
    page.keyboard.press("Control+Shift+Z")
    assert parse_qs(urlparse(page.url).query)["set"] == ["cn_rd_grants=100@2027Q1"]


def test_a_second_scenario_is_drawn_in_another_colour_with_dashes(opened):
    page = opened()
    assert page.locator(f'figure[data-chart="{LAG}"] path.median').count() == 1
    page.get_by_label("Compare with").select_option("self-reliance")
    page.wait_for_selector(f'figure[data-chart="{LAG}"] .second path.median')
    lines = page.locator(f'figure[data-chart="{LAG}"] path.median')
    style = "e => [getComputedStyle(e).stroke, getComputedStyle(e).strokeDasharray]"
    second, first = (lines.nth(i).evaluate(style) for i in range(2))
    assert second[0] != first[0]
    assert (first[1], second[1] != "none") == ("none", True)
    assert "Self-reliance" in page.locator(".say").inner_text()


def test_a_shared_link_shows_the_same_figures(opened):
    page = opened()
    page.get_by_label("Scenario", exact=True).select_option("mandate")
    settle(page)
    drag(page, "us_enforcement", 0.9)
    settle(page)
    page.get_by_role("button", name="Share", exact=True).click()
    link = page.get_by_role("dialog").get_by_label("Link").input_value()
    assert "scenario=mandate" in link and "us_enforcement" in link
    other = opened(link[link.index("?") :])
    for chart in (STOCK, LAG, "Pathways"):
        assert legend(other, chart) == legend(page, chart)
    assert other.locator(".say .three").inner_text() == page.locator(".say .three").inner_text()


def test_charts_are_chosen_and_removed(opened):
    page = opened()
    page.get_by_role("button", name="Add a chart").click()
    page.get_by_role("searchbox").fill("wafers")
    page.get_by_role("dialog").get_by_role("button", name="China").first.click()
    settle(page)
    assert page.locator('figure[data-chart="Supply|Wafers@CN"] path.median').count() == 1
    assert len(parse_qs(urlparse(page.url).query)["chart"]) == 7
    page.get_by_role("button", name="Show the usual charts").click()
    assert "chart=" not in page.url


def test_weights_change_only_the_last_row(opened):
    page = opened()
    rows = page.locator("[data-dimension] .end")
    before = rows.all_inner_texts()
    page.get_by_text("Weights of the last row").click()
    for name in ("Compute", "Economy", "Military", "Innovation"):
        page.locator(".weights").get_by_label(name).press("Home")
    settle(page)
    after = rows.all_inner_texts()
    assert after[:-1] == before[:-1]
    assert after[-1] == after[-2]  # all weight on sovereignty, the last dimension
    assert "sovereignty:1" in parse_qs(urlparse(page.url).query)["weights"][0]


def test_quarters_and_years(opened):
    page = opened()
    page.get_by_label("Steps").select_option("quarter")
    assert "2032Q4" in legend(page, LAG)
    assert page.locator(f'figure[data-chart="{LAG}"] table tbody tr').count() == 44


def test_a_bad_value_in_the_address_is_told_in_a_sentence(server, browser):
    page = browser.new_page()
    page.goto(f"{server}/?set=us_export_fee%3D7%402027Q1")
    page.wait_for_selector("[role=alert]")
    assert "us_export_fee=7 is beyond its range" in page.locator("[role=alert]").inner_text()
    page.close()


def test_the_first_charts_need_no_run(server, browser):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    asked = []
    page.on("request", lambda request: "/series" in request.url and asked.append(request.url))
    page.goto(server)
    page.wait_for_selector("figure path.median")
    settle(page)
    assert page.locator("figure path.median").count() >= 6
    assert asked == []
    page.close()


def test_a_server_that_is_gone_is_told_in_a_sentence(opened):
    page = opened()
    page.route("**/api/v1/series*", lambda route: route.abort())
    slider(page, "us_enforcement").press("End")
    page.wait_for_selector("[role=alert]")
    assert "countervail serve" in page.locator("[role=alert]").inner_text()
    page.unroute("**/api/v1/series*")
    page.get_by_role("button", name="Try again").click()
    settle(page)
    assert page.locator("[role=alert]").count() == 0
