"""What vendors have is shared out: water filling between what buyers wish, what gates allow and what there is.

    want_bv = money_b * share_bv * (something left of v) * (room of the gate)
    sold_bv = want_bv * min(1, rest_v / sum_b want_bv)

Money that meets a sold-out vendor is offered again to the rest, three rounds, within what the gates allow; buyers who
would have to take too far a second choice wait (`procurement.second_choice`).
Limits: no queue by age of an order, no buyer served first.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from countervail.model.mechanisms.procurement import Procurement
from countervail.model.paths import total
from countervail.model.types import CN_ROWS, CN_VENDORS, US_VENDORS, ByBuyer, ByBuyerVendor, ByVendor

ROUNDS = 3


def allowed(
    wish: ByBuyer,
    share: ByBuyerVendor,
    access: Float[Array, "buyer us_vendor draw"],
    units_per_money: ByBuyerVendor,
    ceiling_units: Float[Array, "exporter draw"],
) -> ByBuyerVendor:
    """Return the most money each buyer may spend on each vendor, USD bn.

    Where access is full the gate does not bind; below it binds the wish itself. A ceiling in units is shared
    between buyers in China in proportion to what the gates leave; it does not reach Chinese buyers abroad.
    """
    money = wish[:, None] * share[:, US_VENDORS]
    free = jnp.clip(20 * (access - 0.95), 0.0, 1.0)
    own = money * access + 10 * wish[:, None] * free
    gated = jnp.minimum(own[CN_ROWS, :2], 2 * wish[CN_ROWS, None])
    desired = jnp.minimum(gated, money[CN_ROWS, :2]) * units_per_money[CN_ROWS, :2] + 1e-9
    part = ceiling_units * desired / desired.sum(0)
    own = own.at[CN_ROWS, :2].set(jnp.minimum(gated, part / units_per_money[CN_ROWS, :2]))
    return jnp.concatenate([own, jnp.full_like(share[:, CN_VENDORS], 1e6)], 1)


def fill(
    wish: ByBuyer,
    share: ByBuyerVendor,
    own: ByBuyerVendor,
    supply: ByVendor,
    use: ByBuyerVendor,
    p: Procurement,
) -> tuple[ByBuyerVendor, ByBuyer, ByVendor]:
    """Ration by water filling. Return money spent, money left, supply left.

    Parameters
    ----------
    wish, share, own
        Money on hand, shares wished, most money per cell (USD bn).
    supply, use
        What vendors have, and how much of it a USD bn of sales uses, in the same units.
    """
    sold, left, rest = jnp.zeros_like(share), wish, supply
    for _ in range(ROUNDS):
        room = jnp.maximum(own - sold, 0.0)
        weight = share * _some(rest, supply) * _some(room, wish[:, None])
        money = left / jnp.maximum(weight.sum(1), 1 - p.second_choice)
        want = jnp.minimum(money[:, None] * weight, room)
        need = (want * use).sum(0)
        served = jnp.minimum(1.0, rest / jnp.maximum(need, 1e-9))
        got = want * served
        sold = sold + got
        rest = jnp.maximum(rest - need * served, 0.0)
        left = jnp.maximum(left - got.sum(1), 0.0)
    return sold, left, rest


def _some(rest: Array, whole: Array) -> Array:
    """Return 1 where something is left, 0 where only rounding is, smooth between."""
    return jnp.clip((rest / (whole + 1e-9) - 1e-5) / 1e-3, 0.0, 1.0)


def orders(
    sold: ByBuyerVendor, left: ByBuyer, share: ByBuyerVendor, own: ByBuyerVendor, use: ByBuyerVendor
) -> ByVendor:
    """Return orders: sales plus refused money, offered by share to every vendor the gates leave open."""
    open_share = share * _some(own - sold, (sold.sum(1) + left)[:, None])
    refused = left / jnp.maximum(open_share.sum(1), 1e-9)
    return total((sold + refused[:, None] * open_share) * use)
