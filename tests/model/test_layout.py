"""The layout of the computation: draws do not know their neighbours, and the program stays simple enough to port."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tests.model import worlds

from countervail import ensemble
from countervail.ensemble import engine
from countervail.model.parameters import from_matrix, names
from countervail.model.shocks import SHOCKS, Shocks
from countervail.model.simulate import simulate
from countervail.scenario import build

QUARTERS = 44


def inputs() -> tuple[Any, np.ndarray, np.ndarray]:
    """Return a policy path, a block of parameters and a block of shocks, float32."""
    policy = build("status-quo").variants[0][0]
    matrix, z = worlds.draws(worlds.DRAWS, QUARTERS)
    cut = jax.tree.map(lambda x: x[:QUARTERS], policy)
    return cut, matrix.astype(np.float32), z.astype(np.float32)


def block(matrix: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return the output of the compiled program for one block, `[quarter, row, draw]`."""
    return np.asarray(engine.program(QUARTERS)[0](jax.tree.map(jnp.asarray, inputs()[0]), matrix, z))


def alone(matrix: Any, z: Any) -> Any:
    """Return `[quarter, row, draw]` of draws, outside the engine."""
    flows = simulate(inputs()[0], from_matrix(matrix), Shocks(z))
    kept = [getattr(flows, name) for name in engine.kept()]
    return jnp.concatenate([x.reshape(QUARTERS, -1, z.shape[-1]) for x in kept], 1)


def assert_agree(a: np.ndarray, b: np.ndarray, relative: float) -> None:
    """Assert agreement relative to each entry, or to a twentieth of the largest that its row reaches in that draw.

    Parts without power are the rest of the stock: they are held against it, as a share of which they are reckoned.
    """
    size = np.maximum(np.abs(b), 0.05 * np.abs(b).max(0, keepdims=True)) + 1e-6
    whole, rest = (
        slice(first, first + 4) for first in (engine.layout()[n][0] for n in ("stock", "unpowered"))
    )
    size[:, rest] = np.maximum(size[:, rest], np.abs(b[:, whole]))
    gap = np.abs(a - b) / size
    rows = [i for i in range(b.shape[1]) if i not in switches()]
    worst = gap[:, rows].max()
    where = np.unravel_index(gap[:, rows].argmax(), gap[:, rows].shape)
    assert worst < relative, (
        f"{worst:.2g} apart at quarter {where[0]}, {field_of(rows[where[1]])}, draw {where[2]}"
    )


def switches() -> set[int]:
    """Return rows that are zero or one: a verdict flips on a last bit."""
    out: set[int] = set()
    for name in ("verdicts", "leapfrog", "binding"):
        first, shape = engine.layout()[name]
        out |= set(range(first, first + int(np.prod(shape))))
    return out


def field_of(row: int) -> str:
    """Return the flow a row belongs to."""
    return max((first, name) for name, (first, _) in engine.layout().items() if first <= row)[1]


def test_one_draw_a_vmap_and_a_block_agree():
    _, matrix, z = inputs()
    expected = block(matrix, z)
    one = jax.jit(alone)
    few = [0, 17, 63]
    single = np.concatenate([np.asarray(one(matrix[:, [d]], z[:, :, [d]])) for d in few], 2)
    assert_agree(single, expected[:, :, few], 1e-4)
    mapped = jax.jit(jax.vmap(lambda m, s: alone(m[:, None], s[:, :, None])[..., 0], (1, 2), 2))
    assert_agree(np.asarray(mapped(matrix[:, few], z[:, :, few])), expected[:, :, few], 1e-4)


def test_a_draw_has_the_same_bits_in_every_lane():
    _, matrix, z = inputs()
    order = np.random.default_rng(0).permutation(worlds.DRAWS)
    assert np.array_equal(block(matrix[:, order], z[:, :, order]), block(matrix, z)[:, :, order])


@pytest.mark.parametrize("scenario", ["status-quo", "article"])
def test_more_draws_and_other_workers_change_no_bit(scenario: str):
    """`article` is a mixture: its draws are dealt to several policies."""
    many = ensemble.run(scenario, draws=200, workers=2)
    assert np.array_equal(many.rows, ensemble.run(scenario, draws=200, workers=1).rows)
    few = ensemble.run(scenario, draws=70)
    assert np.array_equal(few.rows, many.rows[:, :, :70])
    assert np.array_equal(few.parameters, many.parameters[:, :70])


def test_moving_levers_compiles_nothing():
    worlds.run("status-quo")
    before = engine.program.cache_info().misses
    for change in (
        "us_export_fee=0.3",
        "cn_import_gate=1@2027Q1",
        "us_tpp_ceiling=62000@2027Q1",
        "fabrication.learning_rate=0.3",
    ):
        ensemble.run("status-quo", draws=8, set=[change])
    ensemble.run("no-controls", draws=8)
    assert engine.program.cache_info().misses == before


def equations(jaxpr: Any) -> Iterator[Any]:
    """Yield every equation of a program, inner programs too."""
    for equation in jaxpr.eqns:
        yield equation
        for value in equation.params.values():
            for inner in value if isinstance(value, (list, tuple)) else [value]:
                if hasattr(inner, "jaxpr"):
                    yield from equations(inner.jaxpr)
                elif hasattr(inner, "eqns"):
                    yield from equations(inner)


def traced(draws: int) -> list[Any]:
    """Return the equations of the model for a number of draws found nowhere else in its shapes."""
    matrix = jax.ShapeDtypeStruct((len(names()), draws), jnp.float32)
    z = jax.ShapeDtypeStruct((8, len(SHOCKS), draws), jnp.float32)
    program = jax.make_jaxpr(lambda p, m, s: simulate(p, from_matrix(m), Shocks(s)))
    return list(equations(program(engine.policy_shapes(8), matrix, z).jaxpr))


# What a port to another engine has to know: arithmetic, comparison, reshaping, sums along axes, one loop.
ALLOWED = {
    "abs", "add", "and", "broadcast_in_dim", "clamp", "concatenate", "convert_element_type", "copy", "cumsum", "div",
    "eq", "exp", "expand_dims", "gather", "ge", "gt", "integer_pow", "iota", "jit", "le", "log", "log1p", "log2",
    "logistic", "lt", "max", "min", "mul", "ne", "neg", "not", "or", "pad", "pjit", "pow", "reduce_max", "reduce_min",
    "reduce_prod", "reduce_sum", "reshape", "scan", "scatter", "select_n", "sign", "slice", "sqrt", "square",
    "squeeze", "stack", "stop_gradient", "sub", "tanh", "transpose", "unstack",
    "dot_general",  # with a constant of zeros and ones
}  # fmt: skip


def test_only_plain_operations_are_used():
    used = {e.primitive.name for e in traced(13)}
    assert used <= ALLOWED, f"not in the list: {sorted(used - ALLOWED)}"
    assert [e.primitive.name for e in traced(13)].count("scan") == 1


def test_no_index_differs_between_draws():
    for equation in traced(13):
        if equation.primitive.name in ("gather", "scatter"):
            index = equation.invars[1].aval
            assert 13 not in index.shape, f"{equation.primitive.name} with an index of shape {index.shape}"


@pytest.mark.slow
def test_single_and_double_precision_agree():
    """Medians within 1e-4 and nine tenths of all entries within 1e-3; the rest are draws at a kink of rationing."""
    _, matrix, z = inputs()
    single = block(matrix, z)
    root = Path(__file__).parents[2]
    code = (
        "import numpy as np, sys, jax\n"
        "from tests.model import test_layout as me\n"
        "assert jax.config.jax_enable_x64\n"
        "_, m, z = me.inputs()\n"
        "out = jax.jit(me.alone)(m.astype(np.float64), z.astype(np.float64))\n"
        "assert out.dtype == np.float64\n"
        "np.save(sys.argv[1], np.asarray(out))\n"
    )
    env = {**os.environ, "JAX_ENABLE_X64": "1", "PYTHONPATH": str(root)}
    target = Path(os.environ.get("TMPDIR", "/tmp")) / f"double-{os.getpid()}.npy"
    try:
        subprocess.run([sys.executable, "-c", code, str(target)], env=env, cwd=root, check=True)
        double = np.load(target)
    finally:
        target.unlink(missing_ok=True)
    rows = [i for i in range(single.shape[1]) if i not in switches()]
    a, b = single[:, rows], double[:, rows]
    gap = np.abs(a - b) / (np.maximum(np.abs(b), 0.01 * np.abs(b).max(0, keepdims=True)) + 1e-6)
    assert np.median(gap) < 1e-5, np.median(gap)
    assert np.quantile(gap, 0.99) < 1e-3, json.dumps(worst_fields(gap, rows))
    middle, expected = np.median(a, 2), np.median(b, 2)
    size = np.maximum(np.abs(expected), 0.05 * expected.max(0)) + 1e-3
    first, waiting = engine.layout()["stock"][0], engine.layout()["unpowered"][0]
    for bloc in range(4):  # a small remainder of the stock: rounding is that of the stock
        size[:, rows.index(waiting + bloc)] = expected[:, rows.index(first + bloc)]
    apart = np.abs(middle - expected) / size
    assert apart.max() < 1e-3, f"{apart.max():.2g}, {field_of(rows[int(apart.max(0).argmax())])}"


def worst_fields(gap: np.ndarray, rows: list[int]) -> dict[str, float]:
    """Return the flows that differ most, for the message of a failure."""
    out: dict[str, float] = {}
    for k, row in enumerate(rows):
        out[field_of(row)] = max(out.get(field_of(row), 0.0), float(np.quantile(gap[:, k], 0.99)))
    return dict(sorted(out.items(), key=lambda item: -item[1])[:5])
