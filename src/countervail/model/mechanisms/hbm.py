"""High-bandwidth memory for Chinese makers: imports until the controls of December 2024, a leak, a domestic ramp.

    imports   = 1.2 need (open + (1 - open) leak)          from 2025; before, a path that ends in a rush
    open      = clip(1 - controls (1 - a + a alignment), 0, 1)
    domestic' = domestic exp(g / 4 * brake * push * busy)          from 2025Q3, through `domestic_2026_k` at mid-2026
    at hand   = r stock + domestic + imports
    thrift    = most * (share of the need that is not at hand)

a is the part of imports that allies make, r the share of a stockpile released a quarter, brake the factor of controls
on tools and busy that of use (both of `expansion`), push public money. Thrift is what designers leave out of a package
when memory is scarce. Of the rush four fifths go into the stockpile (assumption). Whether memory binds is decided in
`fabrication`.
Limits: generations of memory are one; imports to 2024 and the first domestic stacks follow history whatever the
policy; a rush before later controls is left out.
Sources: semi-hbm, lw-nohbm. Priors: evidence/data/priors/hbm.yaml.
"""

import jax.numpy as jnp

from countervail.model.paths import q, since
from countervail.model.policy import Policy
from countervail.model.types import Draws, record


@record
class Hbm:
    """Parameters of memory. Stacks in thousands (k)."""

    stock_2022_k: Draws
    imports_k: Draws  # all stacks received to end 2024
    rush_share: Draws  # of these in the last quarter
    leak: Draws  # share of unhindered imports that still arrives under controls
    domestic_2026_k: Draws  # domestic stacks in 2026
    growth: Draws  # log growth a year to 2028
    growth_late: Draws
    thrift: Draws  # most HBM that designers can leave out
    allied_share: Draws  # share of HBM imports that allies make


def imports(t: Draws, need: Draws, policy: Policy, p: Hbm) -> Draws:
    """Return imported stacks this quarter, thousand: a rising path, the rush, then what controls let through."""
    quarters = q(2024, 4)
    steady = p.imports_k * (1 - p.rush_share) * (0.2 + 1.6 * t / (quarters - 1)) / quarters
    history = jnp.where(t < quarters, steady, p.imports_k * p.rush_share)
    free = 1.2 * need
    together = 1 - p.allied_share + p.allied_share * jnp.clip(policy.al_alignment, 0.0, 1.0)
    open_share = jnp.clip(1 - policy.us_hbm_controls * together, 0.0, 1.0)
    after = free * (open_share + (1 - open_share) * p.leak)
    return jnp.where(t <= quarters, history, after)


def rush(t: Draws) -> Draws:
    """Return 1 in the quarter of the rush before the controls of December 2024, else 0."""
    return (t == q(2024, 4)) * 1.0


def at_hand(t: Draws, stock: Draws, domestic_now: Draws, imported: Draws, released: Draws) -> Draws:
    """Return stacks that this quarter's packages can use, thousand: most of a rush goes into the stockpile."""
    return stock * released + domestic_now + imported * (1 - 0.8 * rush(t))


def thrift(need: Draws, there: Draws, p: Hbm) -> Draws:
    """Return the share of HBM that designers leave out, where `there` stacks are at hand for a need."""
    return p.thrift * jnp.clip(1 - there / jnp.maximum(need, 1e-6), 0.0, 1.0)


def domestic(t: Draws, now: Draws, busy: Draws, braked: Draws, push: Draws, p: Hbm) -> Draws:
    """Return domestic stacks in the next quarter, thousand; `busy` and `braked` are factors of `expansion`."""
    first = 0.25 * p.domestic_2026_k * jnp.exp(-0.875 * p.growth)
    late = since(t, q(2028, 3), 1.0)
    rate = p.growth * (1 - late) + p.growth_late * late
    needed = jnp.where(t < q(2026, 4), 1.0, busy)
    grown = now * jnp.exp(0.25 * rate * braked * push * needed)
    return jnp.where(t < q(2025, 2), 0.0, jnp.where(t == q(2025, 2), first, grown))
