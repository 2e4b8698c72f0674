"""All quarters: a scan of `step` over the path of policy and shocks."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from countervail.model.flows import Flows
from countervail.model.parameters import Parameters
from countervail.model.policy import Policy
from countervail.model.shocks import Shocks
from countervail.model.state import start
from countervail.model.step import step


def simulate(
    policy: Policy, p: Parameters, shocks: Shocks, read: Callable[[Flows], Any] = lambda flows: flows
) -> Any:
    """Return the flows of every quarter, quarters first, or what `read` makes of each quarter's flows.

    Parameters
    ----------
    policy
        Arrays by quarter, last axis of size one.
    p
        Draws of the parameters, each `[draw]`.
    shocks
        Standard normals `[quarter, shock, draw]`.
    read
        Applied to the flows of each quarter; what it leaves out is never kept.
    """
    quarters = shocks.z.shape[0]
    times: Float[Array, " quarter"] = jnp.arange(quarters, dtype=shocks.z.dtype)

    def one(state, inputs):
        t, now, z = inputs
        state, flows = step(t, state, now, p, z)
        return state, read(flows)

    return jax.lax.scan(one, start(p), (times, policy, shocks))[1]
