"""What observations say of unknowns, and proposals made from it."""

import numpy as np
import pytest

from countervail.calibration import smc
from countervail.calibration.problem import problem

SD = np.array([0.05, 0.1])
LOOK = np.zeros((2, 40))
LOOK[0, :20], LOOK[1, 10:30] = (
    0.5,
    -0.4,
)  # two observations of weighted sums of forty unknowns; ten are never seen


def loglik(u):
    return -0.5 * ((((1.0 - LOOK @ u).T) / SD) ** 2).sum(1)


def information(_):
    return LOOK.T @ np.diag(SD**-2) @ LOOK


def test_a_sharp_posterior_of_few_directions_is_found():
    settings = smc.Settings(particles=500, moves=5, last_moves=10, runs=1)
    found = smc.sample(loglik, 40, settings, seed=2, information=information)
    precision = np.eye(40) + information(None)
    mean = np.linalg.solve(precision, LOOK.T @ (np.ones(2) / SD**2))
    assert found.u.mean(1) == pytest.approx(mean, abs=0.2)
    assert (LOOK @ found.u).std(1) == pytest.approx(SD, rel=0.15)
    assert found.trace[-1]["accepted"] > 0.2 and found.trace[-1]["step"] > 0.8


def test_the_root_and_its_inverse_belong_together():
    u = np.random.default_rng(0).standard_normal((40, 300))
    near = smc._informed(u, information(None))
    assert near.root @ near.inverse == pytest.approx(np.eye(40), abs=1e-9)
    seen = np.linalg.inv(np.eye(40) + information(None))
    assert (near.root @ near.root.T)[:30, :30] == pytest.approx(seen[:30, :30], abs=0.02)


def test_the_information_of_a_fit_is_that_of_its_slopes():
    task = problem("2023Q4")
    centre = np.zeros(task.size)
    h = task.information(centre)
    assert h == pytest.approx(h.T, rel=1e-9, abs=1e-9)
    assert np.linalg.eigvalsh(h).min() > -1e-8
    labels = task.labels
    assert h[labels.index("discrepancy.rho")].sum() == 0
    strong = [labels[i] for i in np.argsort(-np.diag(h))[:12]]
    assert "demand.cn_level_usd_bn" in strong or "demand.us_level_usd_bn" in strong
