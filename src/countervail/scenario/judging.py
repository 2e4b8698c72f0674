"""The scenario's questions to the rules: what both sides say of each part, quarter by quarter."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail.periods import quarter_name, quarter_span
from countervail.scenario import destinations
from countervail.scenario.levers import QUARTERS
from countervail.scenario.products import Part

if TYPE_CHECKING:
    from countervail.evidence import Evidence
    from countervail.evidence.records import Accelerator
    from countervail.rules.regime import Regime

SEGMENTS = ("US", "CN", "AL", "RW", "cn_hq")
US_WORDS = (
    "no_licence_required",
    "licence_exception",
    "licence_required_presumption_of_approval",
    "licence_required_case_by_case",
    "licence_required_policy_not_published",
    "licence_required_presumption_of_denial",
)
CN_WORDS = ("admitted", "case_by_case_approval", "discouraged", "barred_for_state_funded", "not_admitted")
APPROVALS = ("exception", "presumed", "case_by_case", "not_published", "denial")
NAMES = tuple(quarter_name(q) for q in range(QUARTERS))


@dataclass(frozen=True)
class Judged:
    """What the rules say of an exporter's parts. Shares of the days of each quarter."""

    us: np.ndarray  # [quarter, part, segment, us word]; may sum to less than one where a figure is not known
    cn: np.ndarray  # [quarter, part, buyer, cn word]
    fee: np.ndarray  # [quarter, part]: share of the price on sales to China; NaN where none
    cap: np.ndarray  # [quarter, part]: cap as a share of US sales; NaN where none


# --- stand-in until the US rules land ---
def _us_word(chip: "Accelerator", day: int, ceiling: tuple[float, float]) -> tuple[str, float, float]:
    from datetime import date

    def d(y: int, m: int, dd: int) -> int:
        return date(y, m, dd).toordinal()

    none = (US_WORDS[0], float("nan"), float("nan"))
    denial = (US_WORDS[5], float("nan"), float("nan"))
    tpp, io, bw = chip.tpp or 0.0, chip.interconnect_gb_s or 0.0, chip.memory_bandwidth_gb_s or 0.0
    if day < d(2022, 8, 26):
        return none
    if day < d(2022, 10, 21):
        return denial if tpp >= 4800 and io >= 600 else none
    early = d(2023, 10, 23) if chip.designer == "NVIDIA" else d(2023, 11, 17)
    if day < early:
        return denial if tpp >= 4800 and io >= 600 else none
    if tpp >= 4800 and day >= d(2026, 1, 15) and tpp < ceiling[0] and bw < ceiling[1]:
        return US_WORDS[3], 0.25, 0.5
    if tpp >= 4800:
        return denial
    if day >= d(2025, 4, 9) and (bw >= 1400 or io >= 1100):
        return US_WORDS[4], 0.15 if day >= d(2025, 8, 11) else float("nan"), float("nan")
    return none


def central(evidence: "Evidence", approval: np.ndarray, gate: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the central shares of wishes let through: [quarter, us word] and [quarter, cn word].

    They are the medians of the priors of `trade`, and only rank parts; the model draws the shares it uses.
    `approval` and `gate` are lever paths that replace them where they are numbers.
    """
    rows = evidence.priors["trade"]
    prior = {k: float((row.prior or {}).get("p50", np.nan)) for k, row in rows.items() if not row.background}
    us = np.tile([1.0, *(prior[f"approval_{k}"] for k in APPROVALS)], (QUARTERS, 1))
    us[:, 1:] = np.where(np.isnan(approval)[:, None], us[:, 1:], approval[:, None])
    cn = np.tile([1.0, prior["gate_case_by_case"], prior["gate_discouraged"], 0.0, 0.0], (QUARTERS, 1))
    return us, np.where(np.isnan(gate)[:, None], cn, gate[:, None])


def share_floors(regime: "Regime") -> Any:
    """Return a function that gives the dated share floors of a buyer: value, first and last day."""
    from countervail.rules.cn_mandates import mandates
    from countervail.rules.cn_measures import change_dates

    days = change_dates(regime)
    held = [mandates(d, regime) for d in days]
    ends = [d - timedelta(days=1) for d in days[1:]] + [None]

    def spans(buyer: str) -> list[tuple[float, date, date | None]]:
        return [
            (h[buyer].floor, a, b) for h, a, b in zip(held, days, ends, strict=True) if h[buyer].floor > 0
        ]

    return spans


def judge(parts: tuple[Part, ...], regime: Any) -> Judged:
    """Return what both sides say of each part under `regime`."""
    n = len(parts)
    us, cn = np.zeros((QUARTERS, n, 5, 6)), np.zeros((QUARTERS, n, 3, 5))
    fee, cap = np.full((QUARTERS, n), np.nan), np.full((QUARTERS, n), np.nan)
    us[:, :, 0, 0] = us[:, :, 2, 0] = us[:, :, 3, 0] = 1
    from countervail.scenario.regimes import RULE

    rule = regime.measures.get(RULE)
    ceiling = (0.0, 0.0)
    if rule is not None and (rule.ended is None):
        ceiling = rule.parameters["tpp_lt"][-1][1], rule.parameters["bandwidth_lt"][-1][1]
    for i, part in enumerate(parts):
        for chip, weight in zip(part.chips, part.weights, strict=True):
            for q in range(QUARTERS):
                first, last = quarter_span(q)
                days = range(first.toordinal(), last.toordinal() + 1)
                for day in days:
                    word, f, c = _us_word(chip, day, ceiling)
                    us[q, i, 1, US_WORDS.index(word)] += weight / len(days)
                    if f == f:
                        fee[q, i] = f
                    if c == c:
                        cap[q, i] = c
        us[:, :, 4] = us[:, :, 1]
    cn[:] = _imports(parts, regime)
    return Judged(us, cn, fee, cap)


def _imports(parts: tuple[Part, ...], regime: Any) -> np.ndarray:
    from countervail.rules.chips import chip_from_evidence
    from countervail.rules.cn_import import import_table

    chips = [
        (chip_from_evidence(c), i, w)
        for i, p in enumerate(parts)
        for c, w in zip(p.chips, p.weights, strict=True)
    ]
    table = import_table([c for c, _, _ in chips], NAMES, regime)
    out = np.zeros((QUARTERS, len(parts), 3, len(CN_WORDS)))
    columns = [table.words.index(w) for w in CN_WORDS]
    for k, (_, i, w) in enumerate(chips):
        out[:, i] += w * table.shares[:, k][:, :, columns]
    return out
