"""The scenario's questions to the rules: what both sides say of each part, quarter by quarter."""

from collections.abc import Callable, Sequence
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
    from countervail.rules.outcome import Chip
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
    "licence_exception_ACA": 0,  # without notice
    "licence_exception_NAC_notify": 1,
    "licence_required_presumption_of_approval": 2,
    "licence_required_case_by_case": 3,
    "licence_required_policy_not_published": 4,
    "licence_required_presumption_of_denial": 5,
    "prohibited_without_authorisation_GP10": 5,
    "no_enforcement_technical_analysis": 5,  # single samples, no trade
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


def central(evidence: "Evidence", approval: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the central shares of wishes let through: [quarter, us word] and [cn word].

    They are the medians of the priors of `trade`, and only rank parts; the model draws the shares it uses.
    `approval` is a lever path that replaces those of licences where it is a number; a presumption of denial stays one.
    """
    rows = evidence.priors["trade"]
    prior = {k: float((row.prior or {}).get("p50", np.nan)) for k, row in rows.items() if not row.background}
    us = np.tile([1.0, *(prior[f"approval_{k}"] for k in APPROVALS)], (QUARTERS, 1))
    us[:, 1:5] = np.where(np.isnan(approval)[:, None], us[:, 1:5], approval[:, None])
    return us, np.array([1.0, prior["gate_case_by_case"], prior["gate_discouraged"], 0.0, 0.0])


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

    A blend counts by the weights of its chips. A bloc is the weighted mix of its countries. Buyers abroad
    with Chinese headquarters are judged where the rest of the world buys, with headquarters in China. Fee and
    cap are those of the last day of the quarter.
    """
    from countervail.rules.cn_import import import_table

    chips, share = _chips(exporters)
    rest = destinations.weights("RW")
    us = np.zeros((QUARTERS, len(share), len(SEGMENTS), len(US_WORDS)))
    us[:, :, 0, 0] = 1.0  # a sale inside the US is no export
    us[:, :, 1] = _exports(chips, share, regime, 0, destinations.weights("CN"))
    us[:, :, 2] = _exports(chips, share, regime, 0, destinations.weights("AL"))
    us[:, :, 3] = _exports(chips, share, regime, 0, rest)
    us[:, :, 4] = _exports(chips, share, regime, 0, rest, headquarters="CN")
    imports = import_table(chips, NAMES, regime)
    columns = imports.shares[..., [imports.words.index(w) for w in CN_WORDS]]
    cn = np.tensordot(columns, share, (1, 1)).transpose(0, 3, 1, 2)
    cn[..., 0] += 1 - cn.sum(-1)  # where the Chinese word is not known nothing stops the part
    fee, cap = _terms(chips, share, regime, 0)
    edges = np.cumsum([0, *(len(own) for own in exporters)])
    cuts = [slice(a, b) for a, b in zip(edges, edges[1:], strict=False)]
    return tuple(Judged(us[:, c], cn[:, c], fee[:, c], cap[:, c]) for c in cuts)


def judge_again(
    exporters: Sequence[tuple[Part, ...]],
    before: tuple[Judged, ...],
    regime: "Regime",
    start: int,
    crosses: Callable[["Chip"], bool],
) -> tuple[Judged, ...]:
    """Return `before` with sales to China judged anew from quarter `start` on, for the parts a ceiling moved past.

    `crosses` says whether a chip stands on another side of a ceiling than before.
    """
    chips, share = _chips(exporters)
    moved = [crosses(c) for c in chips]
    mine = np.flatnonzero((share[:, moved] > 0).any(1))  # parts
    own = np.flatnonzero((share[mine] > 0).any(0))  # chips
    if not len(mine):
        return before
    picked, weights = [chips[i] for i in own], share[np.ix_(mine, own)]
    words = _exports(picked, weights, regime, start, destinations.weights("CN"))
    fee, cap = _terms(picked, weights, regime, start)
    out, first = [], 0
    for parts, held in zip(exporters, before, strict=True):
        here = (mine >= first) & (mine < first + len(parts))
        at = mine[here] - first
        new = Judged(held.us.copy(), held.cn, held.fee.copy(), held.cap.copy())
        new.us[start:, at, 1], new.fee[start:, at], new.cap[start:, at] = (
            words[:, here], fee[:, here], cap[:, here],
        )  # fmt: skip
        out.append(new)
        first += len(parts)
    return tuple(out)


def chips_of(exporters: Sequence[tuple[Part, ...]]) -> list["Chip"]:
    """Return the chips of all parts, as the rules see them."""
    return _chips(exporters)[0]


def _chips(exporters: Sequence[tuple[Part, ...]]) -> tuple[list["Chip"], np.ndarray]:
    """Return the chips of all parts and their weights, [part, chip]."""
    from countervail.rules.chips import chip_from_evidence

    parts = [p for own in exporters for p in own]
    rows = [(c, i, w) for i, p in enumerate(parts) for c, w in zip(p.chips, p.weights, strict=True)]
    share = np.zeros((len(parts), len(rows)))
    share[[i for _, i, _ in rows], range(len(rows))] = [w for _, _, w in rows]
    return [chip_from_evidence(c) for c, _, _ in rows], share


def _exports(
    chips: list["Chip"],
    share: np.ndarray,
    regime: "Regime",
    start: int,
    places: dict[str, float],
    headquarters: str | None = None,
) -> np.ndarray:
    """Return the shares of days under each US word, [quarter from start, part, word]."""
    from countervail.rules.table import Destination, table

    columns = [Destination(k, headquarters=headquarters) for k in places]
    ruled, weights = table(chips, NAMES[start:], columns, regime=regime), np.array(list(places.values()))
    out = np.zeros((QUARTERS - start, len(share), len(US_WORDS)))
    for word, column in WORD_OF.items():
        out[..., column] += (share @ (ruled.share(word) @ weights)).T
    return out


def _terms(
    chips: list["Chip"], share: np.ndarray, regime: "Regime", start: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return fee and cap on sales to China on the last day of each quarter, [quarter from start, part]."""
    from countervail.rules.table import table

    days = [quarter_span(q)[1] for q in range(start, QUARTERS)]
    ends = table(chips, days, ["CN"], regime=regime)
    cap = np.where(np.isfinite(ends.cap_share[:, :, 0]), ends.cap_share[:, :, 0], np.inf)
    lowest = np.array([cap[row > 0].min(0) for row in share]).T
    return (share @ ends.fee[:, :, 0]).T, np.where(np.isfinite(lowest), lowest, np.nan)
