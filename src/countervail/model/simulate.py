"""All quarters: a scan of `step` over the path of policy and shocks."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from countervail.model.parameters import Parameters
from countervail.model.policy import Policy
from countervail.model.shocks import Shocks
from countervail.model.state import start
from countervail.model.flows import Flows
from countervail.model.step import step


def simulate(policy: Policy, p: Parameters, shocks: Shocks) -> Flows:
    """Return the flows of every quarter, quarters first.

    Parameters
    ----------
    policy
        Arrays by quarter, last axis of size one.
    p
        Draws of the parameters, each `[draw]`.
    shocks
        Standard normals `[quarter, shock, draw]`.
    """
    quarters = shocks.z.shape[0]
    times: Float[Array, " quarter"] = jnp.arange(quarters, dtype=shocks.z.dtype)

    def one(state, inputs):
        t, now, z = inputs
        return step(t, state, now, p, z)

    return jax.lax.scan(one, start(p), (times, policy, shocks))[1]
