"""The best part without a licence: what it looks like, what binds it, and brute force on a grid."""

import itertools

import pytest

from countervail.errors import UserError
from countervail.rules import Party, Regime, Transaction, check
from countervail.rules.deal import day
from countervail.rules.design import design, limits, part, rounded, score
from countervail.rules.flips import decide


def test_late_2022_gives_an_a800_or_h800() -> None:
    found = design("2022-11-15", "CN", "tpp")
    assert found.chip["interconnect_gb_s"] == 599
    assert found.chip["tpp"] == found.unconstrained["tpp"]
    (only,) = found.binding
    assert (only.measure, only.threshold, only.slack) == ("us-2022-10-ac-ifr", 600, 1)
    assert only.moves_to == 900


@pytest.mark.parametrize("goal", ["tpp", "decode"])
def test_late_2023_gives_an_h20(goal: str) -> None:
    found = design("2023-12-15", "CN", goal)
    assert found.chip["tpp"] == 2399
    assert found.chip["performance_density"] < 3.2
    assert found.chip["memory_bandwidth_gb_s"] == found.unconstrained["memory_bandwidth_gb_s"]
    assert {b.clause for b in found.binding} == {"3A090.b.1", "3A090.b.2"}


def test_the_letters_of_2025_cut_the_memory() -> None:
    found = design("2025-06-01", "CN", "decode")
    total = found.chip["memory_bandwidth_gb_s"] + found.chip["interconnect_gb_s"]
    assert found.chip["memory_bandwidth_gb_s"] < 1400 and total < 1700
    free = design("2025-06-01", "CN", "decode", designer="Qualcomm")  # got no letter
    assert free.chip["memory_bandwidth_gb_s"] > 1400


def test_many_dies_open_the_sparse_route() -> None:
    assert design("2023-12-15", "CN", "tpp", max_dies=4).chip["tpp"] == 4799


def test_nothing_binds_where_no_licence_is_needed() -> None:
    found = design("2024-06-01", "DE", "training")
    assert found.binding == () and found.chip == found.unconstrained


def test_a_design_passes_the_check_and_json_has_the_keys() -> None:
    found = design("2024-06-01", "CN", "training").to_json()
    spec = {**found["chip"], "name": "design", "designed_for_datacentre": True}
    assert check(spec, to="CN", on="2024-06-01").outcome == "no_licence_required"
    assert {"tpp", "performance_density", "die_area_mm2", "memory_bandwidth_gb_s", "memory_gb"} <= set(
        found["chip"]
    )
    assert {"measure", "clause", "value", "threshold", "slack"} <= set(found["binding"][0])


def test_a_moved_line_moves_the_design() -> None:
    regime = Regime.load().with_parameter("us-2023-10-ac-ifr", "b1_tpp_min", 2000)
    assert design("2023-12-15", "CN", "tpp", measures=regime).chip["tpp"] == 1999


@pytest.mark.parametrize(
    ("on", "goal"),
    [
        ("2022-11-15", "training"),
        ("2023-12-15", "tpp"),
        ("2024-06-01", "training"),
        ("2025-06-01", "training"),
    ],
)
def test_brute_force_finds_nothing_better(on: str, goal: str) -> None:
    found = design(on, "CN", goal)
    most, law = limits(day(on)), Regime.load().at(day(on))
    best = -1.0
    areas = [most.area * k / 12 for k in range(1, 13)]
    tpps = [most.tpp * k / 40 for k in range(1, 41)] + [1599, 2399, 2745, 4799]
    memories = [most.bandwidth * k / 12 for k in range(1, 13)] + [1399, 1135]
    links = [most.interconnect * k / 12 for k in range(1, 13)] + [299, 564, 599, 1099]
    for point in itertools.product(areas, tpps, memories, links):
        whole = rounded(point, most)
        worth = score(whole, most, goal)
        if worth <= max(best, found.score - 1e-9):
            continue
        legal = decide(part(whole, most, None), Transaction("CN"), Party(), law)
        if legal.outcome == "no_licence_required":
            best = worth
    # the search may not lose to the grid, apart from the price of a square millimetre
    assert best <= found.score + 1e-6


def test_where_nothing_may_go_there_is_no_chip() -> None:
    found = design("2024-06-01", "IR", "tpp")
    assert found.chip == {} and "us-part-746-embargoes" in found.notes[0]


def test_bad_goals_and_nodes() -> None:
    with pytest.raises(UserError, match="unknown goal"):
        design("2024-06-01", "CN", "speed")
    with pytest.raises(UserError, match="unknown node"):
        design("2024-06-01", "CN", node="1nm")
    with pytest.raises(UserError, match="no node"):
        design("2019-06-01", "CN")
