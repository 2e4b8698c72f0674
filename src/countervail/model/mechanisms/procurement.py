"""Who buys what: nested choice by workload, mandates, then rationing by what makers have.

    u_vw  = beta (q_vw - ln cost_v) + theta ln(share_s + s0) - penalty_v - risk        vendor v, workload w
    P_v   = e_v S_n ** (tau - 1) / (S_f ** tau + S_d ** tau),  e = exp(u / tau),  S_n = sum of e in the nest
    q_training = (1 - a - n) ln(throughput * mfu) + a ln bandwidth + n ln interconnect
    q_decode   = (1 - a) ln(throughput * mfu) + a ln bandwidth

Nests are foreign and domestic. cost = price paid + power bill; s the vendor's software stack. A mandate is the
part of a Chinese budget that sees only the domestic nest; it is eased when domestic supply is short. Money that
meets a sold-out vendor is offered again to the rest (water filling, three rounds), within what the gates allow;
buyers who would have to take too far a second choice wait.
No published estimate of substitution between accelerators exists: beta, theta, tau are wide priors.
Limits: one price for all, no auctions; fear of the next cut (risk) moves wishes even for parts a gate shuts out.
Sources: ainews-mfu, chinai-361, farrell-klemperer.
Priors: evidence/data/priors/procurement.yaml.
"""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from countervail.model.paths import q, span
from countervail.model.policy import Policy
from countervail.model.types import (
    AL,
    AMD,
    BLOC_ROWS,
    BUYERS,
    CN_ROWS,
    CN_VENDORS,
    HQ_ROWS,
    IN_HOUSE,
    NVIDIA,
    RW,
    STACK_OF_VENDOR,
    US_VENDORS,
    VENDORS,
    ByBuyer,
    ByBuyerVendor,
    ByVendor,
    Draws,
    record,
)

ROUNDS = 3
REFERENCE_BANDWIDTH, REFERENCE_INTERCONNECT = 3.35, 900.0  # H100


@record
class Procurement:
    """Parameters of choice."""

    beta: Draws  # weight of quality per cost
    theta: Draws  # weight of the installed base
    base_floor: Draws  # s0, keeps a new stack from being shut out
    nest: Draws  # tau
    mfu_domestic: Draws  # use of throughput on Chinese stacks over CUDA
    decode_bandwidth_weight: Draws
    training_bandwidth_weight: Draws
    training_network_weight: Draws
    inference_share_2022: Draws
    inference_share_2028: Draws
    power_cost_usd_k_per_kw: Draws  # over a part's life
    supply_risk_weight: Draws
    mandate_exemption: Draws  # share of a mandate lifted per unit of shortage
    subsidy_pass_through: Draws
    amd_in_china: Draws  # availability of AMD parts to Chinese buyers
    domestic_in_third: Draws  # availability of Chinese parts in RW
    in_house_abroad: Draws  # availability of US in-house parts outside the US
    second_choice: Draws  # share of refused money that takes whatever is left; the rest waits
    promotion_effect: Draws  # utility of US parts in AL and RW per unit of promotion


def availability(policy: Policy, p: Procurement) -> ByBuyerVendor:
    """Return how far each vendor's parts are on offer to each buyer, 0-1, before any licence."""
    one = jnp.ones_like(p.beta)
    base = np.zeros((len(BUYERS), len(VENDORS)))
    base[:, :2] = 1.0
    base[1:3, IN_HOUSE] = 1.0
    base[CN_ROWS, CN_VENDORS] = 1.0
    offer = jnp.asarray(base)[:, :, None] * one
    offer = offer.at[CN_ROWS, AMD].set(p.amd_in_china * one)
    third = p.domestic_in_third * jnp.clip(1.25 - 0.25 * policy.al_alignment, 0.0, 1.25)
    abroad = [(AL, 0.1 * jnp.clip(1 - policy.al_alignment, 0.0, 1.0) * one), (RW, third * one)]
    for bloc, domestic in abroad:
        offer = offer.at[BLOC_ROWS[bloc], IN_HOUSE].set(p.in_house_abroad * one)
        offer = offer.at[BLOC_ROWS[bloc], CN_VENDORS].set(domestic)
    for row in HQ_ROWS:
        offer = offer.at[row, IN_HOUSE].set(0.0 * one).at[row, CN_VENDORS].set(2 * p.domestic_in_third * one)
    return offer


def inference_share(t: Draws, p: Procurement) -> Draws:
    """Return the share of spending that is for inference."""
    return (
        p.inference_share_2022
        + (p.inference_share_2028 - p.inference_share_2022) * span(t, 0, q(2028, 4)) / 6.75
    )


def quality(
    throughput: ByBuyerVendor,
    bandwidth: ByBuyerVendor,
    interconnect: ByBuyerVendor,
    domestic_mfu: ByVendor,
    p: Procurement,
) -> tuple[ByBuyerVendor, ByBuyerVendor]:
    """Return log quality for training and for decoding."""
    flops = jnp.log(jnp.maximum(throughput * domestic_mfu, 1e-6))
    memory = jnp.log(jnp.maximum(bandwidth / REFERENCE_BANDWIDTH, 1e-6))
    network = jnp.log(jnp.maximum(interconnect / REFERENCE_INTERCONNECT, 1e-6))
    a, n = p.training_bandwidth_weight, p.training_network_weight
    training = (1 - a - n) * flops + a * memory + n * network
    return training, (1 - p.decode_bandwidth_weight) * flops + p.decode_bandwidth_weight * memory


def prices(
    listed: ByBuyerVendor, fee_log: Draws, policy: Policy, p: Procurement
) -> tuple[ByBuyerVendor, ByBuyerVendor]:
    """Return what buyers pay and what vendors get per unit (thousand USD), before the fee is taken."""
    fee = jnp.zeros((len(BUYERS), len(VENDORS), 1)).at[CN_ROWS, :2].set(1.0)
    paid = listed * jnp.exp(fee * fee_log)
    home = jnp.zeros((len(BUYERS), len(VENDORS), 1)).at[CN_ROWS, CN_VENDORS].set(1.0)
    subsidy = home * jnp.clip(policy.cn_price_subsidy, 0.0, 0.9)
    got = paid * (1 + subsidy * (1 - p.subsidy_pass_through))
    return paid * (1 - subsidy * p.subsidy_pass_through), got


def choice(
    qualities: tuple[ByBuyerVendor, ByBuyerVendor],
    cost: ByBuyerVendor,
    base: Float[Array, "buyer stack draw"],
    penalty: ByBuyerVendor,
    offer: ByBuyerVendor,
    mandate: ByBuyer,
    inference: Draws,
    p: Procurement,
) -> ByBuyerVendor:
    """Return the share of each buyer's money each vendor is wished for; sums to one over vendors."""
    installed = p.theta * jnp.log(base + p.base_floor)
    common = installed[:, jnp.asarray(STACK_OF_VENDOR)] - penalty - p.beta * jnp.log(cost / 26.0)
    shares = jnp.zeros_like(cost)
    for log_quality, weight in zip(qualities, (1 - inference, inference), strict=True):
        u = (common + p.beta * log_quality) / p.nest
        e = offer * jnp.exp(u - u.max(1, keepdims=True))
        foreign = jnp.maximum(e[:, US_VENDORS].sum(1, keepdims=True), 1e-12)
        domestic = jnp.maximum(e[:, CN_VENDORS].sum(1, keepdims=True), 1e-12)
        within_f, within_d = jnp.log(foreign), jnp.log(domestic)
        total = jnp.exp(p.nest * within_f) + jnp.exp(p.nest * within_d)
        pull_f = jnp.exp((p.nest - 1) * within_f) / total
        pull_d = jnp.exp((p.nest - 1) * within_d) / total
        free = jnp.concatenate([e[:, US_VENDORS] * pull_f, e[:, CN_VENDORS] * pull_d], 1)
        bound = jnp.concatenate([jnp.zeros_like(e[:, US_VENDORS]), e[:, CN_VENDORS] / domestic], 1)
        m = mandate[:, None]
        shares = shares + weight * (free * (1 - m) + bound * m)
    return shares / jnp.maximum(shares.sum(1, keepdims=True), 1e-12)


def mandates(policy: Policy, scarcity: Draws, strictness: Draws, p: Procurement) -> ByBuyer:
    """Return the part of each buyer's money that must go to domestic parts, eased in shortage."""
    eased = jnp.clip(1 - p.mandate_exemption * scarcity, 0.0, 1.0)
    floor = jnp.clip(policy.cn_domestic_share, 0.0, 1.0)
    return _place((floor + (1 - floor) * strictness) * eased)


def _place(rows: Float[Array, "cn_buyer draw"]) -> ByBuyer:
    """Put the three Chinese rows into all rows."""
    n = rows.shape[-1]
    return jnp.concatenate([jnp.zeros((3, n)), rows, jnp.zeros((len(BUYERS) - 6, n))])


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
        able = _some(rest, supply) * _some(room, wish[:, None])
        weight = share * able
        total = weight.sum(1, keepdims=True)
        weight = weight / jnp.maximum(total, 1 - p.second_choice)
        want = jnp.minimum(left[:, None] * weight, room)
        need = (want * use).sum(0)
        got = want * jnp.minimum(1.0, rest / jnp.maximum(need, 1e-9))
        sold = sold + got
        rest = jnp.maximum(rest - (got * use).sum(0), 0.0)
        left = jnp.maximum(left - got.sum(1), 0.0)
    return sold, left, rest


def _some(rest: Array, whole: Array) -> Array:
    """Return 1 where something is left, 0 where only rounding is, smooth between."""
    return jnp.clip((rest / (whole + 1e-9) - 1e-5) / 1e-3, 0.0, 1.0)


def orders(
    sold: ByBuyerVendor, left: ByBuyer, share: ByBuyerVendor, own: ByBuyerVendor, use: ByBuyerVendor
) -> ByVendor:
    """Return orders: sales plus refused money, offered by share to every vendor the gates leave open."""
    open_share = share * _some(own - sold, sold.sum(1, keepdims=True) + left[:, None])
    open_share = open_share / jnp.maximum(open_share.sum(1, keepdims=True), 1e-9)
    return ((sold + left[:, None] * open_share) * use).sum(0)


assert NVIDIA == 0 and AMD == 1  # exporters are the first two vendors
