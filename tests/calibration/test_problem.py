"""The likelihood: against a density computed another way, and by hand."""

import numpy as np
import pytest
from scipy import stats

from countervail.calibration.predict import points
from countervail.calibration.problem import Problem, errors, problem, reader
from countervail.evidence import load


@pytest.fixture(scope="module")
def final() -> Problem:
    return problem()


def test_what_is_fitted_is_fitted_once_and_from_2022(final):
    keys = [(*p.key, p.observation.source) for p in final.points]
    assert len(keys) == len(set(keys))
    assert all(p.observation.period >= "2022" and not p.observation.forecast for p in final.points)
    assert {p.target.role for p in final.points} == {"fitted"}


def test_a_hindcast_uses_no_later_point(final):
    early = problem("2023Q4")
    assert max(p.observation.period for p in early.points) <= "2023Q4"
    assert len(early.points) < len(final.points)
    assert early.quarters <= 9


def test_all_points_at_once_equal_one_by_one(final):
    rows = np.random.default_rng(0).uniform(1, 2, (final.quarters, 400, 3)).astype(np.float32)
    together = reader(final.points).of(rows)
    for p, row in zip(final.points, together, strict=True):
        np.testing.assert_allclose(p.of(rows), row, rtol=1e-6)


def test_the_likelihood_of_a_group_is_a_normal_density(final):
    rng = np.random.default_rng(1)
    model = np.array([[p.value] for p in final.points]) * np.exp(rng.normal(0, 0.1, (len(final.points), 1)))
    tau, rho = np.full((len(final.err.groups), 1), 0.12), np.array([0.7])
    expected = 0.0
    e = final.err.residuals(model)
    for group in final.err.groups:
        at = final.err.members[group]
        n = len(at)
        cov = np.zeros((n, n))
        for i, a in enumerate(at):
            for j, b in enumerate(at):
                p, q = final.points[a], final.points[b]
                apart = abs(final.err.time[a] - final.err.time[b])
                cov[i, j] = 0.12**2 * 0.7**apart
                cov[i, j] += p.target.scale_sd**2 * (p.key[:2] == q.key[:2])
                cov[i, j] += p.target.error.log_sd**2 * (i == j)
        expected += stats.multivariate_normal.logpdf(e[at, 0], np.zeros(n), cov)
    for at in final.mixtures.values():
        values = np.array([final.points[i].value for i in at])
        low = values <= 0.5 * values.max()
        w = np.where(low, 0.2 / max(low.sum(), 1), 0.8 / (~low).sum())
        expected += np.log((w * stats.norm.pdf(e[at, 0], 0, 0.25)).sum())
    for i in final.months:
        expected += stats.norm.logpdf(final.points[i].value, model[i, 0], 3.0)
    assert final.score(model, tau, rho)[0] == pytest.approx(expected, abs=0.02)


def test_a_zero_counts_through_the_floor():
    rows = [o for o in load().history if o.series_id == "nvidia_h20_revenue"]
    found = points(rows)
    err = errors(found)
    zero = next(i for i, p in enumerate(found) if p.value == 0)
    e = err.residuals(np.array([[4.6, 4.6], [0.0, 3.0]]))[zero]
    assert e[0] == 0 and e[1] == pytest.approx(np.log(0.3 / 3.3))


def test_the_prior_of_every_unknown_is_a_standard_normal(final):
    u = np.zeros((final.size, 2))
    matrix, z, tau, rho = final.parts(u)
    i = final.names.index("demand.take_off_quarter")
    assert matrix[i, 0] == pytest.approx(final.beliefs["demand.take_off_quarter"]["p50"])
    assert (z == 0).all() and tau[0, 0] == pytest.approx(0.10) and rho[0] == pytest.approx(0.75)
    assert len(final.labels) == final.size
