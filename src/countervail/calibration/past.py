"""What the discrepancy was in the quarters that history spoke of, drawn given the residuals of each particle.

    d ~ N(C S^-1 e, G - C S^-1 C'),   G = tau^2 rho^|t - t'| among quarters, C between quarters and observations

e and S are the residuals of the group's observations and their covariance (see `problem`): parameters, shocks and d are
then one draw of the joint posterior.
"""

import numpy as np

from countervail.calibration.problem import Problem


def past(
    task: Problem, model: np.ndarray, tau: np.ndarray, rho: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return d of each group, `[group, quarter, draw]`, up to the last quarter the observations reach.

    Parameters
    ----------
    task
        The fit.
    model
        What the model says of the observations, `[point, draw]`.
    tau, rho
        Scale `[group, draw]` and memory `[draw]` of the discrepancy.
    rng
        Chance.
    """
    times, draws = np.arange(task.quarters, dtype=float), model.shape[1]
    residual = task.err.residuals(model)
    out = np.empty((len(task.err.groups), task.quarters, draws))
    for g, group in enumerate(task.err.groups):
        at = task.err.members[group]
        inner = task.err.covariance(group, tau[g], rho)
        cross = _kernel(times, task.err.time[at], tau[g], rho)  # [draw, quarter, point]
        gain = np.linalg.solve(inner, np.swapaxes(cross, 1, 2))  # [draw, point, quarter]
        mean = np.einsum("dpq,dp->dq", gain, residual[at].T)
        rest = _kernel(times, times, tau[g], rho) - cross @ gain
        root = np.linalg.cholesky(rest + 1e-10 * np.eye(len(times)))
        out[g] = (mean + np.einsum("dij,dj->di", root, rng.standard_normal(mean.shape))).T
    return out


def _kernel(a: np.ndarray, b: np.ndarray, tau: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """Return the covariance of d between times, `[draw, a, b]`."""
    return tau[:, None, None] ** 2 * rho[:, None, None] ** np.abs(a[:, None] - b[None])
