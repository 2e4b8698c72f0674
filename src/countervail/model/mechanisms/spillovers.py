"""Knowledge crosses borders: followers catch up, fragmentation slows everybody a little.

    catch-up_CN = ln 2 / half_life * ln(A_best / A_v) * openness        log performance a year, makers behind
    openness    = 1 / (1 + controls) * (1 - fragmentation weight * F)
    drag'       = drag + loss * (F - F_2022) / 4                        log world frontier

Process know-how moves slowly (tools, people), algorithms fast (papers, open weights: see `capability`). Catch-up
acts on parts beyond the announced roadmaps. The drag is measured against the same draw without fragmentation.
Limits: no flow from China to the others beyond the common frontier.
Sources: coe-helpman, goldberg-2024, wto-2023. Priors: evidence/data/priors/spillovers.yaml.
"""

import jax.numpy as jnp
import numpy as np

from countervail.model.policy import Policy
from countervail.model.types import CN_VENDORS, VENDORS, ByVendor, Draws, record

_FOLLOWERS = np.arange(len(VENDORS))[:, None] >= CN_VENDORS.start


@record
class Spillovers:
    """Parameters of spillovers."""

    half_life_years: Draws  # to halve a gap with open tools and people
    frontier_loss: Draws  # log a year lost by the world frontier at full fragmentation between US and CN
    fragmentation_weight: Draws  # share of catch-up lost at full fragmentation


def catch_up(performance: ByVendor, fragmentation: Draws, policy: Policy, p: Spillovers) -> ByVendor:
    """Return log performance a year that followers gain from the frontier."""
    best = performance.max(0)
    gap = jnp.log(jnp.maximum(best / jnp.maximum(performance, 1e-3), 1.0))
    openness = (1 - p.fragmentation_weight * fragmentation) / (
        1 + jnp.maximum(policy.us_equipment_controls, 0.0)
    )
    gain = jnp.log(2.0) / p.half_life_years * gap * openness
    return jnp.where(_FOLLOWERS, gain, 0.0)


def drag(now: Draws, fragmentation: Draws, fragmentation_2022: Draws, policy: Policy, p: Spillovers) -> Draws:
    """Return the log the world frontier has lost to fragmentation by the next quarter."""
    excess = jnp.maximum(fragmentation - fragmentation_2022, 0.0)
    return now + 0.25 * p.frontier_loss * excess * policy.fragmented
