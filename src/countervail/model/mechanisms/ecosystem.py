"""Software ecosystems: ports lower the cost of leaving CUDA; fragmentation is what does not run elsewhere.

    ports'      = ports (1 - d) + speed * alliances * share of Chinese deliveries by stack
    penalty_s   = penalty0_s * (1 - k) ** log2(1 + ports_s)
    M_ij        = M0_ij + gain log2(1 + ports) + (1 - M0_ij) * openness * reach       i, j stacks, at most one
    fragmentation = 1 - sum_ij w_i w_j M_ij       of some buyers; w their shares of compute by stack

Fragmentation is the chance that work written for a random unit does not run, unported, on another random unit.
The world index hardly sees the contest, since China holds a tenth of the stock: read the one between US and CN,
and the one inside China. M0 is set from operator-portability facts (share of operators and models that run).
Limits: frameworks shield users unevenly; developers are not counted apart from ports.
Sources: chinai-361, dsv4-delay. Priors: evidence/data/priors/ecosystem.yaml.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from countervail.model.policy import Policy
from countervail.model.types import (
    AMD,
    HUAWEI,
    IN_HOUSE,
    STACK_OF_VENDOR,
    STACKS,
    VENDORS,
    ByStack,
    ByVendor,
    Draws,
    record,
)

Matrix = Float[Array, "stack stack draw"]


@record
class Ecosystem:
    """Parameters of software ecosystems. Penalties in utility."""

    penalty_rocm: Draws
    penalty_in_house: Draws
    penalty_cann: Draws  # before any port
    penalty_other: Draws  # added for the smaller Chinese stacks
    port_decay: Draws  # k, fall of a penalty per doubling of ports
    port_speed: Draws  # flagship-model ports a quarter at full share
    depreciation: Draws  # of ports, a year
    portability_rocm: Draws  # CUDA work that runs on ROCm as it is
    portability_in_house: Draws
    portability_cann: Draws
    portability_other: Draws
    portability_domestic: Draws  # between Chinese stacks
    portability_gain: Draws  # per doubling of ports
    openness_reach: Draws  # share of the gap full openness closes


def penalties(ports: ByStack, p: Ecosystem) -> ByVendor:
    """Return the utility lost by leaving CUDA, by vendor."""
    fade = (1 - p.port_decay) ** jnp.log2(1 + ports)
    rows = [jnp.zeros_like(p.penalty_cann)] * len(VENDORS)
    rows[AMD] = p.penalty_rocm
    rows[IN_HOUSE] = p.penalty_in_house
    rows[HUAWEI] = p.penalty_cann * fade[3]
    for v in range(HUAWEI + 1, len(VENDORS)):
        rows[v] = (p.penalty_cann + p.penalty_other) * fade[4]
    return jnp.stack(rows)


def by_stack(compute: Float[Array, "group vendor draw"]) -> Float[Array, "group stack draw"]:
    """Return the share of each group's compute by software stack; sums to one."""
    total = [
        compute[:, [v for v, s in enumerate(STACK_OF_VENDOR) if s == k]].sum(1) for k in range(len(STACKS))
    ]
    stacked = jnp.stack(total, 1)
    return stacked / jnp.maximum(stacked.sum(1, keepdims=True), 1e-9)


def portability(ports: ByStack, policy: Policy, p: Ecosystem) -> Matrix:
    """Return the chance that work for stack i runs unported on stack j."""
    one = jnp.ones_like(p.portability_cann)
    doublings = jnp.log2(1 + ports[3])
    cann = jnp.minimum(p.portability_cann + p.portability_gain * doublings, 0.95)
    other = jnp.minimum(p.portability_other + p.portability_gain * jnp.log2(1 + ports[4]), 0.95)
    away = 0.8  # two steps away from CUDA: what runs on both
    rocm, house, home = p.portability_rocm * one, p.portability_in_house * one, p.portability_domestic * one
    rows = [
        [one, rocm, house, cann, other],
        [rocm, one, away * house, away * cann, away * other],
        [house, away * house, one, away * 0.6 * cann, away * 0.6 * other],
        [cann, away * cann, away * 0.6 * cann, one, home],
        [other, away * other, away * 0.6 * other, home, 0.4 + 0.6 * home],
    ]
    matrix = jnp.stack([jnp.stack(r) for r in rows])
    crossing = jnp.asarray(
        [[0, 0, 0, 1, 1], [0, 0, 0, 1, 1], [0, 0, 0, 1, 1], [1, 1, 1, 0, 1], [1, 1, 1, 1, 1]]
    )
    opened = jnp.clip(policy.cn_standards_openness, 0.0, 1.0) * p.openness_reach
    return matrix + (1 - matrix) * crossing[:, :, None] * opened


def fragmentation(a: ByStack, b: ByStack, matrix: Matrix) -> Draws:
    """Return the chance that work of set `a` does not run on set `b`; shares by stack."""
    return jnp.clip(1 - (a[:, None] * b[None] * matrix).sum((0, 1)), 0.0, 1.0)


def port(ports: ByStack, share_of_deliveries: ByStack, effort: Draws, p: Ecosystem) -> ByStack:
    """Return cumulative ports after a quarter. `effort` is the factor of `alliances`."""
    home = jnp.asarray([0.0, 0.0, 0.0, 1.0, 1.0])[:, None]
    return ports * (1 - p.depreciation / 4) + p.port_speed * share_of_deliveries * (1 + (effort - 1) * home)


def porting_cost(ports: ByStack, p: Ecosystem) -> Draws:
    """Return the penalty of CANN today over its first level, 0-1."""
    return (1 - p.port_decay) ** jnp.log2(1 + ports[3])
