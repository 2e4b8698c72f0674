"""The window: which parts an exporter can offer each group of buyers in each quarter, and on what terms.

Every part of NVIDIA and AMD is judged by the rules of both sides (`judging`). With S the launch curve and

    access_i = sum over US words of (share of days under the word) * (share approved under it)
    score_i  = access_i * admitted_i * sqrt(H100e_i * TB/s_i) * 1.02 ** launch_i

(the last factor puts the newer of two like parts first) the offer is filled from the best part down:
w_i = r * S_i where access_i > 0.005, then r falls by w_i. Parts under a mere presumption of denial come after
those that can be had. The offer's figures are the mean with weights w_i * access_i; the shares of days under each
word are the sum of w_i times the part's shares, so they add up to what is on sale at all.

To China a second offer is made beside this one, filled in the same way from parts that need no licence: buyers turn
to it who are refused the first.

`python -m countervail.scenario.window status-quo` prints the result.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from countervail.scenario import products
from countervail.scenario.levers import QUARTERS
from countervail.scenario.products import Part, mix

if TYPE_CHECKING:
    from countervail.scenario.judging import Judged

NEGLIGIBLE = 0.005  # an access below this is no offer
HOPELESS = 0.03  # parts with less access come last: a mere presumption of denial
COUNTED = 0.05  # a part with this weight in the first offer is not offered again
HELD_BACK = 0.97  # of the throughput sold at home: below it the rules hold a part back
NEWER = 1.02  # per quarter of launch: of like parts the newer comes first
NO_CAP = 9.0
CN, HQ = 1, 4  # segments; the order is that of `countervail.model.types.SEGMENTS`
# Weights of state, cloud and other buyers in the score: shares of China's budget, basis assumption.
BUYER_WEIGHTS = np.array([0.20, 0.55, 0.25])


@dataclass(frozen=True)
class Window:
    """Arrays by quarter, without the draw axis; shapes as in `countervail.model.policy.Policy`."""

    parts: np.ndarray
    us_words: np.ndarray
    cn_words: np.ndarray
    free_parts: (
        np.ndarray
    )  # [quarter, exporter, field]: what China is offered without licence beside the first part
    free_share: np.ndarray  # [quarter, exporter]
    free_cn_words: np.ndarray  # [quarter, cn buyer, exporter, word]
    held_back: (
        np.ndarray
    )  # [quarter, segment, vendor]: 1 where rules hold the part below the one sold at home
    china_only: np.ndarray
    best: np.ndarray  # [quarter, vendor, 4]: TPP and GB/s of the best part seen, then of the best announced
    announced: np.ndarray  # [quarter, vendor]: share of the mix that was only announced
    fee: np.ndarray
    cap_share: np.ndarray
    capped_product: np.ndarray
    under_cap: np.ndarray  # [quarter, exporter]: 1 where the first part offered to China is under the cap
    weights: np.ndarray  # [quarter, segment, exporter, part]: w_i
    part_ids: tuple[tuple[str, ...], ...]  # by exporter
    roadmap_end: np.ndarray  # [vendor]


def offers(
    roadmaps: dict[str, tuple[Part, ...]],
    plain: tuple[np.ndarray, np.ndarray, np.ndarray],
    judged: tuple["Judged", ...],
    approval: np.ndarray,
    acceptance: np.ndarray,
    gate: np.ndarray,
    cap_set: np.ndarray,
) -> Window:
    """Return the window for all quarters.

    Parameters
    ----------
    plain
        What `unrestricted` gives for these roadmaps.
    judged
        By exporter, in the order of its parts.
    approval
        [quarter, us word]: central share of wishes each US word lets through.
    acceptance
        [cn word]: central share each Chinese word admits.
    gate
        [quarter]: lever path that replaces China's answer to parts under licence where it is a number.
    cap_set
        [quarter]: whether a lever sets a cap as a share of US sales.
    """
    vendors = tuple(roadmaps)
    parts, best, announced = plain[0].copy(), plain[1], plain[2]
    exporters = vendors[: len(judged)]
    us_words = np.zeros((QUARTERS, 5, 2, judged[0].us.shape[-1]))
    cn_words = np.zeros((QUARTERS, 3, 2, judged[0].cn.shape[-1]))
    free_parts, free_share = np.zeros((QUARTERS, 2, parts.shape[-1])), np.zeros((QUARTERS, 2))
    free_cn_words = np.zeros_like(cn_words)
    china_only, capped, under_cap = (np.zeros((QUARTERS, 2)) for _ in range(3))
    weights = np.zeros((QUARTERS, 5, 2, max(len(roadmaps[v]) for v in exporters)))
    fees, cap, offered = np.zeros(QUARTERS), np.full(QUARTERS, NO_CAP), np.full(QUARTERS, 1e-9)
    for e, (vendor, ruling) in enumerate(zip(exporters, judged, strict=True)):
        own = roadmaps[vendor]
        figures = np.array([p.figures for p in own])
        variant = np.array([p.china_only for p in own])
        ramp = np.array([[p.share(q) for p in own] for q in range(QUARTERS)])  # [q, part]
        quality = np.array([p.quality * NEWER**p.launch for p in own])
        access = np.einsum("qpsw,qw->qps", ruling.us, approval)
        admitted = _admitted(ruling, acceptance, gate) @ BUYER_WEIGHTS
        for s in range(5):
            sold = _sold(variant, ramp, quality, access[:, :, s]) if s in (CN, HQ) else ~variant & (ramp >= 0)
            a = np.where(sold, access[:, :, s], 0.0)
            w = _fill(ramp, a, a * quality * (admitted if s == CN else 1.0))
            v = w * a
            share = _shares(v, ramp * sold)
            weights[:, s, e, : len(own)] = w
            parts[:, s, e] = share @ figures
            us_words[:, s, e] = np.einsum("qp,qpw->qw", w, ruling.us[:, :, s])
            if s == CN:
                # Beside these a part without licence, for those who are refused them.
                free = np.where(sold & (w < COUNTED), ruling.us[:, :, CN, 0], 0.0)
                beside = _fill(ramp, free, free * quality * admitted)
                named = _shares(beside * free, ramp * sold)
                free_parts[:, e], free_share[:, e] = named @ figures, (beside * free).sum(1)
                free_cn_words[:, :, e] = np.einsum("qp,qpbw->qbw", named, ruling.cn)
                cn_words[:, :, e] = np.einsum("qp,qpbw->qbw", share, ruling.cn)
                china_only[:, e] = share @ np.array([p.stranded for p in own])
                fees += (v * ruling.fee).sum(1)
                offered += v.sum(1)
                main = v > 0.1 * v.sum(1, keepdims=True)
                cap = np.minimum(cap, np.where(main & np.isfinite(ruling.cap), ruling.cap, NO_CAP).min(1))
                licensed = ruling.us[:, :, CN, 0] < 0.5
                under = main & (np.isfinite(ruling.cap) | (cap_set[:, None] & licensed))
                under_cap[:, e] = under.any(1)
                ids = [p.id for i, p in enumerate(own) if under[:, i].any()]
                capped[:, e] = [sum(mix(own, q).get(i, 0.0) for i in ids) for q in range(QUARTERS)]
    held_back = (parts[:, :, :, 0] < HELD_BACK * parts[:, :1, :, 0]).astype(float)
    ends = np.array([products.roadmap_end(roadmaps[v]) for v in vendors])
    return Window(
        parts, us_words, cn_words, free_parts, free_share, free_cn_words, held_back, china_only, best, announced,
        fees / offered, cap, capped, under_cap, weights,
        tuple(tuple(p.id for p in roadmaps[v]) for v in exporters), ends,
    )  # fmt: skip


def _admitted(ruling: "Judged", acceptance: np.ndarray, gate: np.ndarray) -> np.ndarray:
    """Return the central share China admits, [quarter, part, cn buyer]; the gate as in `trade.cn_acceptance`."""
    acts = ruling.cn @ acceptance
    unlicensed = ruling.us[:, :, CN, :1]
    given = gate[:, None, None]
    gated = unlicensed * np.minimum(given, acts) + (1 - unlicensed) * given
    return np.where(np.isnan(given), acts, gated)


def _sold(variant: np.ndarray, ramp: np.ndarray, quality: np.ndarray, access: np.ndarray) -> np.ndarray:
    """Say which parts are offered to Chinese buyers, [quarter, part].

    A variant for China is made only where a part at least as good, on sale elsewhere, is held back.
    """
    held_back = ~variant & (ramp > 0.05) & (access < 1 - HOPELESS)
    best_held = np.where(held_back, quality, 0.0).max(1, keepdims=True)
    return ~variant | (best_held >= 0.95 * quality)


def unrestricted(
    roadmaps: dict[str, tuple[Part, ...]], observed_until: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return every vendor's mix where no rule stands in the way, its best part, and how much was only announced.

    A part launched after quarter `observed_until` is an announcement. `best` has TPP and bandwidth of the best part
    seen by then, and of the best part of all.
    """
    parts = np.zeros((QUARTERS, 5, len(roadmaps), 12))
    best = np.zeros((QUARTERS, len(roadmaps), 4))
    announced = np.zeros((QUARTERS, len(roadmaps)))
    for v, own in enumerate(roadmaps.values()):
        by_id = {p.id: np.array(p.figures) for p in own}
        for q in range(QUARTERS):
            shares = mix(own, q)
            total = sum(shares.values())
            parts[q, :, v] = sum(w / total * by_id[i] for i, w in shares.items())
            announced[q, v] = sum(
                shares[p.id] / total for p in own if p.id in shares and p.launch > observed_until
            )
            best[q, v, :2] = products.best(own, int(min(q, observed_until)))
            best[q, v, 2:] = products.best(own, q)
    return parts, best, announced


def _shares(v: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """Return shares of parts by quarter; where nothing is on offer, those of the parts that would be sold."""
    kept = np.where(v.sum(1, keepdims=True) > 1e-6, v, otherwise)
    return kept / kept.sum(1, keepdims=True)


def _fill(ramp: np.ndarray, access: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return w[q, part]: what is left times the launch curve, from the best score down."""
    available = access > NEGLIGIBLE
    late = access < HOPELESS
    order = np.argsort(np.where(late, 1e6, 0.0) - score, axis=1, kind="stable")
    taken = np.take_along_axis(ramp * available, order, 1)
    left = np.cumprod(1 - taken, 1)
    w_sorted = taken * np.concatenate([np.ones((len(left), 1)), left[:, :-1]], 1)
    w = np.empty_like(w_sorted)
    np.put_along_axis(w, order, w_sorted, 1)
    return w


if __name__ == "__main__":
    from countervail.scenario.dump import main

    main()
