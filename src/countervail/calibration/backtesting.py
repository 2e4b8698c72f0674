"""Back-tests: model ranges against observed points, scored beside naive forecasts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from countervail.calibration import scores
from countervail.calibration.factors import factor_table
from countervail.calibration.forecasts import against_forecasts
from countervail.calibration.hindcast import BASE, late_priors
from countervail.calibration.noise import fitted_rows, predictive
from countervail.calibration.predict import Point, points
from countervail.calibration.simulation import model_values
from countervail.calibration.table import base_series, end_of, find, span
from countervail.ensemble.posterior import FINAL, Posterior, shipped
from countervail.errors import UserError
from countervail.evidence import load
from countervail.evidence.records import Observation
from countervail.periods import LAST_QUARTER, quarter_index

P = (0.05, 0.25, 0.5, 0.75, 0.95)
P_NAMES = ("p5", "p25", "p50", "p75", "p95")
ZERO_HIT = 0.05  # a zero is hit when the median is under this share of the series' largest value


@dataclass
class Backtest:
    """The result of a back-test; `to_json` gives the contract's document."""

    cutoff: str | None
    series: list[dict[str, Any]]
    overall: dict[str, Any]
    points: list[dict[str, Any]]
    factor: list[dict[str, Any]] = field(default_factory=list)
    zeros: list[dict[str, Any]] = field(default_factory=list)
    horizons: list[dict[str, Any]] = field(default_factory=list)
    widened_priors: list[str] = field(default_factory=list)
    unmapped: list[str] = field(default_factory=list)
    method: dict[str, Any] = field(default_factory=dict)
    against: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the document of the command contract; numbers that do not exist are null."""
        return {
            "cutoff": self.cutoff,
            "series": self.series,
            "overall": self.overall,
            "points": self.points,
            "factor": self.factor,
            "zeros": self.zeros,
            "horizons": self.horizons,
            "widened_priors": self.widened_priors,
            "unmapped": self.unmapped,
            "method": self.method,
            "against": self.against,
        }


def backtest(
    observations: Path | str | Sequence[Observation] | None = None,
    cutoff: str | None = None,
    draws: int = 1000,
    seed: int = 0,
    refit: bool = False,
    against: str | None = None,
    posterior: Posterior | Literal["auto"] | None = "auto",
) -> Backtest:
    """Return the model's ranges for observed points, and how good they were.

    Parameters
    ----------
    observations
        A file in the format of history.csv, or rows; the shipped history by default.
    cutoff
        A hindcast from the end of this quarter: only later points are scored. Without it, points that were used in
        the fit are marked and left out of the scores.
    draws, seed
        As for a run.
    refit
        Fit again for this cutoff instead of using the shipped posterior.
    against
        `forecasts`: score published forecasts of the same figures beside ours.
    posterior
        `auto`: the shipped one of the cutoff where there is one, else priors alone; None: priors alone.
    """
    if cutoff is not None:
        _check_cutoff(cutoff)
    if against not in (None, "forecasts"):
        raise UserError(f"against is '{against}'", "write forecasts")
    held = _refit(cutoff, seed) if refit else shipped(cutoff or FINAL) if posterior == "auto" else posterior
    rows = read_observations(observations)
    evidence = load()
    asked = [o for o in rows if not o.forecast]
    found = points(asked, evidence, cutoff)
    if not found:
        raise UserError(
            "no observation the model has an outcome for", "see calibration/data/targets.yaml for the series"
        )
    found, model, values = _simulate(found, cutoff, draws, seed, held)
    kind = "prior" if held is None else f"posterior {held.cutoff}"
    method = {"draws": draws, "seed": seed, "parameters": kind, "scenario": BASE}
    known = [o for o in evidence.history if not o.forecast and (cutoff is None or end_of(o.period) <= cutoff)]
    out = _assemble(found, values, known, cutoff, fitted_rows(held))
    out.method, out.unmapped = method, _unmapped(asked)
    if against:
        out.against = against_forecasts(asked, draws, seed)
    if cutoff is None:
        out.factor = factor_table(found, np.median(model, 1))
    return out


def read_observations(observations: Path | str | Sequence[Observation] | None) -> list[Observation]:
    """Return rows of the shipped history, of a file in its format, or the rows given."""
    if observations is None:
        return list(load().history)
    if isinstance(observations, (str, Path)):
        from countervail.calibration.files import read_history

        return read_history(Path(observations))
    return list(observations)


def _check_cutoff(cutoff: str) -> None:
    if not 3 <= quarter_index(cutoff) <= quarter_index("2026Q4"):
        raise UserError(f"cutoff is {cutoff}", "give a quarter from 2022Q4 to 2026Q4, such as 2024Q4")


def _unmapped(rows: Sequence[Observation]) -> list[str]:
    """Return the series of the rows that have no line in the table of targets."""
    return sorted({f"{o.series_id} ({o.actor})" for o in rows if find(o.series_id, o.actor) is None})


def _simulate(
    asked: list[Point], cutoff: str | None, draws: int, seed: int, posterior: Posterior | None
) -> tuple[list[Point], np.ndarray, np.ndarray]:
    """Return the points a run reaches, the model's and the predictive draws `[point, draw]`.

    The points a posterior was fitted to are simulated too: their residuals inform the discrepancy of the others.
    """
    evidence = load()
    asked = [p for p in asked if p.needs <= quarter_index(LAST_QUARTER)]
    fitted, given = fitted_rows(posterior), {p.key for p in asked}
    more = [o for o in evidence.history if (o.series_id, o.actor, o.period) in fitted - given]
    both = asked + points(more, evidence, cutoff)
    model = model_values(both, cutoff, draws, seed, posterior)
    values = predictive(both, model, seed, posterior)
    return asked, model[: len(asked)], values[: len(asked)]


def _assemble(
    found: list[Point],
    values: np.ndarray,
    known: list[Observation],
    cutoff: str | None,
    fitted: set[tuple[str, str, str]],
) -> Backtest:
    """Score points series by series."""
    before: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for o in known:
        before[o.series_id, _who(o.actor)].append(o)
    seen = {(o.series_id, o.actor, o.period) for o in known}
    out = Backtest(cutoff, [], {}, [])
    out.widened_priors = late_priors(cutoff) if cutoff else []
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, p in enumerate(found):
        groups[p.key[0], _who(p.key[1])].append(i)
    horizon: dict[int, list[tuple[float, float | None]]] = defaultdict(list)
    for (series, actor), members in groups.items():
        past = _merged(before.get((series, actor), []))
        largest = max([abs(v) for _, v in past], default=0.0) or max(abs(found[i].value) for i in members)
        s = scores.SCALE_SHARE * (largest or 1.0)
        naive = _naive(past, s) if past else None
        kept = []
        for i in members:
            p, y = found[i], values[i]
            q = np.quantile(y, P)
            used = p.key in fitted
            row = {"series_id": series, "actor": actor, "period": p.observation.period, "observed": p.value}
            row |= {name: float(v) for name, v in zip(P_NAMES, q, strict=True)}
            ahead = None if cutoff is None else p.last_quarter - quarter_index(cutoff)
            new = not used and (ahead is None or ahead > 0)
            row |= {"fitted": used, "scored": new, "role": p.target.role, "twin": p.target.twin}
            if p.value == 0:
                hit = bool(q[2] <= ZERO_HIT * largest) if largest else False
                out.zeros.append({**row, "hit": hit})
            if new:
                z = float(scores.to_z(p.value, s))
                row["crps"] = scores.crps_draws(scores.to_z(y, s), z)
                at = _middle(p.observation.period)
                ahead_of = naive is not None and at > naive.times[-1] and p.key not in seen
                row["crps_naive"] = scores.crps_normal(*naive.at(at), z) if naive and ahead_of else None
                row["inside50"] = bool(q[1] <= p.value <= q[3])
                row["inside90"] = bool(q[0] <= p.value <= q[4])
                kept.append(row)
                if ahead is not None and not p.target.twin:
                    horizon[ahead].append((row["crps"], row["crps_naive"]))
            out.points.append(row)
        out.series.append(_series_row(series, actor, members, kept, found, naive))
    out.overall = _overall(out.series)
    out.horizons = [_horizon(k, v) for k, v in sorted(horizon.items())]
    return out


def _refit(cutoff: str | None, seed: int) -> Posterior:
    """Return the posterior of a new fit, kept in a folder that goes away."""
    import tempfile

    from countervail.calibration.fit import calibrate, save
    from countervail.ensemble.posterior import read

    with tempfile.TemporaryDirectory() as folder:
        return read(save(calibrate(cutoff, seed=seed), folder=Path(folder)))


def _middle(period: str) -> float:
    first, last = span(period)
    return (first + last) / 2


def _merged(known: list[Observation]) -> list[tuple[float, float]]:
    """Return the series' past as (time, value), several sources of one period averaged."""
    by_time: dict[float, list[float]] = defaultdict(list)
    for o in known:
        by_time[_middle(o.period)].append(float(o.value))
    return [(t, float(np.mean(v))) for t, v in sorted(by_time.items())]


def _who(actor: str) -> str:
    """Return the actor without the half-year some rows write behind it."""
    return actor.partition(" (half-year")[0]


def _naive(past: list[tuple[float, float]], s: float) -> scores.Naive:
    return scores.best_naive([t for t, _ in past], [float(scores.to_z(v, s)) for _, v in past])


def _series_row(
    series: str,
    actor: str,
    members: list[int],
    kept: list[dict[str, Any]],
    found: list[Point],
    naive: scores.Naive | None,
) -> dict[str, Any]:
    """Return one series' line of the scores."""
    target = found[members[0]].target
    paired = [r for r in kept if r["crps_naive"] is not None]
    row: dict[str, Any] = {"series_id": series, "actor": actor, "n": len(kept)}
    row["coverage50"] = float(np.mean([r["inside50"] for r in kept])) if kept else None
    row["coverage90"] = float(np.mean([r["inside90"] for r in kept])) if kept else None
    row["crps"] = float(np.mean([r["crps"] for r in kept])) if kept else None
    ours = float(np.mean([r["crps"] for r in paired])) if paired else 0.0
    theirs = float(np.mean([r["crps_naive"] for r in paired])) if paired else 0.0
    row |= {"crps_naive": theirs if paired else None, "skill": 1 - ours / theirs if theirs > 0 else None}
    row |= {
        "role": target.role,
        "twin": target.twin,
        "group": target.group,
        "naive": naive.kind if naive else None,
    }
    row |= {"averaged": len(kept) >= 2 and not target.twin, "china": _is_china(target)}
    return row


def _is_china(target: Any) -> bool:
    """Return whether a series is about China or a Chinese maker."""
    chinese = ("Huawei", "T-Head", "Kunlunxin", "Enflame", "Cambricon", "CN other")
    return target.top is not None and (
        target.top.region == "CN" or any(v in target.variable for v in chinese)
    )


def _overall(series: list[dict[str, Any]]) -> dict[str, Any]:
    """Return means over series of at least two points, each series with the same weight."""
    used = [s for s in series if s["averaged"]]

    def of(rows: list[dict[str, Any]]) -> dict[str, Any]:
        skilled = [r for r in rows if r["skill"] is not None]
        ours = sum(r["crps"] for r in skilled)
        theirs = sum(r["crps_naive"] for r in skilled)
        return {
            "series": len(rows),
            "n": sum(r["n"] for r in rows),
            "coverage50": float(np.mean([r["coverage50"] for r in rows])) if rows else None,
            "coverage90": float(np.mean([r["coverage90"] for r in rows])) if rows else None,
            "crps": float(np.mean([r["crps"] for r in rows])) if rows else None,
            "crps_naive": theirs / len(skilled) if skilled else None,
            "skill": 1 - ours / theirs if skilled and theirs > 0 else None,
            "median_skill": float(np.median([r["skill"] for r in skilled])) if skilled else None,
        }

    return {
        **of(used),
        "china": of([s for s in used if s["china"]]),
        "one_point_series": sum(s["n"] == 1 for s in series),
    }


def _horizon(ahead: int, pairs: list[tuple[float, float | None]]) -> dict[str, Any]:
    both = [(a, b) for a, b in pairs if b is not None]
    theirs = float(np.mean([b for _, b in both])) if both else None
    ours = float(np.mean([a for a, _ in both])) if both else None
    skill = 1 - ours / theirs if ours is not None and theirs else None
    return {"quarters_ahead": ahead, "n": len(pairs), "crps": ours, "crps_naive": theirs, "skill": skill}


__all__ = ["Backtest", "backtest", "base_series", "read_observations"]
