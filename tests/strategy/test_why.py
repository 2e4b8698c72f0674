"""Why an outcome differs: shares add up, what cannot matter gets nothing, and the signs are those one expects."""

import numpy as np
import pytest

from countervail.ensemble import outcomes, run
from countervail.errors import UserError
from countervail.evidence import load
from countervail.model.parameters import names
from countervail.model.policy import Policy
from countervail.strategy import pathways
from countervail.strategy.why import why

DRAWS = 128
SHUT = ["cn_import_gate=0@2027Q1"]


def ask(**given):
    return why(**{"draws": DRAWS, **given})


@pytest.fixture(scope="module")
def shut():
    """Return why Chinese legal imports of 2030 fall where two levers move: the gate and one that matters little."""
    levers = [*SHUT, "us_rd_support=1@2032Q1"]
    return ask(outcome="Compute|Inflow|Legal imports", region="CN", period="2030", set=levers)


@pytest.fixture(scope="module")
def denial():
    return ask(scenario="full-denial", against="status-quo", outcome="Compute|Stock", region="CN")


def total(rows, key):
    return sum(r[key]["mean"] for r in rows)


def test_shares_of_what_was_changed_add_up_to_the_mean_change(shut, denial):
    for found in (shut, denial):
        size = abs(found["change"]["mean"])
        assert total(found["levers"], "contribution") == pytest.approx(
            found["change"]["mean"], abs=1e-9 * size
        )
        assert sum(r["share"] for r in found["levers"]) == pytest.approx(1)
    assert found["change"]["mean"] == pytest.approx(found["value"]["mean"] - found["base"]["mean"])


def test_the_figures_are_those_of_the_two_runs(denial):
    base, value = (
        run(s, draws=DRAWS).at("Compute|Stock", "CN", "2030") for s in ("status-quo", "full-denial")
    )
    assert denial["base"]["mean"] == pytest.approx(base.astype(float).mean())
    assert denial["value"]["p50"] == pytest.approx(np.median(value), rel=1e-5)
    assert denial["change"]["share_up"] == np.mean(value > base)


def test_a_shut_gate_is_explained_by_that_lever(shut):
    first, last = shut["levers"]
    assert shut["change"]["mean"] < 0 and shut["change"]["share_up"] == 0
    assert (first["id"], first["side"], first["to"], first["since"]) == ("cn_import_gate", "CN", 0, "2027Q1")
    assert first["share"] == pytest.approx(1)
    # money for research from 2032 on cannot move 2030
    assert last["id"] == "us_rd_support" and last["contribution"]["p5"] == last["contribution"]["p95"] == 0


def test_levers_that_do_the_same_thing_get_the_same_share():
    both = ["us_volume_cap_units=0@2027Q1", "us_approval_share=0@2027Q1"]
    levers = ask(outcome="Compute|Inflow|Legal imports", region="CN", set=both)["levers"]
    assert levers[0]["contribution"]["mean"] == pytest.approx(levers[1]["contribution"]["mean"], rel=0.1)


def test_a_change_of_nothing_is_explained_by_nothing():
    found = ask(outcome="Compute|Stock", region="US", set=["us_enforcement=1"])
    assert set(found["change"].values()) == {0}
    assert [r["contribution"]["mean"] for r in found["levers"]] == [0]
    assert all(r["effect"]["mean"] == 0 and r["share"] is None for r in found["mechanisms"])
    assert found["parameters"] == []


def test_signs_of_full_denial(denial):
    share = {r["id"]: r["contribution"]["mean"] for r in denial["levers"]}
    assert denial["change"]["mean"] < 0
    for id in ("us_equipment_controls", "us_enforcement", "al_alignment"):
        assert share[id] < 0, id
    ways = {r["label"]: r["change"]["mean"] for r in denial["pathways"]}
    assert ways["Legal imports"] < 0 and ways["Smuggled parts"] < 0 and ways["Parts retired"] > 0


def test_a_mechanism_that_cannot_matter_has_no_effect():
    found = ask(outcome="Power|Capacity", region="CN", set=["cn_power_build=1.5@2027Q1"])
    assert found["change"]["p5"] > 0
    assert all(r["effect"]["p5"] == r["effect"]["p95"] == 0 for r in found["mechanisms"])


def test_mechanisms_that_are_asleep_are_not_tried(denial):
    assert "reactions" not in {r["id"] for r in denial["mechanisms"]}
    answered = ask(scenario="open-trade", against="status-quo", outcome="AI|Frontier lag", region="CN")
    assert "reactions" in {r["id"] for r in answered["mechanisms"]}


def test_without_memory_of_cuts_a_cut_moves_wishes_less():
    """Denial from 2025 leaves a memory; buyers who have none go back to US parts once they may."""
    cut = ["us_approval_share=0@2024Q1:2025Q4"]
    found = ask(outcome="Compute|Inflow|Legal imports", region="CN", period="2026", set=cut)
    (memory,) = [r for r in found["mechanisms"] if r["id"] == "supply-risk"]
    assert found["change"]["mean"] < 0 and memory["effect"]["mean"] < 0 and memory["effect"]["p50"] < 0


def test_a_fixed_parameter_is_a_change_like_any_other():
    found = ask(outcome="Supply|Yield", region="CN", set={"fabrication.learning_rate": 0.28})
    (row,) = found["levers"]
    assert (row["kind"], row["from"], row["to"]) == ("parameter", "drawn", 0.28)
    (learning,) = [r for r in found["mechanisms"] if r["id"] == "learning"]
    assert learning["share"] == pytest.approx(1)  # without learning its rate cannot matter


@pytest.mark.parametrize(
    "outcome, region",
    [
        ("Compute|Inflow", "CN"),
        ("Compute|Stock", "CN"),
        ("Compute|Stock", "AL"),
        ("Compute|Stock", "World"),
        ("Compute|Stock|Effective", "CN"),
        ("Compute|Stock ratio", "US to CN"),
        ("Compute|Inflow ratio", "US to CN"),
        ("Market|Domestic share", "CN"),
        ("Market|Domestic share|Units", "CN"),
        ("Market|US vendors share", "RW"),
        ("Chips|Revenue|NVIDIA", "CN"),
        ("Chips|Revenue|Huawei", "World"),
        ("AI|Frontier lag", "CN"),
    ],
)
@pytest.mark.parametrize("period", ["2030", "2029Q2"])
def test_pathways_add_up_to_the_change_in_every_draw(runs, outcome, region, period):
    before, after = runs
    change = after.at(outcome, region, period).astype(float) - before.at(outcome, region, period)
    parts = pathways.pathways(before, after, outcome, region, period)
    assert len(parts) > 1
    size = max(float(np.abs(r.at(outcome, region, period)).max()) for r in runs)
    assert np.sum([p.change for p in parts], 0) == pytest.approx(change, abs=2e-5 * size)


@pytest.fixture(scope="module")
def runs():
    return [run(s, draws=DRAWS) for s in ("status-quo", "bifurcation")]


def test_nothing_returns_from_retirement(runs):
    for part in pathways.pathways(*runs, "Compute|Stock", "CN", "2030"):
        if part.id == "rest":
            assert (part.before < 0).all() and (part.after < 0).all()


def test_an_outcome_without_account_has_no_pathways():
    assert pathways.account("Military|Index", "US") is None


@pytest.mark.parametrize("row", pathways.table()["pathways"], ids=lambda r: r["outcome"])
def test_an_account_names_outcomes_that_exist(row):
    variable = row["outcome"].replace("*", "NVIDIA")
    for region in row["regions"]:
        for part in pathways.account(variable, region)["parts"]:
            for name in part["of"]:
                outcomes.find(name, part.get("in", region))


@pytest.mark.parametrize("switch", pathways.table()["knockouts"], ids=lambda r: r["id"])
def test_a_switch_sets_parameters_of_the_model(switch):
    assert set(switch["settings"]) <= set(names())
    assert switch["mechanism"] in {n.partition(".")[0] for n in names()}
    assert all(isinstance(v, int | float) for v in switch["settings"].values())
    if "asleep_without" in switch:
        assert switch["asleep_without"] in Policy.__dataclass_fields__


def test_all_parts_of_the_answer_are_there(denial):
    assert denial["unit"] == "H100e" and denial["draws"] == DRAWS
    assert {"p5", "p25", "p50", "p75", "p95", "mean", "share_up"} == set(denial["change"])
    known = {p.key for own in load().priors.values() for p in own.values() if not p.background}
    assert {r["id"] for r in denial["parameters"]} <= known and len(denial["parameters"]) <= 5
    sizes = [abs(r["effect"]["mean"]) for r in denial["mechanisms"]]
    assert sizes == sorted(sizes, reverse=True)
    assert "orders" in denial["method"]


def test_all_subsets_and_a_few_orders_agree():
    """Seven changes by all 128 subsets, and by four orders: the same within a tenth of the change."""
    given = {"scenario": "full-denial", "against": "status-quo", "outcome": "Compute|Stock", "region": "CN"}
    every, few = ask(**given, exact=True), ask(**given)
    assert "exact" in every["method"] and every["runs"] > few["runs"]
    shares = {r["id"]: r["share"] for r in every["levers"]}
    for r in few["levers"]:
        assert r["share"] == pytest.approx(shares[r["id"]], abs=0.1)


def test_the_same_question_has_the_same_answer(shut):
    levers = [*SHUT, "us_rd_support=1@2032Q1"]
    again = ask(outcome="Compute|Inflow|Legal imports", region="CN", period="2030", set=levers, workers=1)
    assert {**again, "elapsed_ms": 0} == {**shut, "elapsed_ms": 0}


def test_shares_of_draws_have_no_range():
    found = ask(
        outcome="Leadership|compute|US", region="World", period="2032", set=["cn_hbm_investment=3@2027Q1"]
    )
    assert found["change"]["p5"] == found["change"]["p95"] == found["change"]["mean"]


def test_the_caller_may_stop_the_work():
    class Enough(Exception):
        pass

    seen = []

    def stop(done, total):
        seen.append((done, total))
        raise Enough

    with pytest.raises(Enough):
        ask(outcome="Compute|Stock", region="CN", set=SHUT, progress=stop)
    assert seen == [(1, seen[0][1])] and seen[0][1] > 20


@pytest.mark.parametrize(
    "given, words",
    [
        ({}, "nothing differs"),
        ({"set": SHUT, "period": "2060"}, "outside the run"),
        ({"set": SHUT, "period": "next year"}, "no year or quarter"),
        ({"set": SHUT, "outcome": "Compute|Stok"}, "unknown outcome"),
        ({"set": SHUT, "region": "FR"}, "no region"),
        ({"set": SHUT, "against": "statusquo"}, "unknown scenario"),
        ({"set": ["cn_import_gat=0"]}, "unknown lever"),
        ({"set": SHUT, "draws": 0}, "draws"),
        ({"set": SHUT, "draws": 30_000}, "draws"),
    ],
)
def test_a_mistake_is_told_before_anything_runs(given, words):
    with pytest.raises(UserError, match=words):
        why(**{"outcome": "Compute|Stock", "draws": DRAWS, **given})
