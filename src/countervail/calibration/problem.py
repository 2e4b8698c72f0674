"""The statistical problem: which unknowns, which observations, and how likely the observations are.

Unknowns are standard normal numbers `u`; a parameter is the quantile of its prior at Phi(u), a shock is u itself. So
the prior of everything is N(0, 1) and nothing depends on the scale of a parameter.

    e   = log((y + floor) / (model + floor))                     a residual, one per observation
    e   ~ N(0, S),   S = errors^2 + scale_sd^2 [same series] + tau_g^2 rho^|t - t'| [same group]

tau_g (scale of the discrepancy of a group of series) and rho (how much of it is left a quarter later) are unknowns
too. The frontier lag is compared in months, with independent errors. Sources of one year's Ascend units that cannot
all be right are a mixture.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from countervail.calibration import smc
from countervail.calibration.predict import Point
from countervail.calibration.table import span
from countervail.ensemble.discrepancy import RHO, TAU

LEAST = 1e-6


@dataclass(frozen=True)
class Reader:
    """Reads all points off a block of the model's output at once."""

    quarter: np.ndarray
    row: np.ndarray
    top: np.ndarray  # [point, entry]
    bottom: np.ndarray
    ratio: np.ndarray  # [point] whether there is a bottom
    factor: np.ndarray
    plus: np.ndarray
    complement: np.ndarray

    def of(self, rows: np.ndarray) -> np.ndarray:
        """Return `[point, draw]` from `[quarter, row, draw]`."""
        picked = rows[self.quarter, self.row].astype(np.float64)
        x = self.top @ picked
        below = self.bottom @ picked
        x = np.where(self.ratio[:, None], x / np.maximum(below, 1e-9), x)
        x = np.where(self.complement[:, None], 1 - x, x)
        return np.maximum(x * self.factor[:, None] + self.plus[:, None], 0.0)


def reader(points: Sequence[Point]) -> Reader:
    """Return the reader of a list of points."""
    entries: dict[tuple[int, int], int] = {}
    for p in points:
        for weighted in (p.top, p.bottom):
            for q, row, _ in weighted.terms if weighted else ():
                entries.setdefault((q, row), len(entries))
    top, bottom = (np.zeros((len(points), len(entries))) for _ in range(2))
    for i, p in enumerate(points):
        for into, weighted in ((top, p.top), (bottom, p.bottom)):
            for q, row, w in weighted.terms if weighted else ():
                into[i, entries[q, row]] += w
    quarter, row = (np.array([k[j] for k in entries], int) for j in range(2))
    return Reader(
        quarter,
        row,
        top,
        bottom,
        np.array([p.bottom is not None for p in points]),
        np.array([p.factor for p in points]),
        np.array([p.plus for p in points]),
        np.array([p.target.complement for p in points]),
    )


@dataclass(frozen=True)
class Errors:
    """Residuals of points and their covariance, for a list of points of log-normal error."""

    groups: tuple[str, ...]
    log: np.ndarray  # indices of the points compared as logs
    members: dict[str, np.ndarray]  # group -> indices into all points
    time: np.ndarray
    sd: np.ndarray
    scale: np.ndarray  # [point, point] shared error of the scale of a series
    floor: np.ndarray
    value: np.ndarray

    def residuals(self, model: np.ndarray) -> np.ndarray:
        """Return log residuals `[point, draw]`."""
        f = self.floor[:, None]
        return np.log(np.maximum(self.value[:, None] + f, LEAST) / np.maximum(model + f, LEAST))

    def covariance(self, group: str, tau: np.ndarray, rho: np.ndarray, measured: bool = True) -> np.ndarray:
        """Return the covariance of a group's residuals `[draw, point, point]`."""
        at = self.members[group]
        apart = np.abs(self.time[at][:, None] - self.time[at][None])
        ar = tau[:, None, None] ** 2 * rho[:, None, None] ** apart
        fixed = self.scale[np.ix_(at, at)] + (np.diag(self.sd[at] ** 2) if measured else 0.0)
        return ar + fixed


def errors(points: Sequence[Point]) -> Errors:
    """Return the error model of a list of points."""
    members: dict[str, list[int]] = defaultdict(list)
    for i, p in enumerate(points):
        if p.target.error.dist in ("lognormal", "upper"):
            members[p.target.group].append(i)
    n = len(points)
    scale = np.zeros((n, n))
    for i, a in enumerate(points):
        for j, b in enumerate(points):
            if a.key[:2] == b.key[:2]:
                scale[i, j] = a.target.scale_sd**2
    return Errors(
        tuple(members),
        np.array(sorted(i for at in members.values() for i in at), int),
        {g: np.array(at, int) for g, at in members.items()},
        np.array([sum(span(p.observation.period)) / 2 for p in points]),
        np.array([p.target.error.log_sd for p in points]),
        scale,
        np.array([p.target.error.floor for p in points]),
        np.array([p.value for p in points]),
    )


@dataclass
class Problem:
    """Unknowns, observations and likelihood of one fit.

    The rows of `u` are: free parameters, shocks by quarter, tau of each group, rho.
    """

    points: list[Point]
    policy: Any
    beliefs: dict[str, dict[str, Any]]
    quarters: int
    names: tuple[str, ...]
    shocks: tuple[str, ...]
    read: Reader = field(init=False)
    rows: tuple[int, ...] = field(init=False)  # of the model's output, those that points read
    err: Errors = field(init=False)
    evaluations: int = 0

    def __post_init__(self) -> None:
        """Prepare what each evaluation needs."""
        whole = reader(self.points)
        needed = np.unique(whole.row)
        self.rows = tuple(int(r) for r in needed)
        self.read = replace(whole, row=np.searchsorted(needed, whole.row))
        self.err = errors(self.points)
        self.free = [i for i, n in enumerate(self.names) if self.beliefs[n]["dist"] != "fixed"]
        self.n_shocks = self.quarters * len(self.shocks)
        self.size = len(self.free) + self.n_shocks + len(self.err.groups) + 1
        self.fixed = np.array([float(self.beliefs[n].get("value", 0.0)) for n in self.names])
        self.mixtures: dict[str, list[int]] = defaultdict(list)
        for i, p in enumerate(self.points):
            if p.target.error.dist == "mixture":
                self.mixtures[p.observation.period].append(i)
        self.months = [i for i, p in enumerate(self.points) if p.target.error.dist == "normal"]

    @property
    def labels(self) -> list[str]:
        """Return the name of each unknown."""
        z = [f"shock.{s}.{q}" for q in range(self.quarters) for s in self.shocks]
        return (
            [self.names[i] for i in self.free]
            + z
            + [f"discrepancy.{g}" for g in self.err.groups]
            + ["discrepancy.rho"]
        )

    def parts(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return parameters `[parameter, draw]`, shocks `[quarter, shock, draw]`, tau `[group, draw]`, rho `[draw]`."""
        from scipy.special import ndtr

        from countervail.ensemble.draws import quantile

        n = u.shape[1]
        probability = np.clip(ndtr(u), 1e-12, 1 - 1e-12)
        matrix = np.repeat(self.fixed[:, None], n, 1)
        for k, i in enumerate(self.free):
            matrix[i] = quantile(self.beliefs[self.names[i]], probability[k])
        a = len(self.free)
        z = u[a : a + self.n_shocks].reshape(self.quarters, len(self.shocks), n)
        return matrix, z, *self.scales(u)

    def model(self, matrix: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Return what the model says of every point, `[point, draw]`, computed in double precision."""
        from countervail.calibration import double

        out = np.empty((len(self.points), matrix.shape[1]))

        def take(first: int, rows: np.ndarray) -> None:
            out[:, first : first + rows.shape[2]] = self.read.of(rows)

        double.blocks(self.policy, matrix, z, self.rows, take)
        self.evaluations += matrix.shape[1]
        return out

    def loglik(self, u: np.ndarray) -> np.ndarray:
        """Return the log likelihood `[draw]`, in double precision; a draw the model cannot run has minus infinity."""
        return self.scored(u, self.values(u))

    def values(self, u: np.ndarray) -> np.ndarray:
        """Return what the model says of every point, `[point, draw]`, from unknowns."""
        matrix, z, _, _ = self.parts(u)
        with np.errstate(all="ignore"):
            return self.model(matrix, z)

    def scored(self, u: np.ndarray, model: np.ndarray) -> np.ndarray:
        """Return the log likelihood `[draw]` of unknowns for which the model's values are at hand."""
        with np.errstate(all="ignore"):
            total = self.score(model, *self.scales(u))
        return np.where(np.isfinite(total), total, -np.inf)

    @property
    def likelihood(self) -> smc.Likelihood:
        """Return the likelihood in two steps, for the sampler: the scales of the discrepancy run no model."""
        return smc.Likelihood(
            self.values, self.scored, np.arange(self.size - len(self.err.groups) - 1, self.size)
        )

    def scales(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return tau `[group, draw]` and rho `[draw]`."""
        from scipy.special import ndtr

        from countervail.ensemble.draws import quantile

        probability = np.clip(ndtr(u[self.size - len(self.err.groups) - 1 :]), 1e-12, 1 - 1e-12)
        return np.stack([quantile(TAU, p) for p in probability[:-1]]), quantile(RHO, probability[-1])

    def information(self, centre: np.ndarray, step: float = 0.5) -> np.ndarray:
        """Return what the observations say of each pair of unknowns near a point, `[unknown, unknown]`: J' S^-1 J.

        J is the change of the residuals with the unknowns over `step` prior standard deviations to both sides, wide
        enough to look over kinks. The scales of the discrepancy change no residual and have zeros.
        """
        k = len(self.free) + self.n_shocks
        u = np.repeat(centre[:, None], 2 * k + 1, 1)
        u[range(k), range(k)] += step
        u[range(k), range(k, 2 * k)] -= step
        matrix, z, tau, rho = self.parts(u)
        with np.errstate(all="ignore"):
            model = self.model(matrix, z)
            e = self.err.residuals(model)
            e[self.months] = -model[self.months]
        jacobian = np.nan_to_num((e[:, :k] - e[:, k : 2 * k]) / (2 * step))
        out = np.zeros((self.size, self.size))
        for g, group in enumerate(self.err.groups):
            j = jacobian[self.err.members[group]]
            s = self.err.covariance(group, tau[g, -1:], rho[-1:])[0]
            out[:k, :k] += j.T @ np.linalg.solve(s, j)
        alone = [(i, self.err.sd[i]) for at in self.mixtures.values() for i in at]
        alone += [(i, self.points[i].target.error.sd) for i in self.months]
        for i, sd in alone:
            out[:k, :k] += np.outer(jacobian[i], jacobian[i]) / sd**2
        return out

    def replicate(
        self, model: np.ndarray, tau: np.ndarray, rho: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Return observations as sources would print them, `[point, draw]`: with discrepancy and measurement."""
        out, draws = model.copy(), model.shape[1]
        for g, group in enumerate(self.err.groups):
            at = self.err.members[group]
            root = np.linalg.cholesky(self.err.covariance(group, tau[g], rho))
            noise = np.einsum("dij,dj->id", root, rng.standard_normal((draws, len(at))))
            floor = self.err.floor[at][:, None]
            out[at] = (model[at] + floor) * np.exp(noise) - floor
        for at in self.mixtures.values():
            out[at] = model[at] * np.exp(self.err.sd[at][:, None] * rng.standard_normal((len(at), draws)))
        for i in self.months:
            out[i] = model[i] + self.points[i].target.error.sd * rng.standard_normal(draws)
        return out

    def score(self, model: np.ndarray, tau: np.ndarray, rho: np.ndarray) -> np.ndarray:
        """Return the log likelihood of the observations given what the model says."""
        total = np.zeros(model.shape[1])
        e = self.err.residuals(model)
        for g, group in enumerate(self.err.groups):
            total += _normal(e[self.err.members[group]].T, self.err.covariance(group, tau[g], rho))
        for at in self.mixtures.values():
            total += _mixture(e[at], self.err.sd[at], _weights([self.points[i] for i in at]))
        for i in self.months:
            sd = self.points[i].target.error.sd
            total += -0.5 * ((self.err.value[i] - model[i]) / sd) ** 2 - np.log(sd) - 0.919
        return total


def _normal(e: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Return the log density of `[draw, point]` under N(0, covariance)."""
    bad = np.logical_not(np.isfinite(e).all(axis=1))
    root = np.linalg.cholesky(covariance)
    white = np.linalg.solve(root, np.where(bad[:, None], 0.0, e)[..., None])[..., 0]
    half = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(1)
    out = -0.5 * (white**2).sum(1) - half - 0.919 * e.shape[1]
    return np.where(bad, -np.inf, out)


def _weights(points: Sequence[Point]) -> np.ndarray:
    """Return the weight of each source of a mixture.

    A source far below the others (half the largest or less: for 2025 an official "at most") has `low_weight`, the
    others share the rest; agreement of several outweighs one.
    """
    value = [p.value for p in points]
    low = np.array([v <= 0.5 * max(value) for v in value])
    share = points[0].target.error.low_weight
    few = int(low.sum())
    if few == 0:
        return np.full(len(points), 1 / len(points))
    return np.where(low, share / few, (1 - share) / (len(points) - few))


def _mixture(e: np.ndarray, sd: np.ndarray, weights: np.ndarray) -> np.ndarray:
    parts = np.log(weights)[:, None] - 0.5 * (e / sd[:, None]) ** 2 - np.log(sd)[:, None] - 0.919
    top = parts.max(0)
    return top + np.log(np.exp(parts - top).sum(0))


def problem(cutoff: str | None = None) -> Problem:
    """Return the problem of the final fit, or of a hindcast that uses observations of periods up to `cutoff`.

    A hindcast has the products known at the cutoff and wider priors where a source came later (`hindcast.inputs_at`).
    """
    from countervail.calibration.hindcast import inputs_at
    from countervail.calibration.predict import points
    from countervail.calibration.table import end_of, find
    from countervail.ensemble.beliefs import beliefs
    from countervail.evidence import load
    from countervail.model.parameters import names
    from countervail.model.shocks import SHOCKS

    evidence = load()
    rows = []
    for o in evidence.history:
        target = find(o.series_id, o.actor)
        inside = cutoff is None or end_of(o.period) <= cutoff
        if target is not None and not o.forecast and target.fits(o.period) and inside:
            rows.append(o)
    found = points(rows, evidence, cutoff)
    quarters = max(p.needs for p in found) + 1
    inputs = inputs_at(cutoff)
    import jax

    policy = jax.tree.map(lambda x: x[:quarters], inputs.variants[0][0])
    chosen, _ = beliefs(evidence, names(), as_of=inputs.as_of)
    return Problem(found, policy, chosen, quarters, names(), tuple(SHOCKS))
