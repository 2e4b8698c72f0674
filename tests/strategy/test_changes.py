"""What differs between two runs, and runs in between."""

import numpy as np
import pytest

from countervail.scenario import build, list_scenarios, load_scenario
from countervail.scenario.levers import settings
from countervail.strategy.changes import MOST, Pair, grouped

Q2030 = 35


def pair(before, after, old=(), new=()):
    return Pair(load_scenario(before), load_scenario(after), tuple(settings(old)), tuple(settings(new)))


def arrays(inputs):
    return [np.asarray(getattr(p, f)) for p, _ in inputs.variants for f in type(p).__dataclass_fields__]


def same(a, b):
    return (
        all(np.array_equal(x, y) for x, y in zip(arrays(a), arrays(b), strict=True))
        and a.assumptions == b.assumptions
        and a.parameter_overrides == b.parameter_overrides
        and a.as_of == b.as_of
    )


@pytest.mark.parametrize("after", [s.id for s in list_scenarios() if s.id != "status-quo"])
def test_with_no_piece_it_is_the_one_run_and_with_all_the_other(after):
    both = pair("status-quo", after, new=["us_export_fee=0.1@2028Q1", "fabrication.learning_rate=0.3"])
    keys = [k for c in both.pieces(Q2030) for k in c.keys]
    none, settings_none = both.mixed([])
    all_, settings_all = both.mixed(keys)
    assert same(build(none, set=settings_none), build("status-quo"))
    assert same(build(all_, set=settings_all), build(after, set=both.settings_after))


def test_every_lever_and_measure_that_differs_is_named_with_its_values():
    found = {c.id: c for c in pair("status-quo", "full-denial").changes(Q2030)}
    assert found["us_enforcement"].before == 1 and found["us_enforcement"].after == 2.0
    assert found["us_volume_cap_units"].before == "rules" and found["us_volume_cap_units"].start == "2027Q1"
    assert found["bill-remote-access"].kind == "measure" and found["bill-remote-access"].side == "US"
    assert found["us-2026-01-h200-rule"].after == "ended from 2027Q1"
    assert len(found) == 7


def test_what_both_runs_share_is_no_change():
    assert pair("status-quo", "status-quo", ["us_export_fee=0.2"], ["us_export_fee=0.2"]).changes(Q2030) == []
    found = pair("mandate", "self-reliance").changes(Q2030)
    assert not {"cn_state_domestic_share", "cn_cloud_domestic_share"} & {c.id for c in found}


@pytest.mark.parametrize("after", [s.id for s in list_scenarios() if s.id != "status-quo"])
def test_changes_are_few_and_hold_every_piece_once(after):
    both = pair("status-quo", after)
    changes, pieces = both.changes(Q2030), both.pieces(Q2030)
    assert len(changes) <= MOST
    keys = [k for c in changes for k in c.keys]
    assert len(keys) == len(set(keys))
    assert set(keys) == {k for c in pieces for k in c.keys}


def test_groups_are_named_by_side_and_instrument():
    found = {c.label: c for c in pair("status-quo", "no-controls").changes(12)}
    assert set(found) == {"US export rules", "US inputs", "Chinese demand side", "Chinese inputs"}
    assert "us_export_fee" in {m.id for m in found["US export rules"].members}
    assert "cn_import_gate" in {m.id for m in found["Chinese demand side"].members}
    assert any(m.label.endswith("measures like cn-rare-earth*") for m in found["Chinese inputs"].members)


def test_a_group_of_one_stays_itself():
    pieces = pair("status-quo", "full-denial").pieces(Q2030)
    (alone,) = [c for c in grouped(pieces) if c.side == "world"]
    assert alone.id == "al_alignment" and alone.kind == "lever"


def test_switches_say_both_states():
    (found,) = pair("status-quo", "current-law").changes(Q2030)
    assert (found.id, found.before, found.after) == ("renewed", "renewed", "end as written")
    found = {c.id: c for c in pair("status-quo", "bifurcation").changes(Q2030)}
    assert (found["reactions"].before, found["reactions"].after) == ("off", "on from 2027Q1")


OWN = """
id: own
title: One of each
base: status-quo
as_of: 2026-06-30
fragmented: false
measures:
  - {end: cn-sfdc-foreign-chip-ban-2025, on: 2027Q1}
  - id: cn-quota
    name: A quota
    actor: CN
    from: 2028Q1
    probability: 0.5
    levers: {cn_cloud_domestic_share: 0.6}
levers:
  us_export_fee: {2027Q1: 0.1, 2028Q1: 0.2}
assumptions:
  fabrication.learning_rate: {dist: uniform, low: 0.1, high: 0.3}
regime:
  us-2026-01-h200-rule.tpp_lt: {2028Q1: 15000}
"""


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_every_kind_of_piece_of_a_users_file_is_found_and_carried_over(own):
    both = pair("status-quo", own)
    pieces = {c.id: c for c in both.pieces(Q2030)}
    assert {c.kind for c in pieces.values()} == {"lever", "measure", "assumption", "switch"}
    assert set(pieces) == {
        "us_export_fee", "cn-sfdc-foreign-chip-ban-2025", "cn-quota", "us-2026-01-h200-rule.tpp_lt",
        "fabrication.learning_rate", "as_of", "fragmented",
    }  # fmt: skip
    assert pieces["cn-quota"].after == "in force from 2028Q1, with probability 0.5"
    assert pieces["cn-quota"].side == "CN" and pieces["us_export_fee"].after == 0.2
    none, _ = both.mixed([])
    all_, _ = both.mixed([k for c in pieces.values() for k in c.keys])
    assert same(build(none), build("status-quo"))
    assert same(build(all_), build(own))
    some, _ = both.mixed([k for id in ("cn-quota", "as_of") for k in pieces[id].keys])
    inputs = build(some)
    assert len(inputs.variants) == 2 and str(inputs.as_of) == "2026-06-30" and not inputs.assumptions
    assert not same(inputs, build(own))


def test_a_setting_goes_over_the_scenarios_own_step(own):
    both = pair(own, own, new=["us_export_fee=0.4@2030Q1"])
    (change,) = both.changes(Q2030)
    assert (change.before, change.after, change.start) == (0.2, 0.4, "2030Q1")
