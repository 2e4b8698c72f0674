"""The rows of an answer to `why`: numbers over draws, shares of the change, and words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail.strategy.changes import Change
from countervail.strategy.pathways import Part
from countervail.strategy.ranks import rank_correlation, threshold

if TYPE_CHECKING:
    from countervail.ensemble import Result

PARAMETERS = 5
CANCELLED = 0.2  # a mean change below this share of the mean size of the change is no base for shares


def numbers(x: np.ndarray, flat: bool) -> dict[str, float]:
    """Return quantiles and mean over draws; of a share of draws there is no range."""
    from countervail.ensemble import summary

    mean = float(x.mean())
    q = [mean] * 5 if flat else summary.quantiles(x).tolist()
    return {**dict(zip(summary.QUANTILE_NAMES, q, strict=True)), "mean": mean}


def share(part: np.ndarray, change: np.ndarray) -> float | None:
    """Return the mean of a part over the mean change; None where draws of both signs all but cancel in the mean."""
    mean = float(change.mean())
    return float(part.mean()) / mean if abs(mean) > CANCELLED * float(np.abs(change).mean()) else None


def change_rows(
    changes: Sequence[Change],
    shares: np.ndarray,
    change: np.ndarray,
    flat: bool,
    in_force: Sequence[Mapping[str, float]],
) -> list[dict[str, Any]]:
    """Return a row per change, the largest share first.

    `shares` is `[change, draw]`; `in_force` holds the numbers of levers before and after.
    """
    rows = [
        {**_change_row(c, in_force), "contribution": numbers(s, flat), "share": share(s, change)}
        for c, s in zip(changes, shares, strict=True)
    ]
    return sorted(rows, key=lambda r: -abs(r["contribution"]["mean"]))


def pathway_rows(parts: Iterable[Part], change: np.ndarray, flat: bool) -> list[dict[str, Any]]:
    """Return a row per part of the outcome, in the order of its account."""
    return [
        {
            "id": p.id,
            "label": p.label,
            "base": numbers(p.before, flat),
            "value": numbers(p.after, flat),
            "change": numbers(p.change, flat),
            "share": share(p.change, change),
        }
        for p in parts
    ]


def mechanism_rows(
    switches: Sequence[Mapping[str, Any]], effects: Sequence[np.ndarray], change: np.ndarray, flat: bool
) -> list[dict[str, Any]]:
    """Return a row per mechanism that was switched off, the largest effect first."""
    rows = [
        {
            **{k: switch[k] for k in ("id", "mechanism", "title", "without")},
            "effect": numbers(e, flat),
            "share": share(e, change),
            "settings": switch["settings"],
        }
        for switch, e in zip(switches, effects, strict=True)
    ]
    return sorted(rows, key=lambda r: -abs(r["effect"]["mean"]))


def parameter_rows(after: "Result", change: np.ndarray) -> list[dict[str, Any]]:
    """Return the parameters that go most with the size of the change, none that chance could explain."""
    from countervail.evidence import load

    if change.size < 2:
        return []
    known = {p.key: p for own in load().priors.values() for p in own.values() if not p.background}
    found = rank_correlation(after.parameters, change)[:, 0]
    order = [int(k) for k in np.argsort(-np.abs(found), kind="stable")[:PARAMETERS]]
    least = threshold(change.size)
    rows = []
    for k in order:
        prior = known[after.parameter_names[k]]
        if abs(found[k]) >= least:
            rows.append(
                {
                    "id": prior.key,
                    "label": prior.label,
                    "correlation": float(found[k]),
                    "basis": prior.basis,
                    "sources": list(prior.sources),
                }
            )
    return rows


def method(n: int, every: bool, orders: int) -> str:
    """Return in words how the shares were found."""
    if n == 1:
        return "one change: all of it"
    if every:
        return f"Shapley values of {n} changes, exact: every subset of them was run"
    return (
        f"Shapley values of {n} changes over {orders} orders of them, half of them the reverse of the others"
    )


def _change_row(c: Change, in_force: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Return a change as a row; of a lever also the numbers in force in the period, where the rules give one."""
    row: dict[str, Any] = {
        "id": c.id, "label": c.label, "kind": c.kind, "side": c.side, "group": c.group,
        "from": c.before, "to": c.after, "since": c.start,
    }  # fmt: skip
    if c.kind == "lever":
        numbers = [paths.get(c.id, float("nan")) for paths in in_force]
        row |= {k: None if x != x else x for k, x in zip(("from_value", "to_value"), numbers, strict=True)}
    if c.members:
        row["members"] = [_change_row(m, in_force) for m in c.members]
    return row
