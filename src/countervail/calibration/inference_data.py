"""A fit as a NetCDF file in the layout of InferenceData, which ArviZ reads: groups with axes `chain` and `draw`.

A chain is one run of the sampler. Its particles have equal weight and stand in random order: measures of
autocorrelation say nothing here, measures of agreement between chains do.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail import __version__
from countervail.calibration.past import past
from countervail.files import write_atomic

if TYPE_CHECKING:
    import xarray as xr

    from countervail.calibration.fit import Fit
    from countervail.calibration.problem import Problem

PRIOR_DRAWS = 1000
GROUPS = ("posterior", "posterior_predictive", "sample_stats", "prior", "prior_predictive", "observed_data")


def groups(fit: "Fit") -> "dict[str, xr.Dataset]":
    """Return the datasets of a fit by group.

    `posterior` and `prior` have every parameter by its name, `shock`, and `discrepancy`, `tau` and `rho`;
    `posterior_predictive`, `prior_predictive` and `observed_data` have `observed` by point; `sample_stats` has the log
    likelihood and the log density.
    """
    task, rng = fit.problem, np.random.default_rng(len(fit.states))
    order = rng.permutation(fit.states[0].u.shape[1])
    chains = [s.u[:, order] for s in fit.states]
    first, seen = _unknowns(task, chains, rng)
    before, expected = _unknowns(task, [rng.standard_normal((task.size, PRIOR_DRAWS))], rng, fitted=False)
    loglik = np.stack([s.loglik[order] for s in fit.states])
    density = loglik - 0.5 * np.stack([(u**2).sum(0) for u in chains])
    observed = np.array([p.value for p in task.points])
    stats = {"log_likelihood": (("chain", "draw"), loglik), "lp": (("chain", "draw"), density)}
    found = {
        "posterior": _dataset(task, first),
        "posterior_predictive": _dataset(task, {"observed": (("chain", "draw", "point"), seen)}),
        "sample_stats": _dataset(task, stats),
        "prior": _dataset(task, before),
        "prior_predictive": _dataset(task, {"observed": (("chain", "draw", "point"), expected)}),
        "observed_data": _dataset(task, {"observed": (("point",), observed)}),
    }
    for data in found.values():
        data.attrs |= {
            "inference_library": "countervail",
            "inference_library_version": __version__,
            "cutoff": fit.cutoff,
            "sampler": "tempered sequential Monte Carlo; a chain is one run",
        }
    return found


def write(fit: "Fit", path: Path) -> Path:
    """Write the file of a fit and return its path."""
    found = groups(fit)

    def save(target: Path) -> None:
        for k, name in enumerate(GROUPS):
            found[name].to_netcdf(target, mode="a" if k else "w", group=name, engine="h5netcdf")

    write_atomic(path, save)
    return path


def _unknowns(
    task: "Problem", chains: list[np.ndarray], rng: np.random.Generator, fitted: bool = True
) -> tuple[dict[str, Any], np.ndarray]:
    """Return the variables of a group by name, and observations made from each draw `[chain, draw, point]`."""
    parts: list[dict[str, np.ndarray]] = []
    made = []
    for u in chains:
        matrix, z, tau, rho = task.parts(u)
        model = task.model(matrix, z)
        held = {task.names[i]: matrix[i] for i in task.free}
        held |= {"shock": np.moveaxis(z, 2, 0), "tau": tau.T, "rho": rho}
        if fitted:
            held["discrepancy"] = np.moveaxis(past(task, model, tau, rho, rng), 2, 0)
        parts.append(held)
        made.append(task.replicate(model, tau, rho, rng).T)
    axes = {"shock": ("quarter", "shock_name"), "tau": ("group",), "discrepancy": ("group", "quarter")}
    variables = {
        name: (("chain", "draw", *axes.get(name, ())), np.stack([p[name] for p in parts]))
        for name in parts[0]
    }
    return variables, np.stack(made)


def _dataset(task: "Problem", variables: dict[str, Any]) -> "xr.Dataset":
    import xarray as xr

    from countervail.periods import quarter_name

    labels: dict[str, Any] = {
        "quarter": [quarter_name(q) for q in range(task.quarters)],
        "shock_name": list(task.shocks),
        "group": list(task.err.groups),
        "point": np.arange(len(task.points)),
    }
    used = {axis for axes, _ in variables.values() for axis in axes}
    coords = {axis: labels[axis] for axis in labels if axis in used}
    for axis in ("chain", "draw"):
        if axis in used:
            size = next(v.shape[a.index(axis)] for a, v in variables.values() if axis in a)
            coords[axis] = np.arange(size)
    data = xr.Dataset(variables, coords=coords)
    if "point" in used:
        for k, name in enumerate(("series_id", "actor", "period")):
            data[name] = ("point", [p.key[k] for p in task.points])
        data = data.set_coords(["series_id", "actor", "period"])
    return data
