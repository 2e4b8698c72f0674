"""Tempered sequential Monte Carlo: from the prior to the posterior in steps, without gradients.

    p_k(u)  proportional to  N(u; 0, 1) L(u) ** lambda_k,     0 = lambda_0 < ... < lambda_K = 1

Each step raises lambda so that the effective sample size falls to a set share, resamples, and moves every particle by
preconditioned Crank-Nicolson proposals around the particles' own mean and covariance:

    u' = m + sqrt(1 - b^2) (u - m) + b L x,   x ~ N(0, 1),   accepted with  min(1, p_k(u') q(u) / (p_k(u) q(u')))

q = N(m, L L'). The proposal keeps q, so that hundreds of unknowns that history says nothing about cost no acceptance.
Where the observations' own information H is at hand, L L' = (1 + lambda_k H)^-1: the few directions that they speak of
are told from the many that they do not. Unknowns that enter the density of the residuals alone (scales of the
discrepancy) also move by themselves, which needs no run of the model. The model switches between supply and demand and
has kinks: gradients would mislead, ratios of densities do not care. Sources: del-moral-2006 (samplers), cotter-2013 and
cui-2016 (the proposal), beskos-2016 (tempering).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

Progress = Callable[[float, str], None]
LogLik = Callable[[np.ndarray], np.ndarray]
Information = Callable[[np.ndarray], np.ndarray]
GOOD_RATE = 0.25
CHEAP_STEP = 0.6
LEAST_INFORMATION = 0.02  # directions of less than this against the prior are left as the prior has them


@dataclass(frozen=True)
class Likelihood:
    """A likelihood in two steps: `values` `[value, particle]`, which are dear, and `score` of unknowns and values.

    The unknowns `cheap` change the score but no value.
    """

    values: Callable[[np.ndarray], np.ndarray]
    score: Callable[[np.ndarray, np.ndarray], np.ndarray]
    cheap: np.ndarray


@dataclass
class State:
    """Particles of a run between two temperatures."""

    u: np.ndarray  # [unknown, particle]
    loglik: np.ndarray
    power: float = 0.0
    evidence: float = 0.0  # log
    step: float = 0.5
    stage: int = 0
    trace: list[dict[str, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Settings:
    """How hard to work."""

    particles: int = 1536
    moves: int = 12  # proposals per particle and temperature
    last_moves: int = 40  # at the last temperature
    ess_share: float = 0.6
    runs: int = 3
    looks: int = 2  # points at which the information of the observations is taken: the mean, and particles


HINDCAST = Settings(particles=768, moves=8, last_moves=25, runs=2)
QUICK = Settings(particles=128, moves=3, last_moves=5, runs=1)


def sample(
    loglik: LogLik | Likelihood,
    size: int,
    settings: Settings,
    seed: int,
    progress: Progress | None = None,
    checkpoint: Path | None = None,
    information: Information | None = None,
) -> State:
    """Return particles of the posterior.

    Parameters
    ----------
    loglik
        Log likelihood of `[unknown, particle]`, as a function or in two steps.
    size
        Number of unknowns.
    settings, seed
        How hard to work, and which chance.
    progress
        Called with the power reached and a sentence.
    checkpoint
        File that holds the state after each temperature; a run that finds it goes on from there.
    information
        What the observations say of each pair of unknowns near a point, `[unknown, unknown]`.
    """
    held = loglik if isinstance(loglik, Likelihood) else _in_one(loglik)
    state = _load(checkpoint)
    if state is None:
        u = np.random.default_rng([seed, 0]).standard_normal((size, settings.particles))
        values = held.values(u)
        state = State(u, held.score(u, values))
    else:
        values = held.values(state.u)
    while state.power < 1.0:
        rng = np.random.default_rng([seed, state.stage + 1])
        values = _temper(state, values, held, settings, rng, information)
        _save(checkpoint, state)
        if progress:
            last = state.trace[-1]
            words = (
                f"power {state.power:.4f}, accepted {last['accepted']:.2f}, log evidence {state.evidence:.1f}"
            )
            progress(state.power, words)
    return state


def _in_one(loglik: LogLik) -> Likelihood:
    """Return a likelihood whose only value is itself."""
    return Likelihood(lambda u: loglik(u)[None], lambda u, values: values[0], np.empty(0, int))


def _temper(
    state: State,
    values: np.ndarray,
    likelihood: Likelihood,
    settings: Settings,
    rng: np.random.Generator,
    information: Information | None,
) -> np.ndarray:
    """Raise the power once, resample and move; return the values of the particles."""
    new = _next_power(state.loglik, state.power, settings.ess_share)
    log_w = (new - state.power) * _finite(state.loglik)
    top = log_w.max()
    w = np.exp(log_w - top)
    state.evidence += float(top + np.log(w.mean()))
    w /= w.sum()
    ess = 1 / (w**2).sum()
    chosen = _systematic(w, rng)
    u, ll, values = state.u[:, chosen], state.loglik[chosen], values[:, chosen]
    state.power = new
    near = _approximation(u)
    if information is not None:
        looks = [u.mean(1), *u[:, rng.choice(u.shape[1], settings.looks - 1, replace=False)].T]
        near = _informed(u, new * np.mean([information(x) for x in looks], 0))
    rates = []
    for _ in range(settings.moves if new < 1 else settings.last_moves):
        u, ll, values, rate = _move(u, ll, values, new, near, state.step, likelihood, rng)
        u, ll = _move_cheap(u, ll, values, new, likelihood, rng)
        rates.append(rate)
        state.step = float(np.clip(state.step * np.exp(0.6 * (rate - GOOD_RATE)), 0.02, 0.95))
    state.u, state.loglik = u, ll
    state.stage += 1
    state.trace.append(
        {
            "power": new,
            "ess": float(ess),
            "ancestors": float(len(np.unique(chosen))),
            "accepted": float(np.mean(rates)),
            "step": state.step,
            "log_evidence": state.evidence,
            "mean_loglik": float(np.mean(ll)),
        }
    )
    return values


def _finite(loglik: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(loglik), loglik, -1e12)


def _next_power(loglik: np.ndarray, power: float, share: float) -> float:
    """Return the largest power at which the effective sample size is still `share` of the particles."""
    ll = _finite(loglik)

    def ess(to: float) -> float:
        w = np.exp((to - power) * (ll - ll.max()))
        return float(w.sum() ** 2 / (w**2).sum() / len(w))

    if ess(1.0) >= share:
        return 1.0
    low, high = power, 1.0
    for _ in range(60):
        mid = 0.5 * (low + high)
        low, high = (mid, high) if ess(mid) >= share else (low, mid)
    return max(low, power + 1e-9)


def _systematic(w: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    positions = (rng.random() + np.arange(len(w))) / len(w)
    return np.minimum(np.searchsorted(np.cumsum(w), positions), len(w) - 1)


@dataclass(frozen=True)
class Near:
    """A normal near the particles: mean `[unknown, 1]`, a root of its covariance and the inverse of that."""

    mean: np.ndarray
    root: np.ndarray
    inverse: np.ndarray


def _approximation(u: np.ndarray) -> Near:
    """Return a normal near the particles: full among unknowns that are not as their prior, unit for the rest."""
    n = u.shape[1]
    mean, sd = u.mean(1), u.std(1)
    noise = 3 / np.sqrt(n)
    informed = np.flatnonzero((np.abs(mean) > noise) | (sd < 1 - noise))
    informed = informed[np.argsort(sd[informed])][: max(n // 8, 1)]
    m, root = np.zeros(len(u)), np.eye(len(u))
    if len(informed):
        m[informed] = mean[informed]
        root[np.ix_(informed, informed)] = np.linalg.cholesky(_covariance(u[informed]))
    return Near(m[:, None], root, np.linalg.inv(root))


def _informed(u: np.ndarray, information: np.ndarray) -> Near:
    """Return a normal near the particles: (1 + H)^-1 among the unknowns H speaks of, their own spread for the others.

    The mean is that of the particles, in the directions that H tells from the prior only.
    """
    size = len(u)
    silent = np.flatnonzero(np.abs(information).sum(1) == 0)
    heard = np.setdiff1d(np.arange(size), silent)
    value, vector = np.linalg.eigh(information[np.ix_(heard, heard)])
    keep = value > LEAST_INFORMATION
    value, vector = value[keep], vector[:, keep]
    m, root, inverse = np.zeros(size), np.eye(size), np.eye(size)
    m[heard] = vector @ (vector.T @ u[heard].mean(1))
    root[np.ix_(heard, heard)] += (vector * ((1 + value) ** -0.5 - 1)) @ vector.T
    inverse[np.ix_(heard, heard)] += (vector * ((1 + value) ** 0.5 - 1)) @ vector.T
    if len(silent):
        m[silent] = u[silent].mean(1)
        lower = np.linalg.cholesky(_covariance(u[silent]))
        root[np.ix_(silent, silent)] = lower
        inverse[np.ix_(silent, silent)] = np.linalg.inv(lower)
    return Near(m[:, None], root, inverse)


def _covariance(u: np.ndarray) -> np.ndarray:
    """Return the covariance of a few unknowns, shrunk towards its diagonal the more, the fewer the particles."""
    cov = np.cov(u).reshape(len(u), -1)
    shrink = min(1.0, len(u) / u.shape[1])
    return (1 - shrink) * cov + shrink * np.diag(np.diag(cov)) + 1e-4 * np.eye(len(u))


def _move(
    u: np.ndarray,
    ll: np.ndarray,
    values: np.ndarray,
    power: float,
    near: Near,
    step: float,
    likelihood: Likelihood,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return particles after one proposal each, their likelihood and values, and the share accepted."""
    away = near.root @ rng.standard_normal(u.shape)
    new = near.mean + np.sqrt(1 - step**2) * (u - near.mean) + step * away
    seen = likelihood.values(new)
    after = likelihood.score(new, seen)

    def excess(x: np.ndarray) -> np.ndarray:
        white = near.inverse @ (x - near.mean)
        return -0.5 * (x**2).sum(0) + 0.5 * (white**2).sum(0)

    ratio = power * (_finite(after) - _finite(ll)) + excess(new) - excess(u)
    yes = np.log(rng.random(len(ll))) < ratio
    return np.where(yes, new, u), np.where(yes, after, ll), np.where(yes, seen, values), float(yes.mean())


def _move_cheap(
    u: np.ndarray,
    ll: np.ndarray,
    values: np.ndarray,
    power: float,
    likelihood: Likelihood,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return particles after a proposal for each unknown that changes the score alone; the proposal keeps its prior."""
    for k in likelihood.cheap:
        new = u.copy()
        new[k] = np.sqrt(1 - CHEAP_STEP**2) * u[k] + CHEAP_STEP * rng.standard_normal(u.shape[1])
        after = likelihood.score(new, values)
        yes = np.log(rng.random(len(ll))) < power * (_finite(after) - _finite(ll))
        u, ll = np.where(yes, new, u), np.where(yes, after, ll)
    return u, ll


def _load(path: Path | None) -> State | None:
    if path is None or not path.exists():
        return None
    import json

    with np.load(path, allow_pickle=False) as held:
        head: dict[str, Any] = json.loads(str(held["head"]))
        return State(held["u"], held["loglik"], **head)


def _save(path: Path | None, state: State) -> None:
    if path is None:
        return
    import json

    from countervail.files import write_atomic

    head = {k: getattr(state, k) for k in ("power", "evidence", "step", "stage", "trace")}
    write_atomic(path, lambda p: np.savez(p, u=state.u, loglik=state.loglik, head=json.dumps(head)))
