"""The reference model of the benchmarks: every way of running it gives the same trajectories."""

import sys
from pathlib import Path

import numpy as np
import pytest

from countervail.ensemble.engine import BLOCK

FOLDER = Path(__file__).parent.parent.parent / "benchmarks"
DRAWS = 40


@pytest.fixture(scope="module")
def benchmarks():
    """Return the modules of the benchmarks, which import each other as scripts do."""
    sys.path.insert(0, str(FOLDER))
    try:
        import peer_engines
        import peers
        import reference_equations
        import reference_model
    finally:
        sys.path.remove(str(FOLDER))
    return reference_model, reference_equations, peer_engines, peers


@pytest.fixture(scope="module")
def expected(benchmarks):
    """Return draws and the trajectories of plain Python, `[date, series, draw]`."""
    model, _, engines, _ = benchmarks
    matrix = model.draws(DRAWS)
    return matrix, engines.python()(matrix)


def relative(found: np.ndarray, expected: np.ndarray) -> np.ndarray:
    return np.abs(found - expected) / np.abs(expected)


def test_it_has_the_size_it_says(benchmarks, expected):
    model, equations, _, _ = benchmarks
    assert len(model.PARAMETERS) == 20
    assert len(equations.stocks()) == 2 * len(model.START) == 24
    assert expected[1].shape == (57, 8, DRAWS)
    assert np.isfinite(expected[1]).all() and (expected[1] > 0).all()


def test_arrays_in_numpy_follow_plain_python(benchmarks, expected):
    matrix, trajectories = expected
    assert relative(benchmarks[0].with_numpy(matrix), trajectories).max() < 1e-10


def test_jax_in_blocks_follows_plain_python(benchmarks, expected):
    # 40 draws in blocks of 16: the last block is padded
    matrix, trajectories = expected
    found = benchmarks[0].with_jax(16, double=True)(matrix)
    assert found.dtype == np.float64
    assert relative(found, trajectories).max() < 1e-5


def test_single_precision_follows_value_by_value(benchmarks, expected):
    matrix, trajectories = expected
    found = benchmarks[0].with_jax(16)(matrix)
    assert found.dtype == np.float32
    assert relative(found, trajectories).max() < 1e-5
    last = benchmarks[0].with_jax(16, last_only=True)(matrix)
    assert relative(last, trajectories[-1]).max() < 1e-5


def test_the_stages_of_agents_need_nothing_that_comes_later(benchmarks):
    stages = benchmarks[2].agent_stages()
    made = set(benchmarks[0].START)
    for stage in stages[:-2]:
        for statement in stage:
            used = {w.strip("(),") for w in statement.split("them.")[1:] for w in [w.split()[0]]}
            assert used <= made, statement
        made |= {statement.split(" = ")[0].removeprefix("me.") for statement in stage}


def test_the_benchmark_uses_the_block_of_the_engine(benchmarks):
    assert benchmarks[3].BLOCK == BLOCK
