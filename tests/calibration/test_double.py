"""The fit's own evaluation of the model: double precision, and the same model as runs use."""

import numpy as np
import pytest

from countervail.calibration import double
from countervail.calibration.kinks import kinks
from countervail.calibration.problem import problem, reader
from countervail.ensemble import engine


@pytest.fixture(scope="module")
def task():
    return problem("2023Q4")


@pytest.fixture(scope="module")
def unknowns(task):
    return np.random.default_rng(5).standard_normal((task.size, 200))


def test_it_agrees_with_the_model_of_runs_to_single_precision(task, unknowns):
    matrix, z, _, _ = task.parts(unknowns)
    mine = task.model(matrix, z)
    read, single = reader(task.points), np.empty((len(task.points), 200))

    def take(first: int, rows: np.ndarray) -> None:
        single[:, first : first + rows.shape[2]] = read.of(rows)

    engine.blocks(task.policy, matrix.astype(np.float32), z.astype(np.float32), take)
    # A supply that just meets demand may fall on either side: a few cells differ by more than rounding.
    apart = np.abs(mine - single) / (np.abs(mine) + 1e-3)
    assert np.median(apart) < 1e-6 and np.quantile(apart, 0.99) < 1e-4


def test_it_is_computed_in_double_precision(task, unknowns):
    matrix, z, _, _ = task.parts(unknowns[:, :3])
    step = matrix.copy()
    step[task.names.index("demand.us_level_usd_bn")] *= 1 + 1e-12  # lost in single precision
    assert np.any(task.model(step, z) != task.model(matrix, z))


def test_the_switch_to_double_stays_in_the_fit(task, unknowns):
    import jax.numpy as jnp

    task.loglik(unknowns[:, :2])
    assert jnp.zeros(1).dtype == jnp.float32


def test_blocks_do_not_matter(task, unknowns):
    whole = task.loglik(unknowns)
    parts = np.concatenate([task.loglik(unknowns[:, :60]), task.loglik(unknowns[:, 60:])])
    np.testing.assert_allclose(whole, parts, rtol=1e-12)


def test_only_the_rows_asked_for_come_back(task, unknowns):
    matrix, z, _, _ = task.parts(unknowns[:, :4])
    seen: list[np.ndarray] = []
    double.blocks(task.policy, matrix, z, task.rows, lambda _, rows: seen.append(rows))
    assert seen[0].shape == (task.quarters, len(task.rows), 4) and seen[0].dtype == np.float64


def test_the_likelihood_has_kinks_that_a_gradient_would_not_see(task):
    centre = np.zeros(task.size)
    switched, smooth = kinks(task, centre, ["upstream.cowos_2022_kwpm", "discrepancy.amd"])
    assert switched["times"] > 10 > smooth["times"]
