"""Reasons, measures and charts."""

from datetime import date

import numpy as np
import pytest

from countervail import language
from countervail.ensemble import Result
from countervail.report import charts, html, measures, observed, reasons
from countervail.report.html import Page


def test_a_mechanism_is_told_from_its_docstring():
    found = reasons.mechanism("fabrication")
    assert (
        found.first
        == "Domestic fabrication in China: the scarcest of plan, good dies, HBM and packaging sets output."
    )
    assert "softmin" in found.equations
    assert found.limits
    assert "Priors:" not in found.prose + found.limits
    assert all(reasons.mechanism(m).first for m in reasons.all_mechanisms())


def test_what_moves_an_outcome_is_found(several: list[Result]):
    base = several[0]
    drivers = reasons.Drivers(base)
    names = list(base.parameter_names)
    i, j = names.index("fabrication.learning_rate"), names.index("retirement.life_years")
    rng = np.random.default_rng(0)
    score = drivers.ranks[i] - 0.6 * drivers.ranks[j] + 0.025 * rng.normal(size=64)  # ranks have length one
    found = drivers.of(score)
    assert [d.parameter for d in found[:2]] == ["fabrication.learning_rate", "retirement.life_years"]
    assert found[0].correlation > 0.5 > -0.3 > found[1].correlation
    assert drivers.of(np.ones(64)) == []


def test_chance_alone_moves_nothing(several: list[Result]):
    drivers = reasons.Drivers(several[0])
    rng = np.random.default_rng(1)
    found = [len(drivers.of(rng.normal(size=64))) for _ in range(20)]
    assert np.mean(found) < 1.5  # a bound of three standard errors over some two hundred parameters


def test_every_chart_of_the_table_names_outcomes_that_exist(several: list[Result]):
    base = several[0]
    for part in charts.table()["sections"]:
        for c in part["charts"]:
            pairs = c.get("parts", {}).values() or [
                (c["outcome"], r) for r in c.get("regions", [c.get("region")])
            ]
            for variable, region in [*pairs, *c.get("observed", ())]:
                assert region in base.variables[variable].all_regions, c["id"]
    ids = [c["id"] for part in charts.table()["sections"] for c in part["charts"]]
    assert len(ids) == len(set(ids))


def test_charts_hold_observed_points(page: Page):
    made = {f.id: f for f in page.figures}
    for name in ("legal", "huawei", "nvidia", "lag", "share"):
        assert 'class="seen"' in made[name].svg, name
        assert made[name].inside[0] > 0
        assert made[name].inside[0] >= made[name].inside[2] >= made[name].inside[1]


def test_a_quarter_of_a_flow_is_never_drawn_among_years(several: list[Result]):
    points = observed.points([])
    builder = charts.Builder(several, {}, points)
    row = {"kind": "fan", "outcome": "Demand|Outlay", "region": "CN"}
    yearly, _, _ = builder._observed(row, "sum", quarterly=False)
    quarterly, _, _ = builder._observed(row, "sum", quarterly=True)
    assert len(yearly) < len(quarterly)
    assert all(o.last - o.first == 4 for o in yearly)


def test_captions_and_tables_equal_the_results(page: Page, several: list[Result]):
    figure = next(f for f in page.figures if f.id == "huawei")
    median = np.median(several[0].at("Chips|Units|Huawei", "World", "2028").astype(np.float64))
    from countervail.report.numbers import words

    assert f"{words(median)} (" in figure.caption
    assert figure.table[1][-1][0] == "2028"
    assert figure.table[1][-1][1].startswith(words(median))


def test_pathway_shares_add_up(page: Page):
    figure = next(f for f in page.figures if f.id == "mix")
    assert figure.chart
    total = sum(s.values[:, 2] for s in figure.chart.series)
    assert total == pytest.approx(np.ones(7))


def test_the_timeline_shows_both_sides_and_what_differs(several: list[Result]):
    years, lines = measures.timeline(several)
    assert years == list(range(2022, 2029))
    assert {line.actor for line in lines} == {"US", "CN"}
    rule = [line for line in lines if line.id == "us-2026-01-h200-rule"]
    assert len(rule) == 3
    assert all(line.scenarios for line in rule)
    denied = next(line for line in rule if line.scenarios == ("full-denial",))
    assert denied.dates.endswith("31 December 2026")
    renewed = next(line for line in lines if "suspension taken as renewed" in line.marks)
    assert [b.kind for b in renewed.bars][-1] == "off"
    assert all(0 <= b.left <= 100 and b.left + b.width <= 101 for line in lines for b in line.bars)
    quota = next(line for line in lines if line.id == "cn-h200-quota-2026")
    assert "in 50% of draws" in quota.marks


def test_expiries_are_named_in_order():
    rows = measures.expiries()
    assert {"us-2025-09-affiliates", "cn-ga-ge-sb-us-ban-2024"} <= {r["id"] for r in rows}
    affiliates = next(r for r in rows if r["id"] == "us-2025-09-affiliates")
    assert affiliates["back"] == "10 November 2026"
    assert language.date(date(2026, 1, 5)) == "5 January 2026"


def test_learnt_parameters_are_shown_when_a_posterior_is_used(single: list[Result]):
    from countervail.report.record import record

    data = record(single)
    for p in data["parameters"]:
        p["origin"] = "prior"
    assert "None has been fitted to history" in html.page(single, data).text
    row = next(p for p in data["parameters"] if p["id"] == "fabrication.learning_rate")
    row["origin"] = "posterior"
    prior = row["prior"]
    half = (prior["p95"] - prior["p5"]) / 4
    row["p5"], row["p95"] = prior["p50"] - half, prior["p50"] + half
    learnt = html.beliefs(data)["learnt"]
    assert [p["id"] for p in learnt] == ["fabrication.learning_rate"]
    assert learnt[0]["contraction"] == pytest.approx(0.5)
    assert (
        "1 were fitted to history, which narrowed the range of 1 by a tenth or more"
        in html.page(single, data).text
    )
