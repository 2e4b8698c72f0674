"""The discrepancy of the past, and a fit as a file for ArviZ."""

import numpy as np
import pytest
import xarray as xr

from countervail.calibration import inference_data
from countervail.calibration.fit import calibrate
from countervail.calibration.past import past
from countervail.calibration.problem import problem


@pytest.fixture(scope="module")
def task():
    return problem("2023Q4")


def residual(task, group: str, size: float) -> np.ndarray:
    """Return a model that misses every observation of a group by a factor exp(-size), and no other."""
    model = np.array([p.value for p in task.points], float)
    at = task.err.members[group]
    f = task.err.floor[at]
    model[at] = (model[at] + f) * np.exp(-size) - f
    return np.repeat(model[:, None], 4000, 1)


def test_what_a_group_is_missed_by_is_its_discrepancy(task):
    group = "nvidia_money"
    g = task.err.groups.index(group)
    tau, rho = np.full((len(task.err.groups), 4000), 0.3), np.full(4000, 0.8)
    d = past(task, residual(task, group, 0.25), tau, rho, np.random.default_rng(0))
    seen = [int(t) for t in task.err.time[task.err.members[group]]]
    assert d[g, seen].mean(1) == pytest.approx(0.25, abs=0.05)
    assert d[g, seen].std(1).max() < 0.07  # errors of 5% leave no more
    others = [k for k in range(len(task.err.groups)) if k != g]
    assert np.abs(d[others].mean(2)).max() < 0.03
    assert d[others].std(2).max() < 0.32


def test_without_a_scale_there_is_no_discrepancy(task):
    tau, rho = np.full((len(task.err.groups), 4000), 1e-3), np.full(4000, 0.8)
    d = past(task, residual(task, "nvidia_money", 0.25), tau, rho, np.random.default_rng(0))
    assert np.abs(d).max() < 0.01


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    fit = calibrate("2023Q4", quick=True, resume=False)
    return fit, inference_data.write(fit, tmp_path_factory.mktemp("inference") / "inference.nc")


def test_a_fit_is_written_in_the_layout_of_inference_data(file):
    fit, path = file
    held = {g: xr.open_dataset(path, group=g, engine="h5netcdf") for g in inference_data.GROUPS}
    particles = fit.states[0].u.shape[1]
    for name in ("posterior", "posterior_predictive", "sample_stats"):
        assert dict(held[name].sizes)["chain"] == 1 and dict(held[name].sizes)["draw"] == particles
    assert held["posterior"]["shock"].dims == ("chain", "draw", "quarter", "shock_name")
    assert held["posterior"]["demand.us_level_usd_bn"].dims == ("chain", "draw")
    assert set(held["prior"].data_vars) <= set(held["posterior"].data_vars)
    np.testing.assert_array_equal(held["observed_data"]["observed"], [p.value for p in fit.problem.points])
    assert held["posterior"].attrs["inference_library"] == "countervail"
    assert held["sample_stats"]["log_likelihood"].values.mean() == pytest.approx(fit.states[0].loglik.mean())
    held["posterior_predictive"].close()


def test_posterior_predictions_lie_around_what_was_observed(file):
    fit, path = file
    seen = xr.open_dataset(path, group="posterior_predictive", engine="h5netcdf")["observed"].values[0]
    at = fit.problem.err.members["nvidia_money"]
    value = np.array([fit.problem.points[i].value for i in at])
    low, high = np.quantile(seen[:, at], (0.01, 0.99), axis=0)
    assert np.mean((low < value) & (value < high)) > 0.8
