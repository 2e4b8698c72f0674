"""The scenario's questions to the rules: what both sides say of each part, quarter by quarter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
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
# The outcome words of the rules in the model's words. `undetermined` has no column: it counts as no offer.
WORD_OF = {
    "no_licence_required": 0,
    "authorised_without_licence_listed_party": 0,
    "no_enforcement_technical_analysis": 0,
    "licence_exception_ACA": 1,
    "licence_exception_NAC_notify": 1,
    "licence_required_presumption_of_approval": 2,
    "licence_required_case_by_case": 3,
    "licence_required_policy_not_published": 4,
    "licence_required_presumption_of_denial": 5,
    "prohibited_without_authorisation_GP10": 5,
}
APPROVALS = ("exception", "presumed", "case_by_case", "not_published", "denial")
NAMES = tuple(quarter_name(q) for q in range(QUARTERS))


@dataclass(frozen=True)
class Judged:
    """What the rules say of an exporter's parts. Shares of the days of each quarter."""

    us: np.ndarray  # [quarter, part, segment, us word]; may sum to less than one where a figure is not known
    cn: np.ndarray  # [quarter, part, buyer, cn word]
    fee: np.ndarray  # [quarter, part]: share of the price on sales to China
    cap: np.ndarray  # [quarter, part]: cap as a share of US sales; NaN where none


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
    ends = [*(d - timedelta(days=1) for d in days[1:]), None][: len(days)]

    def spans(buyer: str) -> list[tuple[float, date, date | None]]:
        return [
            (h[buyer].floor, a, b) for h, a, b in zip(held, days, ends, strict=True) if h[buyer].floor > 0
        ]

    return spans


def judge(exporters: Sequence[tuple[Part, ...]], regime: "Regime") -> tuple[Judged, ...]:
    """Return for each exporter what both sides say of its parts under `regime`.

    A blend counts by the weights of its chips.
    A bloc is the weighted mix of its countries. Buyers abroad with Chinese headquarters are judged where the rest
    of the world buys, with headquarters in China. Fee and cap are those of the last day of the quarter.
    """
    from countervail.rules.chips import chip_from_evidence
    from countervail.rules.cn_import import import_table
    from countervail.rules.table import Destination, table

    parts = [p for own in exporters for p in own]
    rows = [
        (chip_from_evidence(c), i, w)
        for i, p in enumerate(parts)
        for c, w in zip(p.chips, p.weights, strict=True)
    ]
    chips = [c for c, _, _ in rows]
    share = np.zeros((len(parts), len(chips)))
    share[[i for _, i, _ in rows], range(len(rows))] = [w for _, _, w in rows]
    columns = [Destination(k, headquarters=home) for _, home, places in _places() for k in places]
    spread = np.zeros((len(SEGMENTS), len(columns)))
    start = 0
    for s, _, places in _places():
        spread[s, start : start + len(places)] = list(places.values())
        start += len(places)
    ruled = table(chips, NAMES, columns, regime=regime)
    us = np.zeros((QUARTERS, len(parts), len(SEGMENTS), len(US_WORDS)))
    for word, column in WORD_OF.items():
        us[..., column] += np.einsum("cqd,pc,sd->qps", ruled.share(word), share, spread)
    us[:, :, 0, 0] = 1.0  # a sale inside the US is no export
    imports = import_table(chips, NAMES, regime)
    cn = np.einsum("qcbw,pc->qpbw", imports.shares[..., [imports.words.index(w) for w in CN_WORDS]], share)
    cn[..., 0] += 1 - cn.sum(-1)  # where the Chinese word is not known nothing stops the part
    ends = table(chips, [quarter_span(q)[1] for q in range(QUARTERS)], [columns[0]], regime=regime)
    fee = np.einsum("cq,pc->qp", ends.fee[:, :, 0], share)
    cap = np.where(np.isfinite(ends.cap_share[:, :, 0]), ends.cap_share[:, :, 0], np.inf)
    lowest = np.array([cap[share[i] > 0].min(0) for i in range(len(parts))]).T
    lowest = np.where(np.isfinite(lowest), lowest, np.nan)
    edges = np.cumsum([0, *(len(own) for own in exporters)])
    cuts = [slice(a, b) for a, b in zip(edges, edges[1:], strict=False)]
    return tuple(Judged(us[:, c], cn[:, c], fee[:, c], lowest[:, c]) for c in cuts)


@cache
def _places() -> tuple[tuple[int, str | None, dict[str, float]], ...]:
    """Return the segments the US rules judge: index, headquarters of the buyers, countries with weights."""
    rest = destinations.weights("RW")
    return (
        (1, None, destinations.weights("CN")),
        (2, None, destinations.weights("AL")),
        (3, None, rest),
        (4, "CN", rest),
    )
