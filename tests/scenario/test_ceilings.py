"""The short cut for ceilings: judging only the parts a ceiling moved past gives what judging everything gives."""

import numpy as np
import pytest

from countervail.scenario import builder, judging, levers, regimes
from countervail.scenario.files import load_scenario

SETTINGS = [
    ["us_tpp_ceiling=0@2026Q4"],
    ["us_tpp_ceiling=15832@2026Q4"],  # exactly the H200, which then stays out
    ["us_tpp_ceiling=15833@2026Q1"],  # the quarter in which the rule begins
    ["us_tpp_ceiling=400000@2027Q1:2028Q4", "us_bandwidth_ceiling=4800@2027Q3"],
    ["us_bandwidth_ceiling=20000@2024Q1"],
]


@pytest.mark.parametrize("scenario", ["status-quo", "detente"])
@pytest.mark.parametrize("given", SETTINGS, ids=lambda s: " ".join(s))
def test_judging_the_parts_that_moved_is_judging_all(scenario, given):
    loaded = load_scenario(scenario)
    on = builder.combinations(loaded)[0][0]
    settings = levers.settings(given)
    window = builder._variant(loaded, on, settings, None, None)[1]

    regime = regimes.regime_of(loaded, on, None)
    steps = builder._steps(loaded, on, settings)
    moved = regimes.with_ceilings(regime, *(steps.get(id, ()) for id in builder.WINDOW_LEVERS[:2]))
    _, maps, plain_mix = builder._evidence(None, None)
    exporters = [maps[v] for v in builder.EXPORTERS]
    judged = judging.judge(exporters, moved)
    lever_paths = builder._variant(loaded, on, settings, None, None)[2]
    shares = [lever_paths[id] for id in builder.WINDOW_LEVERS[2:]]
    cap_set = np.nan_to_num(lever_paths["us_volume_cap_share"], nan=builder.CAP_OPEN) < builder.CAP_OPEN
    central = judging.central(builder._evidence(None, None)[0], shares[0])
    whole = builder.offers(maps, plain_mix, judged, *central, shares[1], cap_set)

    for name in (
        "parts",
        "us_words",
        "cn_words",
        "china_only",
        "fee",
        "cap_share",
        "capped_product",
        "weights",
    ):
        np.testing.assert_array_equal(getattr(window, name), getattr(whole, name), err_msg=name)


def test_a_ceiling_between_the_same_two_parts_is_the_same_ceiling():
    figures = [1000.0, 2000.0]
    step = levers.Step
    assert regimes.told_apart((step(1001, 0, 9),), figures) == (step(2000.0, 0, 9),)
    assert regimes.told_apart((step(1000, 0, 9),), figures) == (step(1000.0, 0, 9),)
    assert regimes.told_apart((step(2001, 0, 9),), figures) == (step(regimes.NO_CEILING, 0, 9),)
    assert regimes.told_apart((step("rules", 0, 9),), figures) == (step("rules", 0, 9),)
