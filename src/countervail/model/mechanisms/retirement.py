"""Retirement: two ages give a life with a hump, not the long tail of a constant hazard.

    leave = 1 - exp(-2 / (4 L))                a quarter, from each age; mean life L years
    old'  = old (1 - leave) + young leave;     young' = young (1 - leave) + deliveries

Gross cumulative series (no retirement) are kept beside the stock, since trackers publish those.
Limits: no economic retirement by power price; Chinese buyers keep parts longer in shortage, not modelled.
Sources: gpu-life. Priors: evidence/data/priors/retirement.yaml.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from countervail.model.types import Draws, record


@record
class Retirement:
    """Parameters of retirement."""

    life_years: Draws
    stock_2022_h100e_k: Draws  # world stock of AI accelerators at the start of 2022, thousand H100e


def leave_share(p: Retirement) -> Draws:
    """Return the share of each age that leaves it in a quarter."""
    return 1 - jnp.exp(-2 / (4 * p.life_years))


def age(
    stock: Float[Array, "age *rest draw"], added: Float[Array, "*rest draw"], leave: Draws
) -> Float[Array, "age *rest draw"]:
    """Return the stock after a quarter of ageing and deliveries. The oldest leave for good."""
    young, old = stock[0], stock[1]
    moved = young * leave
    return jnp.stack([young - moved + added, old + moved - old * leave])
