"""Domestic share floors of buyers, and controls on what China exports."""

from datetime import date

import pytest

from countervail.rules.cn_import import input_controls, mandates
from countervail.rules.regime import Regime

GRID = "cn-national-ai-grid-80pct-2026"
STATE_SITES = "cn-sfdc-foreign-chip-ban-2025"


@pytest.mark.parametrize(
    ("on", "floor", "measure"),
    [
        (date(2025, 8, 16), 0.0, None),
        (date(2025, 8, 17), 0.5, "cn-public-hub-50pct-2025"),
        (date(2025, 10, 14), 0.5, "cn-public-hub-50pct-2025"),
        (date(2025, 10, 15), 1.0, STATE_SITES),
        (date(2030, 1, 1), 1.0, STATE_SITES),
    ],
)
def test_the_floor_of_state_buyers(on: date, floor: float, measure: str | None) -> None:
    state = mandates(on)["state"]
    assert (state.floor, state.measure) == (floor, measure)
    assert state.low <= state.floor <= state.high


def test_cloud_and_other_buyers_have_no_floor_in_force() -> None:
    found = mandates(date(2026, 9, 1))
    assert found["cloud"].floor == found["other"].floor == 0
    assert found["cloud"].measure is None


def test_the_grid_plan_counts_once_enacted() -> None:
    regime = Regime.load().starting(GRID, date(2027, 1, 1))
    assert mandates(date(2027, 2, 1), regime)["state"].measure == STATE_SITES  # the stricter one decides
    alone = regime.ending(STATE_SITES, date(2027, 1, 1))
    state = mandates(date(2027, 2, 1), alone)["state"]
    assert (state.floor, state.measure) == (0.8, GRID)
    assert mandates(date(2027, 2, 1))["state"].measure == STATE_SITES


def test_a_floor_of_a_scenario_moves_its_range() -> None:
    regime = Regime.load().with_parameter(STATE_SITES, "domestic_share_min", 0.6)
    state = mandates(date(2026, 1, 1), regime)["state"]
    assert (state.floor, state.low) == (0.6, 0.6)


def test_bundling_binds_cloud_firms_once_enacted() -> None:
    regime = Regime.load().starting("cn-h200-planned-use-limits-2026", date(2026, 2, 1))
    cloud = mandates(date(2026, 3, 1), regime)["cloud"]
    assert cloud.floor == 0.5 and cloud.low < 0.5 < cloud.high


@pytest.mark.parametrize(
    ("on", "gallium", "measure"),
    [
        (date(2023, 7, 31), None, None),
        (date(2023, 8, 1), "licence", "cn-gallium-germanium-licence-2023"),
        (date(2024, 12, 3), "ban", "cn-ga-ge-sb-us-ban-2024"),
        (date(2025, 11, 8), "ban", "cn-ga-ge-sb-us-ban-2024"),
        (date(2025, 11, 9), "licence", "cn-gallium-germanium-licence-2023"),
        (date(2026, 11, 27), "licence", "cn-gallium-germanium-licence-2023"),
        (date(2026, 11, 28), "ban", "cn-ga-ge-sb-us-ban-2024"),
    ],
)
def test_gallium_to_the_united_states(on: date, gallium: str | None, measure: str | None) -> None:
    found = input_controls(on).get("gallium")
    assert (found.treatment if found else None, found.measure if found else None) == (gallium, measure)


def test_military_users_stay_barred_in_the_suspension() -> None:
    assert input_controls(date(2026, 1, 1), end_use="military")["gallium"].treatment == "ban"
    assert input_controls(date(2026, 1, 1))["gallium"].treatment == "licence"


def test_the_ban_is_on_the_united_states_only() -> None:
    assert input_controls(date(2025, 6, 1), towards="JP")["gallium"].treatment == "licence"
    listed = "dual-use items for 40 listed bodies"
    assert listed in input_controls(date(2026, 8, 1), towards="JP")
    assert listed not in input_controls(date(2026, 8, 1))
    assert "dual-use items" in input_controls(date(2026, 1, 6), towards="JP", end_use="military")


def test_the_october_package_never_bound_before_its_suspension_ends() -> None:
    name = "rare-earth technology"
    for on in (date(2025, 11, 8), date(2026, 11, 11), date(2027, 1, 10)):
        assert name not in input_controls(on)
    assert name in input_controls(date(2027, 1, 11))
    # before the extension of September 2026 was known, the law as scheduled ended the pause in November
    assert name in input_controls(date(2026, 11, 11), Regime.load(date(2026, 6, 1)))
    renewed = Regime.load().renewing("cn-rare-earth-oct-2025")
    assert name not in input_controls(date(2028, 1, 1), renewed)
