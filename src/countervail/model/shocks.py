"""Chance, from outside: standard normal shocks of each quarter."""

from jaxtyping import Array, Float

from countervail.model.types import record

SHOCKS = (
    "budgets_us",
    "budgets_cn",
    "budgets_al",
    "budgets_rw",
    "packaging_world",
    "packaging_cn",
    "smuggling",
)


@record
class Shocks:
    """Standard normal numbers of one quarter, in the order of `SHOCKS`."""

    z: Float[Array, "*q shock draw"]
