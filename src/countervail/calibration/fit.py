"""`calibrate`: from history to the posterior files that runs use."""

import ast
import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from countervail import __version__
from countervail.calibration import smc
from countervail.calibration.kinks import kinks
from countervail.calibration.past import past
from countervail.calibration.problem import Problem, problem
from countervail.calibration.table import TABLE
from countervail.ensemble.posterior import FINAL, checksum, path_of
from countervail.files import parse_python

Progress = Callable[[float, str], None]
CUTOFFS = ("2023Q4", "2024Q2", "2024Q4")
ROWS = 1000
HINDCAST_ROWS = 500
TAUGHT, SHIFTED = (
    0.05,
    0.15,
)  # least fall in the standard deviation, or shift in prior sd, to keep a parameter
# Pairs that one would expect history to confound: yield with wafers, bought with domestic memory, software with demand.
EXPECTED = (
    ("fabrication.learning_rate", "expansion.wafers_2022_kwpm"),
    ("fabrication.defects_start_per_cm2", "expansion.wafers_growth_early"),
    ("hbm.imports_k", "hbm.domestic_2026_k"),
    ("hbm.stock_2022_k", "hbm.domestic_2026_k"),
    ("ecosystem.penalty_cann", "demand.cn_level_usd_bn"),
)
MODEL = Path(__file__).parent.parent / "model"


@dataclass
class Fit:
    """Particles of all runs of one fit, and what one must know to trust them."""

    cutoff: str
    problem: Problem
    u: np.ndarray  # [unknown, particle], runs pooled by their evidence
    run: np.ndarray  # which run each particle is from
    loglik: np.ndarray
    states: list[smc.State]
    fingerprint: str = ""  # of model and targets when the fit began

    @property
    def log_evidence(self) -> list[float]:
        """Return the estimate of each run."""
        return [s.evidence for s in self.states]

    def taught(self) -> list[dict[str, Any]]:
        """Return for each unknown: mean and standard deviation in prior units, spread between runs, what was learnt."""
        rows = []
        for i, label in enumerate(self.problem.labels):
            x = self.u[i]
            means = [s.u[i].mean() for s in self.states]
            rows.append(
                {
                    "name": label,
                    "mean": float(x.mean()),
                    "sd": float(x.std()),
                    "contraction": float(1 - x.std()),
                    "between_runs": float(np.std(means)) if len(means) > 1 else None,
                    "rhat": _rhat([s.u[i] for s in self.states]),
                }
            )
        return rows


def _rhat(chains: Sequence[np.ndarray]) -> float | None:
    """Return the ratio of total to within-run spread, one where the runs agree."""
    if len(chains) < 2:
        return None
    within = np.mean([c.var(ddof=1) for c in chains])
    between = np.var([c.mean() for c in chains], ddof=1)
    return float(np.sqrt(1 + between / max(within, 1e-12)))


def calibrate(
    cutoff: str | None = None,
    quick: bool = False,
    seed: int = 0,
    progress: Progress | None = None,
    resume: bool = True,
    settings: smc.Settings | None = None,
) -> Fit:
    """Return the fit to history; `save` writes its posterior file.

    Parameters
    ----------
    cutoff
        Use observations of periods up to this quarter and what was known then; all by default.
    quick
        Few particles and moves: the same code in a minute or so, for tests.
    seed
        Runs use seed, seed + 1, ...
    progress
        Called with the share done and a sentence.
    resume
        Go on from what an interrupted call left in the user's cache folder.
    """
    held = settings or (smc.QUICK if quick else smc.Settings() if cutoff is None else smc.HINDCAST)
    mark = fingerprint()
    task = problem(cutoff)
    states = []
    for k in range(held.runs):

        def report(power: float, text: str, k: int = k) -> None:
            if progress:
                progress((k + power) / held.runs, f"run {k + 1} of {held.runs}: {text}")

        file = _checkpoint(task, cutoff, held, seed + k) if resume and not quick else None
        states.append(smc.sample(task.likelihood, task.size, held, seed + k, report, file, task.information))
    for k in range(held.runs):
        file = _checkpoint(task, cutoff, held, seed + k)
        if file is not None:
            file.unlink(missing_ok=True)
    fit = _pool(cutoff or FINAL, task, states, seed)
    fit.fingerprint = mark
    return fit


def _pool(cutoff: str, task: Problem, states: list[smc.State], seed: int) -> Fit:
    """Pool runs: each gives particles in proportion to its estimate of the evidence, at least some of each."""
    z = np.array([s.evidence for s in states])
    weight = np.exp(z - z.max())
    weight = np.maximum(weight / weight.sum(), 0.5 / len(z))  # an estimate is noisy; no run is dropped for it
    weight /= weight.sum()
    size = states[0].u.shape[1]
    counts = np.floor(weight * size * len(states)).astype(int)
    rng = np.random.default_rng([seed, 77])
    pieces, runs, logs = [], [], []
    for k, (s, n) in enumerate(zip(states, counts, strict=True)):
        at = rng.permutation(np.arange(n) % size)
        pieces.append(s.u[:, at])
        logs.append(s.loglik[at])
        runs.append(np.full(n, k))
    order = rng.permutation(sum(counts))
    u = np.concatenate(pieces, 1)[:, order]
    return Fit(cutoff, task, u, np.concatenate(runs)[order], np.concatenate(logs)[order], states)


def save(fit: Fit, rows: int | None = None, folder: Path | None = None) -> Path:
    """Write the posterior file of a fit, with its provenance in a JSON file beside it; return its path."""
    from countervail.files import write_atomic, write_text

    task = fit.problem
    rows = rows or (ROWS if fit.cutoff == FINAL else HINDCAST_ROWS)
    taught = fit.taught()
    keep = [k for k, i in enumerate(task.free) if _is_taught(taught[k])]
    u = fit.u[:, np.arange(rows) % fit.u.shape[1]]
    matrix, z, tau, rho = task.parts(u)
    parts = {
        "values": matrix[[task.free[k] for k in keep]].astype(np.float32),
        "shocks": z.astype(np.float16),
        "tau": tau.astype(np.float32),
        "rho": rho.astype(np.float32),
        "past": past(task, task.model(matrix, z), tau, rho, np.random.default_rng(rows)).astype(np.float16),
    }
    head = {
        "cutoff": fit.cutoff,
        "parameters": [task.names[task.free[k]] for k in keep],
        "shocks": list(task.shocks),
        "groups": list(task.err.groups),
        "points": [list(p.key) for p in task.points],
        "checksum": checksum(parts),
        "fingerprint": fit.fingerprint,
        "priors": digest_of_priors(task.beliefs),
    }
    path = path_of(fit.cutoff) if folder is None else folder / path_of(fit.cutoff).name
    write_atomic(path, lambda p: np.savez_compressed(p, head=json.dumps(head), **parts))  # type: ignore[arg-type]
    about = {
        "command": "countervail calibrate" + ("" if fit.cutoff == FINAL else f" --cutoff {fit.cutoff}"),
        "made": date.today().isoformat(),
        "version": __version__,
        "rows": rows,
        **{k: v for k, v in head.items() if k != "points"},
        "observations": len(task.points),
        "settings": {"particles": fit.states[0].u.shape[1], "runs": len(fit.states)},
        "log_evidence": fit.log_evidence,
        "evaluations": task.evaluations,
        "stages": [s.trace for s in fit.states],
        "taught": [t for t in taught if not t["name"].startswith("shock.")],
        "shipped": _quantiles(fit, [task.free[k] for k in keep], matrix),
        "confounded": _confounded(fit, keep),
        "expected": _expected(fit, taught),
        "kinks": kinks(task, fit.u.mean(1)),
    }
    write_text(path.with_suffix(".json"), json.dumps(about, indent=1) + "\n")
    return path


def _quantiles(fit: Fit, rows: list[int], matrix: np.ndarray) -> list[dict[str, Any]]:
    """Return prior and posterior p5, p50, p95 of each shipped parameter, in its unit."""
    from countervail.ensemble.draws import quantile

    task, p = fit.problem, np.array([0.05, 0.5, 0.95])
    return [
        {
            "name": task.names[i],
            "prior": [float(x) for x in quantile(task.beliefs[task.names[i]], p)],
            "posterior": [float(x) for x in np.quantile(matrix[i], p)],
        }
        for i in rows
    ]


def _confounded(fit: Fit, keep: list[int], least: float = 0.3) -> list[dict[str, Any]]:
    """Return pairs of shipped parameters that history cannot tell apart: their correlation in the posterior."""
    if len(keep) < 2:
        return []
    r = np.corrcoef(fit.u[keep])
    labels = fit.problem.labels
    pairs = [(abs(r[a, b]), a, b) for a in range(len(keep)) for b in range(a)]
    return [
        {"a": labels[keep[a]], "b": labels[keep[b]], "correlation": float(r[a, b])}
        for size, a, b in sorted(pairs, reverse=True)
        if size >= least
    ]


def _expected(fit: Fit, taught: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return pairs that one would expect to be confounded: correlation, and what history taught of each."""
    labels = fit.problem.labels
    rows = []
    for a, b in EXPECTED:
        i, j = labels.index(a), labels.index(b)
        rows.append(
            {
                "a": a,
                "b": b,
                "correlation": float(np.corrcoef(fit.u[i], fit.u[j])[0, 1]),
                "contraction_a": taught[i]["contraction"],
                "contraction_b": taught[j]["contraction"],
            }
        )
    return rows


def _is_taught(row: dict[str, Any]) -> bool:
    """Return whether history moved a parameter enough to ship it; the rest keep their priors."""
    return row["contraction"] > TAUGHT or abs(row["mean"]) > SHIFTED


def fingerprint() -> str:
    """Return a hash of the model's code (without comments and docstrings) and of the targets."""
    total = hashlib.sha256(TABLE.read_bytes())
    for path in sorted(MODEL.rglob("*.py")):
        total.update(path.relative_to(MODEL).as_posix().encode())
        total.update(_code(path).encode())
    return total.hexdigest()


def digest_of_priors(beliefs: dict[str, dict[str, Any]]) -> str:
    """Return a hash of the distributions."""
    return hashlib.sha256(json.dumps(beliefs, sort_keys=True).encode()).hexdigest()


def _code(path: Path) -> str:
    tree = parse_python(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
        ):
            body.pop(0)
    return ast.unparse(tree)  # the same text on every Python, which a dump of the tree is not


def _checkpoint(task: Problem, cutoff: str | None, settings: smc.Settings, seed: int) -> Path | None:
    """Return the file that holds an interrupted run of exactly this task, or None where nothing can be kept."""
    key = json.dumps(
        [
            fingerprint(),
            digest_of_priors(task.beliefs),
            cutoff,
            asdict(settings),
            seed,
            [p.key for p in task.points],
        ]
    )
    root = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = Path(root) / "countervail" / "calibrate"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.npz"
