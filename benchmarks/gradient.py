"""What a gradient costs: China's stock at the end, in all parameters of all draws of a block, over a forward run."""

import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from record import record, timed

import countervail as cv
from countervail.ensemble import engine
from countervail.model.flows import Flows
from countervail.model.parameters import from_matrix
from countervail.model.shocks import SHOCKS, Shocks
from countervail.model.simulate import simulate
from countervail.model.types import CN
from countervail.scenario import build

QUARTERS = 44
NOTE = """Reverse mode through the loop over quarters pays for each small step of the body more than forward does.
Much of it are sums: where forward repeats a parameter or a price over buyers and vendors, backward adds over them, in
kernels that take far longer than their few additions. Tried: to keep only the state of each quarter and reckon the rest
anew (little faster), the compiler's own sums (slower), all sums written out as additions (far slower: the compiler
reckons what feeds them once for each term). Not tried: rules of differentiation
by hand for the few operations that repeat most."""


def main() -> None:
    """Measure and record."""
    policy = jax.tree.map(lambda x: x[:QUARTERS], build("status-quo").variants[0][0])
    matrix = cv.run("status-quo", draws=engine.BLOCK).parameters.astype(np.float32)
    shocks = (
        np.random.default_rng(0).standard_normal((QUARTERS, len(SHOCKS), engine.BLOCK)).astype(np.float32)
    )

    def stock(flows: Flows) -> jax.Array:
        return flows.stock[CN]

    def outcome(m: jax.Array) -> jax.Array:
        return jnp.log(simulate(policy, from_matrix(m), Shocks(jnp.asarray(shocks)), stock)[-1]).sum()

    forward, gradient = jax.jit(outcome), jax.jit(jax.grad(outcome))
    slopes = np.asarray(gradient(matrix))
    forward(matrix).block_until_ready()

    def cost(call: Callable[[jax.Array], jax.Array], times: int) -> tuple[float, float]:
        """Return the best time by the clock and the mean processor time, seconds."""
        used = time.process_time()
        taken = timed(lambda: call(matrix).block_until_ready(), times)
        return min(taken), (time.process_time() - used) / times

    (once, work), (back, more) = cost(forward, 20), cost(gradient, 5)
    rows = [
        ("forward", f"{once * 1e3:.0f} ms", f"{work * 1e3:.0f} ms", "1.0"),
        ("gradient in all parameters", f"{back * 1e3:.0f} ms", f"{more * 1e3:.0f} ms", f"{more / work:.1f}"),
        ("entries that are finite", f"{np.isfinite(slopes).mean():.2%}", "", ""),
    ]
    columns = (
        "one block of 128 draws, 44 quarters",
        "best time",
        "processor time",
        "ratio of processor time (goal: at most 8)",
    )
    record("Gradient", columns, rows, NOTE)


if __name__ == "__main__":
    main()
