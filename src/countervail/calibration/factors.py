"""How far the median is from history, as a factor, for the series the model must get right before any fitting."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from countervail.calibration.predict import Point

WITHIN = 1.5
WITHIN_SHUTTING = (
    2.0  # a quarter in which the window shut: days in force are known, what was hurried through is not
)
SHUTTING = ("2022Q3", "2023Q4")
SHUT_SHARE = 0.15  # shut: less than this share of the last quarter in which the window was open
HUAWEI_2025 = (200_000.0, 805_000.0)
CHECKS = {
    "nvidia_revenue_datacenter": "NVIDIA data-centre revenue by quarter",
    "installed_compute_nvidia_world": "NVIDIA compute delivered since 2022, at year end",
    "china_legal_nvidia_h100e_flow": "Legal NVIDIA H100e to China by quarter, window open",
    "china_domestic_share_bernstein": "Domestic share of China's market, by value",
    "china_gpu_self_sufficiency_ms": "Domestic share of China's market, by value",
    "china_ai_accel_share_idc": "Share of NVIDIA in China's cards (the rest is mostly domestic)",
}


def factor_table(points: Sequence[Point], medians: np.ndarray) -> list[dict[str, Any]]:
    """Return a row per point of the named series: median over observed, and whether it is within a factor of 1.5.

    Parameters
    ----------
    points
        Points of the shipped history.
    medians
        The model's median at each, before any error of the source.
    """
    rows = []
    by_key = {(*p.key, p.observation.source): float(m) for p, m in zip(points, medians, strict=True)}
    for p in points:
        series, actor, period = p.key
        if not _wanted(series, actor, period):
            continue
        median = by_key[(*p.key, p.observation.source)]
        factor = median / p.value if p.value else None
        limit = WITHIN_SHUTTING if "legal" in series and period in SHUTTING else WITHIN
        inside = factor is not None and 1 / limit <= factor <= limit
        rows.append({**_row(CHECKS[series], p, median, factor, inside), "limit": limit})
    return rows + _shut(points, by_key) + _huawei(points, by_key)


def _wanted(series: str, actor: str, period: str) -> bool:
    if series == "installed_compute_nvidia_world":
        return period.endswith("Q4")
    if series == "china_ai_accel_share_idc":
        return actor == "NVIDIA" and period >= "2025"
    return series in CHECKS


def _shut(points: Sequence[Point], by_key: dict[Any, float]) -> list[dict[str, Any]]:
    """Return the quarter of the letters: sales near zero, against the quarter before."""
    found = {p.observation.period: p for p in points if p.key[0] == "nvidia_h20_revenue"}
    if not {"2025Q1", "2025Q2"} <= set(found):
        return []
    open_, shut = (by_key[(*found[q].key, found[q].observation.source)] for q in ("2025Q1", "2025Q2"))
    name = "NVIDIA data-centre revenue from China while shut (near zero: under 15% of the quarter before)"
    return [_row(name, found["2025Q2"], shut, None, shut <= SHUT_SHARE * open_)]


def _huawei(points: Sequence[Point], by_key: dict[Any, float]) -> list[dict[str, Any]]:
    """Return Huawei's units of 2025, which must lie between the sources."""
    for p in points:
        if p.key[0] == "huawei_ascend_units_annual" and p.observation.period == "2025":
            median = by_key[(*p.key, p.observation.source)]
            inside = HUAWEI_2025[0] <= median <= HUAWEI_2025[1]
            return [_row("Huawei units of 2025, between 200,000 and 805,000", p, median, None, inside)]
    return []


def _row(check: str, p: Point, median: float, factor: float | None, inside: bool) -> dict[str, Any]:
    series, actor, period = p.key
    return {
        "check": check,
        "series_id": series,
        "actor": actor,
        "period": period,
        "observed": p.value,
        "model_p50": median,
        "factor": factor,
        "within": inside,
        "limit": None,
    }
