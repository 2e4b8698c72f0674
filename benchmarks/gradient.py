"""What a gradient costs: China's stock at the end, in all parameters of all draws of a block, over a forward run."""

import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from record import record, timed

import countervail as cv
from countervail.ensemble import engine, gradient
from countervail.model.parameters import names
from countervail.model.shocks import SHOCKS
from countervail.scenario import build

QUARTERS = 44
NOTE = """Forward keeps the states; backward takes the quarters in turn, reckons each anew and carries the derivative
through it. Plain reverse mode by the compiler takes three times as long: its sums over broadcast axes and its slices
put back into zeros are slow kernels, and it writes all that a quarter computes to memory. `ensemble/transposed.py` says
what was done about it. Next: the small kernels themselves, some thousand a quarter."""


def main() -> None:
    """Measure and record."""
    policy = jax.tree.map(lambda x: jnp.asarray(x[:QUARTERS]), build("status-quo").variants[0][0])
    matrix = cv.run("status-quo", draws=engine.BLOCK).parameters.astype(np.float32)
    shocks = (
        np.random.default_rng(0).standard_normal((QUARTERS, len(SHOCKS), engine.BLOCK)).astype(np.float32)
    )
    reading = gradient.read("Compute|Stock", "CN", "2032Q4")
    shapes = ((len(names()), engine.BLOCK), (QUARTERS, len(SHOCKS), engine.BLOCK))

    def outcome(policy: Any, m: jax.Array, z: jax.Array) -> jax.Array:
        return gradient.forward(policy, m, z, reading)[0]

    once_run = engine.compiled(outcome, engine.policy_shapes(QUARTERS), *shapes)
    back_run = gradient.program(QUARTERS, reading)
    slopes = np.asarray(back_run(policy, matrix, shocks)[1])

    def cost(call: Callable[..., Any], times: int) -> tuple[float, float]:
        """Return the best time by the clock and the mean processor time, seconds."""
        jax.block_until_ready(call(policy, matrix, shocks))
        used = time.process_time()
        taken = timed(lambda: jax.block_until_ready(call(policy, matrix, shocks)), times)
        return min(taken), (time.process_time() - used) / times

    (once, work), (back, more) = cost(once_run, 40), cost(back_run, 20)
    rows = [
        ("forward", f"{once * 1e3:.0f} ms", f"{work * 1e3:.0f} ms", "1.0", "1.0"),
        (
            "gradient in all parameters",
            f"{back * 1e3:.0f} ms",
            f"{more * 1e3:.0f} ms",
            f"{back / once:.1f}",
            f"{more / work:.1f}",
        ),
        ("entries that are finite", f"{np.isfinite(slopes).mean():.2%}", "", "", ""),
    ]
    columns = (
        "one block of 128 draws, 44 quarters",
        "best time",
        "processor time",
        "ratio (goal: at most 8)",
        "ratio of processor time",
    )
    record("Gradient", columns, rows, NOTE)


if __name__ == "__main__":
    main()
