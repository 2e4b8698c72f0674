"""The model in double precision, for the fit. Only the rows that observations read are kept: the rest is not computed.

Runs use single precision (`ensemble.engine`), where a figure is off by some millionths. A likelihood is a difference of
large numbers, and steps of the sampler compare likelihoods of points close to each other: here nothing is rounded.
"""

import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from countervail.ensemble import engine
from countervail.ensemble.threads import each
from countervail.model.flows import Flows
from countervail.model.parameters import from_matrix, names
from countervail.model.policy import Policy
from countervail.model.shocks import SHOCKS, Shocks
from countervail.model.simulate import simulate

BLOCK = engine.BLOCK


@lru_cache(maxsize=8)
def program(quarters: int, rows: tuple[int, ...]) -> Callable[[Policy, Any, Any], Any]:
    """Return the compiled model for a horizon that gives only some rows of its output.

    It maps a policy path, parameters `[parameter, BLOCK]` and shocks `[quarter, shock, BLOCK]` to
    `[quarter, row, BLOCK]`, all float64. To be called, as it was compiled, with double precision switched on.
    """
    engine.use_compilation_cache()

    def read(flows: Flows) -> Any:
        whole = jnp.concatenate([x.reshape(-1, x.shape[-1]) for x in jax.tree.leaves(flows)])
        return jnp.stack([whole[r] for r in rows])

    def block(policy: Policy, matrix: Any, z: Any) -> Any:
        return simulate(policy, from_matrix(matrix), Shocks(z), read)

    with jax.enable_x64(True), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Error (reading|writing) persistent compilation cache")
        wide = jax.tree.map(
            lambda x: jax.ShapeDtypeStruct(x.shape, jnp.float64), engine.policy_shapes(quarters)
        )
        matrix = jax.ShapeDtypeStruct((len(names()), BLOCK), jnp.float64)
        z = jax.ShapeDtypeStruct((quarters, len(SHOCKS), BLOCK), jnp.float64)
        return jax.jit(block).lower(wide, matrix, z).compile()


def blocks(
    policy: Policy,
    matrix: np.ndarray,
    shocks: np.ndarray,
    rows: tuple[int, ...],
    take: Callable[[int, np.ndarray], None],
) -> None:
    """Run draws in blocks and hand each block's rows `[quarter, row, draw]` to `take(first_draw, output)`.

    Parameters
    ----------
    policy
        One policy path, quarters as in `shocks`.
    matrix
        `[parameter, draw]`.
    shocks
        `[quarter, shock, draw]`.
    rows
        Which rows of the model's output, in this order.
    take
        Called once per block, from worker threads, with padding already cut.
    """
    run = program(shocks.shape[0], rows)
    held = jax.tree.map(lambda x: np.asarray(x, np.float64), policy)
    count = matrix.shape[1]

    def one(first: int) -> None:
        last = min(first + BLOCK, count)
        m, z = _pad(matrix[:, first:last]), _pad(shocks[:, :, first:last])
        with jax.enable_x64(True):  # it holds for this thread alone
            out = np.asarray(run(held, m, z))
        take(first, out[:, :, : last - first])

    each(one, range(0, count, BLOCK), count > BLOCK)


def _pad(x: np.ndarray) -> np.ndarray:
    """Fill the last axis up to `BLOCK` with copies of its last entry."""
    short = BLOCK - x.shape[-1]
    whole = x if short == 0 else np.concatenate([x, np.repeat(x[..., -1:], short, -1)], -1)
    return np.ascontiguousarray(whole, np.float64)
