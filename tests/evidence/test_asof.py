"""With --as-of nothing from after the date is there."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countervail.evidence import load
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
    yield from (p for t in (ev.priors, ev.background) for m in t.values() for p in m.values())


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
    assert load(as_of=date(2023, 10, 17)).measures[key].ended == date(2023, 11, 17)


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
