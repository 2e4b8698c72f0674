"""The declarative checks of the model: signs, magnitudes and limits (checks.yaml), and the whole matrix of levers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.model import worlds

from countervail.files import read_yaml
from countervail.scenario import list_levers

CHECKS = read_yaml(Path(__file__).parent / "checks.yaml")["checks"]
LEVERS = {lever.id: lever for lever in list_levers()}
MAY_BE_NEGATIVE = {"AI|Frontier lag"}


def read(check: dict[str, Any], which: str) -> np.ndarray:
    """Return `[draw]` of the check's outcome in its run `a` or `b`."""
    first, last = check["years"]
    return worlds.total(worlds.run(*check[which]), check["outcome"], check["region"], first, last)


def chosen(check: dict[str, Any]) -> np.ndarray:
    """Return the draws a check speaks of: in each quarter of its years the condition holds."""
    where = check.get("where")
    if where is None:
        return np.ones(worlds.DRAWS, bool)
    result = worlds.run(*check[where["run"]])
    first, last = (4 * (year - 2022) for year in check["years"])
    values = result.values(where["outcome"], where["region"])[first : last + 4]
    inside = (values >= where.get("at_least", -np.inf)) & (values <= where.get("at_most", np.inf))
    return inside.all(0)


def sign(check: dict[str, Any], a: np.ndarray, b: np.ndarray) -> None:
    right = a < b if check["sign"] == "lower" else a > b
    assert right.mean() >= check["share"], (
        f"{right.mean():.0%} of {len(a)} draws; median ratio {ratio_of(a, b):.4g}"
    )


def near(check: dict[str, Any], a: np.ndarray, b: np.ndarray) -> None:
    gap = np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-3)
    most = float(np.quantile(gap, check.get("share", 1.0)))
    assert most <= check["within"], f"up to {most:.3g} apart, median {np.median(gap):.3g}, {len(a)} draws"


def ratio(check: dict[str, Any], a: np.ndarray, b: np.ndarray) -> None:
    found = ratio_of(a, b)
    assert check.get("at_least", -np.inf) <= found <= check.get("at_most", np.inf), (
        f"median ratio {found:.4g}"
    )


def ratio_of(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.median(a / np.maximum(b, 1e-12)))


KINDS: dict[str, Callable[..., None]] = {"sign": sign, "near": near, "ratio": ratio}


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c["id"])
def test_check(check: dict[str, Any]):
    draws = chosen(check)
    assert draws.sum() >= check.get("least_draws", worlds.DRAWS), (
        f"the condition holds in {draws.sum()} draws only"
    )
    a, b = read(check, "a")[draws], read(check, "b")[draws]
    KINDS[check["kind"]](check, a, b)


def test_every_check_gives_its_reason_and_a_known_outcome():
    known = worlds.run("status-quo").variables
    for check in CHECKS:
        assert check["reason"].strip() and check["outcome"] in known
    assert len({c["id"] for c in CHECKS}) == len(CHECKS)


# The whole matrix of levers: each at its ends, the others as they are.


@pytest.mark.parametrize("lever", LEVERS)
def test_each_end_of_a_lever_gives_a_world_that_holds(lever: str):
    moved = False
    base = worlds.run("status-quo")
    for end in (LEVERS[lever].min, LEVERS[lever].max):
        result = worlds.run("status-quo", *context(lever), f"{lever}={end}")
        for variable, spec in result.variables.items():
            for region in spec.all_regions:
                values = result.values(variable, region)
                assert np.isfinite(values).all(), f"{variable} {region}"
                if variable not in MAY_BE_NEGATIVE:
                    assert values.min() >= 0, f"{variable} {region} reaches {values.min():.3g}"
                if spec.unit.startswith("share"):
                    assert values.max() <= 1 + 1e-5, f"{variable} {region} reaches {values.max():.6g}"
        assert worlds.residual("status-quo", *context(lever), f"{lever}={end}") < 1e-5
        reference = worlds.run("status-quo", *context(lever)) if context(lever) else base
        moved = moved or not np.array_equal(result.rows, reference.rows)
    assert moved, f"{lever} changes no outcome"


def context(lever: str) -> list[str]:
    """Return what else must be set for a lever to matter: a ceiling needs the other one out of its way."""
    other = {"us_tpp_ceiling": "us_bandwidth_ceiling=40000", "us_bandwidth_ceiling": "us_tpp_ceiling=400000"}
    return [other[lever]] if lever in other else []


# The fee: its curve is part of the claim.


def fee_curve(
    *assumptions: str, fees: tuple[float, ...] = (0.0, 0.1, 0.25, 0.5, 0.9)
) -> tuple[list[float], list[float]]:
    """Return what the US takes and what NVIDIA keeps in China by fee, medians of 2027 to 2029, USD bn."""
    runs = [worlds.run("no-controls", f"us_export_fee={fee}@2026Q1", *assumptions) for fee in fees]
    taken = [float(np.median(worlds.total(r, "Fee|Revenue", "US", 2027, 2029))) for r in runs]
    return taken, [float(np.median(worlds.total(r, "Chips|Revenue|NVIDIA", "CN", 2027, 2029))) for r in runs]


def test_fee_revenue_rises_ever_slower_and_what_vendors_keep_falls():
    taken, kept = fee_curve()
    assert taken[0] == 0 and taken[0] < taken[1] < taken[2]
    assert (taken[4] - taken[3]) / 0.4 < 0.5 * (taken[1] - taken[0]) / 0.1, taken
    assert kept == sorted(kept, reverse=True)


def test_where_demand_answers_strongly_fee_revenue_falls_in_the_end():
    # At elasticity two and all of the fee on buyers, revenue goes with f (1 - f): highest at one half.
    taken, _ = fee_curve("demand.price_elasticity=2", "trade.fee_pass_through=0.99", fees=(0.25, 0.5, 0.9))
    assert taken[2] < taken[1], taken


# Limits.

NO_DOMESTIC_SUPPLY = (
    "expansion.wafers_2022_kwpm=0.0001", "fabrication.dies_2022_k=0.01", "fabrication.tsmc_dies_k=0.01",
    "hbm.domestic_2026_k=0.01", "expansion.packaging_2022_k=0.0001",
)  # fmt: skip


def test_without_controls_every_bloc_is_offered_the_same_flagship_at_the_same_price():
    from countervail.model.types import CN_SEGMENT, H100E, NVIDIA, PRICE
    from countervail.scenario import build

    policy = build("no-controls").variants[0][0]
    for field in (H100E, PRICE):
        parts = policy.parts[:44, :, NVIDIA, field, 0]
        assert parts[:, CN_SEGMENT] == pytest.approx(parts[:, 0], rel=1e-3)
    # No licence is asked for; parts are mixed smoothly by value, so a trace of another part remains.
    assert policy.us_words[:44, CN_SEGMENT, 0, 0].min() > 0.999


def test_one_vendor_alone_sells_everything():
    others = ("upstream.amd_share=0.0001", "upstream.in_house_share=0.0001", *NO_DOMESTIC_SUPPLY)
    result = worlds.run("no-controls", *others)
    for region in ("US", "CN", "AL", "RW"):
        outlay = worlds.total(result, "Demand|Outlay", region, 2024, 2028)
        assert worlds.total(result, "Chips|Revenue|NVIDIA", region, 2024, 2028) == pytest.approx(
            outlay, rel=0.01
        )
