"""Why an outcome changed, and what it rests on."""

import countervail as cv

LAG = "AI|Frontier lag@CN"


def test_reasons_name_the_lever_and_its_part(opened):
    page = opened("?set=cn_hbm_investment%3D3%402027Q1&chart=Compute%7CStock%40CN")
    page.get_by_role("button", name="Why did this change?").click()
    page.wait_for_selector("dialog li svg")
    told = page.get_by_role("dialog").inner_text()
    assert "HBM investment" in told and "Legal imports" in told and "256 draws" in told
    why = cv.why(
        "status-quo",
        outcome="Compute|Stock",
        region="CN",
        period="2032",
        set=["cn_hbm_investment=3@2027Q1"],
        draws=256,
    )
    mean = why["levers"][0]["contribution"]["mean"]
    assert f"+{mean / 1e6:.3g}M" in told


def test_a_chart_that_nothing_changed_has_no_reasons(opened):
    page = opened()
    assert page.get_by_role("button", name="Why did this change?").count() == 0


def test_ground_of_a_chart_names_mechanisms_and_observed_points(opened):
    page = opened()
    page.locator(f'figure[data-chart="{LAG}"] .foot').get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    assert dialog.locator("tbody tr").count() >= 4
    link = dialog.get_by_role("link").first
    assert "mechanism=capability" in link.get_attribute("href")
    link.click()
    page.wait_for_selector("h1")
    assert "view=model" in page.url and "scenario=status-quo" in page.url
