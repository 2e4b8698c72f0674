"""Simulation-based calibration: its parts; the whole runs in `make soak`."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from countervail.calibration import smc
from countervail.calibration.fit import fingerprint
from countervail.calibration.soak import SETTINGS, observe, soak, uniformity

RESULT = Path(__file__).parent.parent.parent / "docs" / "_static" / "sbc.json"


def test_uniform_ranks_pass_and_piled_ranks_do_not():
    assert uniformity([k % 32 for k in range(96)]) > 0.99
    assert uniformity([0] * 96) < 1e-6


def test_synthetic_observations_scatter_around_the_model():
    from countervail.calibration.problem import problem

    task = problem("2023Q4")
    truth = np.zeros((task.size, 1))
    observe(task, truth, np.random.default_rng(0))
    matrix, z, _, _ = task.parts(truth)
    e = task.err.residuals(task.model(matrix, z))[task.err.log, 0]
    assert 0.02 < np.std(e) < 0.6


def test_a_few_sets_run_through():
    settings = smc.Settings(particles=32, moves=1, last_moves=1, runs=1)
    found = soak(sets=2, settings=settings, cutoff="2023Q4")
    assert all(len(r) == 2 and max(r) <= 31 for r in found["ranks"].values())


def test_the_committed_soak_is_of_this_model_and_these_settings():
    found = json.loads(RESULT.read_text())
    assert found["fingerprint"] == fingerprint(), "run: make soak"
    assert found["settings"] == asdict(SETTINGS), "run: make soak"
    assert found["command"] and found["made"] and found["machine"]


def test_the_committed_soak_found_no_bias():
    found = json.loads(RESULT.read_text())
    assert found["sets"] >= 100
    worst = min(found["p_values"].values())
    assert worst > 0.01 / len(found["p_values"])  # Bonferroni: one in a hundred runs fails by chance
