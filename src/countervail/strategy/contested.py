"""Contested signs: what the model says where informed people argue for both. The signs are results, not built in."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from countervail.errors import UserError, unknown
from countervail.files import read_yaml
from countervail.strategy.ranks import check_draws, rank_correlation, threshold

TABLE = Path(__file__).parent / "data" / "contested.yaml"
NO_CHANGE = 0.001  # a relative change smaller than this counts as none
KEYS = {
    "id", "question", "change", "base", "outcome", "region", "period",
    "higher", "higher_sources", "lower", "lower_sources",
}  # fmt: skip
Reading = tuple[str, str, str]  # outcome, region, period


@cache
def questions() -> tuple[dict[str, Any], ...]:
    """Return the rows of contested.yaml, refusing one that is not complete."""
    rows = read_yaml(TABLE)["questions"]
    for row in rows:
        wrong = KEYS ^ set(row)
        if wrong:
            raise UserError(f"contested.yaml: {row.get('id', 'a row')}: {', '.join(sorted(wrong))}")
    return tuple(rows)


def contested(
    draws: int = 1000, seed: int = 0, ids: Sequence[str] | None = None, as_of: date | None = None
) -> list[dict[str, Any]]:
    """Return a row per contested question: shares of draws by sign, the size of the effect, and what decides it.

    Parameters
    ----------
    draws
        Draws of each run; both runs of a question have the same ones.
    seed
        Seed of the draws.
    ids
        Only these questions.
    as_of
        Use only what was known on this date.

    Returns
    -------
    list
        The question as in contested.yaml, `unit`, `positive`, `negative`, `no_change` (shares of draws; no change is
        less than 0.1%), `median`, `p5`, `p95` (in the unit), `median_percent`, `decides` (parameter id or None: the
        largest absolute rank correlation with the effect), `correlation`, `positive_low`, `positive_high` (share
        positive in the lowest and highest fifth of that parameter), `decides_sign`, `sign_correlation` (the same for
        the sign alone: -1, 0, 1), `threshold` (below it None).
    """
    check_draws(draws)
    chosen = [q for q in questions() if ids is None or q["id"] in ids]
    for wrong in set(ids or ()) - {q["id"] for q in chosen}:
        raise unknown("contested question", wrong, [q["id"] for q in questions()])
    wanted: dict[tuple[str, ...], set[Reading]] = {}
    for q in chosen:
        for side in ("change", "base"):
            wanted.setdefault(tuple(q[side]), set()).add(_reading(q))
    read, parameters, names = _run_all(wanted, draws, seed, as_of)
    return [
        _row(q, read[tuple(q["change"])][_reading(q)], read[tuple(q["base"])][_reading(q)], parameters, names)
        for q in chosen
    ]


def signs(change: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Return -1, 0 or 1 per draw; 0 where the relative change is below `NO_CHANGE`."""
    effect = change.astype(np.float64) - base
    size = np.maximum(np.maximum(np.abs(change), np.abs(base)), 1e-12)
    return np.where(np.abs(effect) / size < NO_CHANGE, 0, np.sign(effect)).astype(int)


def effect_row(change: np.ndarray, base: np.ndarray) -> dict[str, float]:
    """Return shares of draws by sign and the size of the effect `change - base`, draw by draw."""
    effect, sign = change.astype(np.float64) - base, signs(change, base)
    p5, median, p95 = np.quantile(effect, (0.05, 0.5, 0.95))
    return {
        "positive": float(np.mean(sign > 0)),
        "negative": float(np.mean(sign < 0)),
        "no_change": float(np.mean(sign == 0)),
        "median": float(median),
        "p5": float(p5),
        "p95": float(p95),
        "median_percent": float(100 * np.median(effect / np.maximum(np.abs(base), 1e-12))),
    }


def decider(
    effect: np.ndarray, sign: np.ndarray, parameters: np.ndarray, names: Sequence[str]
) -> dict[str, Any]:
    """Return the parameter with the largest absolute rank correlation with an effect, if any is large enough.

    `parameters` is `[parameter, draw]`. With it: the share of positive signs where it is low and where it is high,
    and the parameter that goes most with the sign.
    """
    least = threshold(effect.size)
    both = rank_correlation(parameters, np.stack([effect, sign]))
    (k, most), (k_sign, most_sign) = (
        (int(i), float(both[i, j])) for j, i in enumerate(np.abs(both).argmax(0))
    )
    low, high = np.quantile(parameters[k], (0.2, 0.8))
    found = abs(most) >= least
    return {
        "decides": names[k] if found else None,
        "correlation": most,
        "positive_low": float(np.mean(sign[parameters[k] <= low] > 0)) if found else None,
        "positive_high": float(np.mean(sign[parameters[k] >= high] > 0)) if found else None,
        "decides_sign": names[k_sign] if abs(most_sign) >= least else None,
        "sign_correlation": most_sign,
        "threshold": least,
    }


def _row(
    q: Mapping[str, Any], change: np.ndarray, base: np.ndarray, parameters: np.ndarray, names: Sequence[str]
) -> dict[str, Any]:
    from countervail.ensemble.outcomes import find

    effect = change.astype(np.float64) - base
    decided = decider(effect, signs(change, base), parameters, names)
    unit = find(q["outcome"], q["region"]).unit
    return {**q, "unit": unit, **effect_row(change, base), **decided}


def _reading(q: Mapping[str, Any]) -> Reading:
    return q["outcome"], q["region"], q["period"]


def _run_all(
    wanted: Mapping[tuple[str, ...], set[Reading]], draws: int, seed: int, as_of: date | None
) -> tuple[dict[tuple[str, ...], dict[Reading, np.ndarray]], np.ndarray, tuple[str, ...]]:
    """Run each scenario once and keep only the outcomes asked for; the parameters are those of every run."""
    from countervail.ensemble import run

    read: dict[tuple[str, ...], dict[Reading, np.ndarray]] = {}
    parameters, names = np.empty((0, draws)), ()
    for (scenario, *settings), readings in wanted.items():
        result = run(scenario, draws=draws, seed=seed, set=settings or None, as_of=as_of, discrepancy=False)
        read[(scenario, *settings)] = {r: np.array(result.at(*r)) for r in readings}
        parameters, names = result.parameters, result.parameter_names
    return read, parameters, names
