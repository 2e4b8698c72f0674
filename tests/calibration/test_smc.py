"""The sampler: right where the answer is known."""

import numpy as np
import pytest

from countervail.calibration import smc

SETTINGS = smc.Settings(particles=2000, moves=8, last_moves=15, runs=1)


def normal(u):
    """Observe u0 + u1 = 3 with standard deviation 0.5; eight unknowns more that nothing is known about."""
    return -0.5 * ((3.0 - u[0] - u[1]) / 0.5) ** 2 - np.log(0.5) - 0.5 * np.log(2 * np.pi)


@pytest.fixture(scope="module")
def found():
    return smc.sample(normal, 10, SETTINGS, seed=1)


def test_mean_variance_and_correlation_of_a_normal_posterior(found):
    # u0 + u1 ~ N(0, 2) a priori, so the gain is 1 / 2.25 for each
    assert found.u[0].mean() == pytest.approx(3 / 2.25, abs=0.06)
    assert found.u[0].var() == pytest.approx(1 - 1 / 2.25, abs=0.06)
    assert np.cov(found.u[0], found.u[1])[0, 1] == pytest.approx(-1 / 2.25, abs=0.06)


def test_what_is_not_informed_keeps_its_prior(found):
    assert np.abs(found.u[2:].mean(1)).max() < 0.1
    assert np.abs(found.u[2:].std(1) - 1).max() < 0.07


def test_the_evidence_is_right(found):
    sd = np.sqrt(2 + 0.25)
    exact = -0.5 * (3 / sd) ** 2 - np.log(sd) - 0.5 * np.log(2 * np.pi)
    assert found.evidence == pytest.approx(exact, abs=0.12)


def test_it_ends_at_full_power_and_says_how_it_went(found):
    assert found.power == 1.0
    powers = [t["power"] for t in found.trace]
    assert powers == sorted(powers)
    assert all(t["ess"] >= 0.5 * SETTINGS.particles for t in found.trace)


def test_two_modes_are_both_found():
    def two(u):
        return np.logaddexp(-0.5 * ((u[0] - 1.5) / 0.2) ** 2, -0.5 * ((u[0] + 1.5) / 0.2) ** 2)

    found = smc.sample(two, 3, smc.Settings(particles=1000, moves=6, last_moves=10, runs=1), seed=0)
    assert 0.4 < (found.u[0] > 0).mean() < 0.6


def test_draws_the_model_cannot_run_are_left_out():
    def half(u):
        return np.where(u[0] > 0, 0.0, -np.inf)

    found = smc.sample(half, 2, smc.Settings(particles=400, moves=5, last_moves=5, runs=1), seed=0)
    assert (found.u[0] > 0).all()
    assert found.evidence == pytest.approx(np.log(0.5), abs=0.15)


def test_an_interrupted_run_goes_on_and_gives_the_same(tmp_path):
    settings = smc.Settings(particles=200, moves=3, last_moves=4, runs=1)
    whole = smc.sample(normal, 4, settings, seed=3)
    file = tmp_path / "held.npz"

    def stop(power, _):
        if power > 0.05:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        smc.sample(normal, 4, settings, seed=3, progress=stop, checkpoint=file)
    smc.sample(normal, 4, settings, seed=3, checkpoint=file)
    again = smc.sample(normal, 4, settings, seed=3, checkpoint=file)
    np.testing.assert_array_equal(again.u, whole.u)
