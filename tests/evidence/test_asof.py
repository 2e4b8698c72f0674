"""With --as-of nothing from after the date is there."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countervail.evidence import load
from countervail.evidence.asof import widened
from countervail.evidence.validate import validate


def rows_of(ev):
    yield from ev.accelerators.values()
    yield from ev.measures.values()
    yield from ev.history
    yield from ev.alliances.values()
    yield from ev.standards.values()
    yield from ev.timeline
    yield from ev.entities
    yield from ev.rates
    priors = [p for t in (ev.priors, ev.background) for m in t.values() for p in m.values()]
    yield from (p for p in priors if not p.hindsight)


@settings(max_examples=25, deadline=None)
@given(st.dates(date(2018, 1, 1), date(2027, 1, 1)))
def test_no_row_and_no_source_is_from_after_the_date(day):
    ev = load(as_of=day)
    for row in rows_of(ev):
        assert row.known_since <= day
        assert set(row.sources) <= set(ev.sources)
    assert all(s.known_since <= day for s in ev.sources.values())
    for m in ev.measures.values():
        assert all(step.known_since <= day for step in m.later)


@pytest.mark.parametrize("day", ["2022-10-07", "2024-12-31", "2025-12-31"])
def test_the_earlier_base_is_valid_too(day):
    assert [f for f in validate(load(as_of=date.fromisoformat(day))) if f.severity == "error"] == []


def test_a_measure_announced_later_does_not_exist():
    assert "us-2026-01-h200-rule" not in load(as_of=date(2026, 1, 12)).measures
    assert "us-2026-01-h200-rule" in load(as_of=date(2026, 1, 13)).measures


def test_a_later_ending_is_not_known():
    key = "us-2022-10-ac-ifr"
    assert load(as_of=date(2023, 10, 16)).measures[key].ended is None
    assert load(as_of=date(2023, 10, 17)).measures[key].ended == date(2023, 11, 16)


def test_a_later_suspension_is_not_known():
    key = "cn-rare-earth-oct-2025"
    assert load(as_of=date(2025, 10, 31)).measures[key].suspensions == []
    assert load(as_of=date(2025, 12, 31)).measures[key].suspensions[0].through == date(2026, 11, 10)
    assert load().measures[key].suspensions[0].through == date(2027, 1, 10)


def test_the_unenforced_rule_was_to_be_enforced_before_may_2025():
    key = "us-2025-01-ai-diffusion"
    assert load(as_of=date(2025, 5, 1)).measures[key].enforcement_ended is None
    assert load().measures[key].enforcement_ended == date(2025, 5, 13)


def test_a_roadmap_reads_as_it_was_announced():
    chip = load(as_of=date(2025, 12, 31)).find_accelerator("Ascend 960")
    assert chip.release_quarter == "2027Q4"
    assert chip.memory_bandwidth_gb_s == 9600
    assert load().find_accelerator("Ascend 960").release_quarter == "2027Q2"


def test_a_part_is_not_on_sale_before_its_release():
    chip = load(as_of=date(2024, 1, 1)).find_accelerator("H200")
    assert chip.status == "announced"
    assert chip.price_usd_low is None


def test_later_figures_of_an_alliance_are_left_out():
    row = load(as_of=date(2025, 12, 31)).alliances["al-tencent-enflame"]
    assert row.figures == {}
    assert row.sources
    assert load().alliances["al-tencent-enflame"].figures["units_2024"] == 38800


def test_priors_that_rest_on_later_sources_are_kept_but_wider():
    day = date(2022, 10, 7)
    now, then = load().priors, load(as_of=day).priors
    assert {m: set(p) for m, p in now.items()} == {m: set(p) for m, p in then.items()}
    before, after = then["leakage"]["smuggled_2024_k"], now["leakage"]["smuggled_2024_k"]
    assert before.hindsight
    assert before.sources == []
    assert before.basis == "assumption"
    assert before.prior["p50"] == after.prior["p50"]
    assert before.prior["p95"] / before.prior["p50"] == pytest.approx(
        (after.prior["p95"] / after.prior["p50"]) ** 2
    )
    listed = {row["id"] for row in load(as_of=day).tables()["priors"]}
    assert "leakage.smuggled_2024_k" not in listed


@pytest.mark.parametrize(
    ("prior", "low", "high"),
    [
        ({"dist": "normal", "p5": 1, "p50": 3, "p95": 4}, -1, 5),
        ({"dist": "lognormal", "p5": 1, "p50": 2, "p95": 8}, 0.5, 32),
        ({"dist": "logitnormal", "p5": 1 / 3, "p50": 0.5, "p95": 2 / 3}, 0.2, 0.8),
    ],
)
def test_widening_doubles_the_spread_on_its_own_scale(prior, low, high):
    wide = widened(prior)
    assert (wide["p5"], wide["p95"]) == pytest.approx((low, high))


def test_a_figure_is_not_known_before_its_source():
    epoch = {
        o.id
        for o in load().history
        if "run of 2026" in o.cited_as or "run of 2026" in load().sources[o.source].title
    }
    assert epoch
    assert not epoch & {o.id for o in load(as_of=date(2025, 12, 31)).history}


def test_reporting_lag_is_added_where_the_source_has_no_date():
    for o in load().history:
        if o.known_since_basis == "reporting_lag" and not o.forecast:
            year = int(o.period[:4])
            assert o.known_since.year >= year
            assert (o.known_since - date(year, 1, 1)).days >= 90
