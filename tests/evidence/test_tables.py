"""Every figure has a source that exists, a known unit and dates that parse."""

from datetime import date

import pytest

from countervail.errors import UserError
from countervail.evidence import load
from countervail.evidence.read import MECHANISMS
from countervail.evidence.units import UNITS, split_unit
from countervail.evidence.validate import LAST_OUTCOME, validate


@pytest.fixture(scope="module")
def ev():
    return load()


def test_the_shipped_data_has_no_findings(ev):
    assert [f.to_json() for f in validate(ev)] == []


def test_the_tables_are_complete(ev):
    assert len(ev.accelerators) == 114
    assert sum(m.actor == "US" for m in ev.measures.values()) == 30
    assert sum(m.actor == "CN" for m in ev.measures.values()) == 38
    assert len(ev.history) == 632
    assert len(ev.timeline) == 122
    assert len(ev.alliances) == 15
    assert len(ev.standards) == 33
    assert len(ev.entities) == 8
    assert len(ev.prior_models) == 20


def test_bills_are_proposals(ev):
    bills = {i: m for i, m in ev.measures.items() if i.startswith("bill-")}
    assert len(bills) == 6
    assert all(m.proposal and m.effective is None for m in bills.values())


def test_every_row_names_a_source_that_exists(ev):
    rows = [*ev.accelerators.values(), *ev.measures.values(), *ev.history, *ev.alliances.values()]
    rows += [*ev.standards.values(), *ev.timeline, *ev.entities, *ev.rates]
    priors = [p for t in (ev.priors, ev.background) for m in t.values() for p in m.values()]
    rows += [p for p in priors if p.basis == "measured" and not p.from_memory]
    for row in rows:
        assert row.sources, row
        assert set(row.sources) <= set(ev.sources), row


def test_no_outcome_after_the_last_quarter(ev):
    for o in ev.history:
        if not o.forecast:
            assert o.period <= LAST_OUTCOME, o.id


def test_forecasts_carry_the_date_they_were_published(ev):
    forecasts = [o for o in ev.history if o.forecast]
    assert len(forecasts) > 20
    assert all(o.published is not None and o.known_since == o.published for o in forecasts)


def test_units_are_on_the_closed_list(ev):
    assert {o.unit for o in ev.history} <= set(UNITS)


def test_a_unit_off_the_list_is_refused():
    assert split_unit("H100e cumulative since 2022Q1") == ("H100e", "cumulative since 2022Q1")
    assert split_unit("cards shipped in the half-year") == ("cards", "shipped in the half-year")
    with pytest.raises(UserError, match="unknown unit 'USD bnn'") as caught:
        split_unit("USD bnn")
    assert "USD bn" in caught.value.hint
    with pytest.raises(UserError):
        split_unit("USD bn per furlong")


def test_epoch_rows_are_attributed(ev):
    epoch = [o for o in ev.history if o.cited_as.startswith("Epoch AI") or "epoch" in o.source]
    assert epoch
    assert all(o.attribution == "Epoch AI" for o in epoch)
    assert ev.find_accelerator("H100").attribution == "Epoch AI"


def test_every_mechanism_has_a_priors_file(ev):
    assert set(ev.priors) == set(MECHANISMS)
    background = {p.parameter for rows in ev.background.values() for p in rows.values()}
    assert {"domestic_HBM_2026", "smuggled_chips_2024", "mean_economic_life"} <= background
    assert len(background) > 100
    assert not any(p.background for rows in ev.priors.values() for p in rows.values())


def test_rates_cover_2019_to_2026q1(ev):
    quarters = {x.quarter for x in ev.rates if x.series == "cny_per_usd"}
    assert {"2019Q1", "2026Q1"} <= quarters
    assert "2026Q2" not in quarters
    assert 6 < ev.rate("cny_per_usd", "2025Q2") < 8
    assert ev.rate("us_gdp_deflator", "2030Q1") == ev.rate("us_gdp_deflator", "2026Q1")


def test_known_facts(ev):
    h200 = ev.accelerators["nvidia-h200-sxm"]
    assert (h200.tpp, h200.memory_bandwidth_gb_s, h200.hbm_stacks) == (15832, 4800, 6)
    assert ev.measures["us-2023-10-ac-ifr"].effective == date(2023, 11, 17)
    assert ev.measures["us-2025-09-affiliates"].suspensions[0].through == date(2026, 11, 9)
    assert ev.accelerators["nvidia-rtx-4090d"].designed_for_datacentre is False


def test_one_line_for_each_source(ev):
    from countervail.evidence.read import some_sources

    assert some_sources(list(ev.sources)) == ev.sources
    assert some_sources([]) == {}


def test_the_changelog_names_sources_and_rows_that_exist(ev):
    import re
    from pathlib import Path

    text = (Path(__file__).parents[2] / "CHANGELOG.md").read_text(encoding="utf-8")
    cells = [line.rsplit("|", 2)[1] for line in text.splitlines() if line.startswith("| `")]
    named = {key for cell in cells for key in re.findall(r"`([a-z0-9_]+)`", cell)}
    assert len(named) > 20
    assert named <= set(ev.sources)
