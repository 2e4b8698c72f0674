"""Who buys what: nested choice by workload, mandates, then rationing by what makers have.

    u_vw  = beta (q_vw - ln cost_v) - penalty_v - risk + theta ln(share_s + s0)        vendor v, workload w
    P_v   = e_v S_n ** (tau - 1) / (S_f ** tau + S_d ** tau),  e = exp(u / tau),  S_n = sum of e over the nest n

Nests are foreign and domestic; q is the log quality of `workloads`. cost = price paid + power bill; s the vendor's
software stack. A mandate is the part of a Chinese budget that sees only the domestic nest; it is eased when domestic
supply is short. What vendors have is then shared out by `rationing`.
No published estimate of substitution between accelerators exists: beta, theta, tau are wide priors.
Limits: one price for all, no auctions; fear of the next cut (risk) moves wishes even for parts a gate shuts out.
Sources: farrell-klemperer. Priors: evidence/data/priors/procurement.yaml.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from countervail.model.paths import power, total
from countervail.model.policy import Policy

from countervail.model.types import (  # isort: skip
    AL, AMD, BLOC_ROWS, BUYERS, CN_ROWS, CN_SEGMENT, CN_VENDORS, FOREIGN, HQ_ROWS, IN_HOUSE, NVIDIA, RW,
    SEGMENT_OF_BUYER, SEGMENTS, STACK_OF_VENDOR, US_VENDORS, ByBuyer, ByBuyerVendor, BySegmentVendor,
    Draws, cells, record, spread,
)  # fmt: skip

N = len(BUYERS)
_NO_HQ = [slice(r.start, r.stop - 1) for r in BLOC_ROWS]  # buyers of AL and RW but for Chinese groups
_AMD_IN_CHINA = cells(N, CN_ROWS, AMD)
_ON_OFFER = (
    cells(N, slice(None), slice(0, 2))
    - _AMD_IN_CHINA
    + cells(N, (1, 2), IN_HOUSE)
    + cells(N, CN_ROWS, CN_VENDORS)
)
_IN_HOUSE_ABROAD = cells(N, _NO_HQ[AL], IN_HOUSE) + cells(N, _NO_HQ[RW], IN_HOUSE)
_DOMESTIC_IN_AL, _DOMESTIC_IN_RW = cells(N, _NO_HQ[AL], CN_VENDORS), cells(N, _NO_HQ[RW], CN_VENDORS)
_DOMESTIC_TO_HQ = cells(N, HQ_ROWS, CN_VENDORS)
FEE_PAID = cells(len(SEGMENTS), CN_SEGMENT, slice(0, 2))  # exports to China
HOME = cells(len(SEGMENTS), CN_SEGMENT, CN_VENDORS)  # Chinese parts at home


@record
class Procurement:
    """Parameters of choice."""

    beta: Draws  # weight of quality per cost
    theta: Draws  # weight of the installed base
    base_floor: Draws  # s0, keeps a new stack from being shut out
    nest: Draws  # tau
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
    third = p.domestic_in_third * jnp.clip(1.25 - 0.25 * policy.al_alignment, 0.0, 1.25)
    return (
        _ON_OFFER
        + _AMD_IN_CHINA * p.amd_in_china
        + _IN_HOUSE_ABROAD * p.in_house_abroad
        + _DOMESTIC_IN_AL * (0.1 * jnp.clip(1 - policy.al_alignment, 0.0, 1.0))
        + _DOMESTIC_IN_RW * third
        + _DOMESTIC_TO_HQ * (2 * p.domestic_in_third)
    )


def prices(
    listed: BySegmentVendor, fee_log: Draws, policy: Policy, p: Procurement
) -> tuple[BySegmentVendor, BySegmentVendor]:
    """Return what buyers pay and what vendors get per unit (thousand USD), before the fee is taken."""
    paid = listed * (1 + FEE_PAID * (jnp.exp(fee_log) - 1))
    subsidy = HOME * jnp.clip(policy.cn_price_subsidy, 0.0, 0.9)
    got = paid * (1 + subsidy * (1 - p.subsidy_pass_through))
    return paid * (1 - subsidy * p.subsidy_pass_through), got


def choice(
    qualities: tuple[BySegmentVendor, BySegmentVendor],
    cost: BySegmentVendor,
    base: Float[Array, "buyer stack draw"],
    penalty: BySegmentVendor,
    offer: ByBuyerVendor,
    mandate: ByBuyer,
    inference: Draws,
    p: Procurement,
) -> ByBuyerVendor:
    """Return the share of each buyer's money each vendor is wished for; sums to one over vendors.

    What parts are is the same for a whole segment, what is installed differs by buyer: exp(u / tau) is their product.
    """
    installed = power(base + p.base_floor, p.theta / p.nest)
    weight = offer * spread(installed, STACK_OF_VENDOR, 1)
    shares = jnp.zeros_like(weight)
    for log_quality, part in zip(qualities, (1 - inference, inference), strict=True):
        u = (p.beta * (log_quality - jnp.log(cost / 26.0)) - penalty) / p.nest
        e = weight * spread(jnp.exp(jnp.clip(u, -40.0, 40.0)), SEGMENT_OF_BUYER)
        log_f = jnp.log(jnp.maximum(total(e[:, US_VENDORS], 1), 1e-30))
        log_d = jnp.log(jnp.maximum(total(e[:, CN_VENDORS], 1), 1e-30))
        free = part * (1 - mandate) / (jnp.exp(p.nest * log_f) + jnp.exp(p.nest * log_d))
        pull_f = free * jnp.exp((p.nest - 1) * log_f)
        pull_d = free * jnp.exp((p.nest - 1) * log_d) + part * mandate * jnp.exp(-log_d)
        shares = shares + e * jnp.where(FOREIGN, pull_f[:, None], pull_d[:, None])
    return shares


def mandates(policy: Policy, scarcity: Draws, strictness: Draws, p: Procurement) -> ByBuyer:
    """Return the part of each buyer's money that must go to domestic parts, eased in shortage."""
    eased = jnp.clip(1 - p.mandate_exemption * scarcity, 0.0, 1.0)
    floor = jnp.clip(policy.cn_domestic_share, 0.0, 1.0)
    return place((floor + (1 - floor) * strictness) * eased)


def place(rows: Float[Array, "cn_buyer draw"]) -> ByBuyer:
    """Put the three Chinese rows into all rows."""
    n = rows.shape[-1]
    return jnp.concatenate([jnp.zeros((3, n)), rows, jnp.zeros((len(BUYERS) - 6, n))])


assert NVIDIA == 0 and AMD == 1  # exporters are the first two vendors
