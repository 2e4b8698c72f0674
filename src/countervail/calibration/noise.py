"""From what the model says to what a source would print: the discrepancy of the model, definitions, measurement.

The log residuals of a group of series are one normal vector (see `problem`). Where some were fitted, the others are
drawn given them: what a model missed by in one quarter it will partly miss by in the next. Nothing in the simulated
world is moved by this; it belongs to the comparison with a source.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from countervail.calibration.predict import Point
from countervail.calibration.problem import errors
from countervail.ensemble.discrepancy import RHO, TAU
from countervail.ensemble.draws import normals, quantile, uniforms
from countervail.ensemble.posterior import Posterior


def predictive(
    found: Sequence[Point], model: np.ndarray, seed: int, posterior: Posterior | None = None
) -> np.ndarray:
    """Return predictive draws `[point, draw]`.

    Parameters
    ----------
    found
        Points; those the posterior was fitted to inform the others of their group.
    model
        What the model says, `[point, draw]`.
    seed
        Of the errors.
    posterior
        Where the scale of each group's discrepancy comes from; its prior where there is none.
    """
    out = np.empty_like(model)
    draws = model.shape[1]
    fitted = fitted_rows(posterior)
    groups: dict[str, list[int]] = defaultdict(list)
    for i, p in enumerate(found):
        if p.target.error.dist == "normal":
            out[i] = model[i] + p.target.error.sd * _noise(p, seed, draws)
        elif p.target.error.dist == "mixture":
            out[i] = model[i] * np.exp(p.target.error.log_sd * _noise(p, seed, draws))
        else:
            groups[p.target.group].append(i)
    for group, members in groups.items():
        points = [found[i] for i in members]
        used = np.array([p.key in fitted for p in points])
        tau, rho = _scales(group, seed, draws, posterior)
        out[members] = _group(points, model[members], used, tau, rho, seed)
    for i, p in enumerate(found):
        out[i] = np.maximum(out[i], 0.0) if p.target.error.dist != "normal" else out[i]
        if p.observation.unit == "percent":
            out[i] = np.clip(out[i], 0.0, 100.0)
    return out


def _group(
    points: Sequence[Point], model: np.ndarray, used: np.ndarray, tau: np.ndarray, rho: np.ndarray, seed: int
) -> np.ndarray:
    """Return predictive draws of one group: given the fitted residuals, or, for the fitted points, on their own."""
    err = errors(points)
    name = err.groups[0]
    covariance = err.covariance(name, tau, rho)  # [draw, point, point]
    draws = model.shape[1]
    z = np.stack([_noise(p, seed, draws) for p in points])
    noise = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2)).T * z
    new = ~used
    if new.any():
        mean = np.zeros((draws, int(new.sum())))
        cov = covariance[:, new][:, :, new]
        if used.any():
            cross, inner = covariance[:, new][:, :, used], covariance[:, used][:, :, used]
            gain = np.linalg.solve(inner, np.swapaxes(cross, 1, 2))  # [draw, used, new]
            residual = err.residuals(model)[used].T
            mean = np.einsum("dun,du->dn", gain, residual)
            cov = cov - cross @ gain
        root = np.linalg.cholesky(cov + 1e-9 * np.eye(cov.shape[1]))
        noise[new] = (mean + np.einsum("dij,jd->di", root, z[new])).T
    floor = err.floor[:, None]
    return (model + floor) * np.exp(np.clip(noise, -20, 20)) - floor


def _scales(group: str, seed: int, draws: int, posterior: Posterior | None) -> tuple[np.ndarray, np.ndarray]:
    """Return tau and rho of a group for each draw."""
    if posterior is not None:
        row = posterior.pick(seed, 0, draws)
        if group in posterior.groups:
            return posterior.tau[posterior.groups.index(group), row], posterior.rho[row]
    tau = quantile(TAU, uniforms(f"discrepancy:{group}", seed, 0, draws))
    rho = quantile(RHO, uniforms("discrepancy:rho", seed, 0, draws))
    return tau, rho if posterior is None else posterior.rho[posterior.pick(seed, 0, draws)]


def _noise(p: Point, seed: int, draws: int) -> np.ndarray:
    series, actor, period = p.key
    return normals(f"error:{series}:{actor}:{period}:{p.observation.source}", seed, 0, draws)


def fitted_rows(posterior: Posterior | None) -> set[tuple[str, str, str]]:
    """Return the rows of history (series, actor, period) a posterior was fitted to."""
    return {(a, b, c) for a, b, c in posterior.head["points"]} if posterior is not None else set()
