"""Two gates: a sale to China needs a US permission and a Chinese acceptance.

    first  = (open + sum_w words_w * approval_w) * acceptance * uncapped        China, by buyer
    second = free * acceptance_free * (1 - first)
    uncapped = min(1, ceiling / units wished last quarter)
    ceiling = cap share * US units of the capped product so far - exported so far
    buyer pays   p (1 - fee) ** -pass_through,   vendor keeps p (1 - fee) ** (1 - pass_through)

An exporter offers China its best part first; whoever is refused it, by a licence, at the Chinese gate or by the cap,
turns to the best part that needs no licence. Words are outcomes of the rules by share of the quarter; a licence
granted takes time, so licensed access moves towards its level at 1 / (1 + delay) a quarter and falls at once. Two
data points stand behind approvals (H20 in 2025, H200 in 2026), so they are priors and shown as such. Supply risk is
the memory of past cuts:

    risk' = (1 - forgetting) * risk + fall in US access

Limits: two parts at most, the fee is taken on both; no bargaining between the two sides inside the quarter;
`reactions` holds what governments answer.
Sources: amiti-2020, cavallo-2021 (incidence), bt-cap, h200-deadlock (gate). Priors: evidence/data/priors/trade.yaml.
"""

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from countervail.model.policy import Policy
from countervail.model.types import CN_SEGMENT, HQ_SEGMENT, Draws, record

BySegment = Float[Array, "segment exporter draw"]
ByExporter = Float[Array, "exporter draw"]
ByCnBuyer = Float[Array, "cn_buyer exporter draw"]

NO_CEILING = 1e6  # thousand units a quarter


@record
class Trade:
    """Parameters of permission and price."""

    approval_exception: Draws  # share of wishes that a licence exception with notice lets through
    approval_presumed: Draws  # presumption of approval
    approval_case_by_case: Draws
    approval_not_published: Draws  # letters
    approval_denial: Draws  # presumption of denial
    delay_quarters: Draws  # of a licence
    gate_case_by_case: Draws  # share of wishes China's purchase-by-purchase approval admits
    gate_discouraged: Draws
    gate_shortage_response: Draws  # rise of the gate per unit of unmet wishes
    fee_pass_through: Draws  # share borne by the buyer
    cost_share: Draws  # cost of a part over its price
    risk_forgetting: Draws  # per quarter


def approvals(p: Trade) -> Float[Array, "word draw"]:
    """Return the share of wishes each US word lets through, in the order of `types.US_WORDS`."""
    return jnp.stack(
        [
            jnp.ones_like(p.approval_denial),
            p.approval_exception,
            p.approval_presumed,
            p.approval_case_by_case,
            p.approval_not_published,
            p.approval_denial,
        ]
    )


def us_access(before: BySegment, policy: Policy, strictness: Draws, p: Trade) -> tuple[BySegment, BySegment]:
    """Return the share of wishes the US lets through, and its licensed part (the state of the next quarter).

    `strictness` (0-1) is what a reaction takes off licences for Chinese buyers.
    """
    share = approvals(p)
    given = policy.us_approval_share
    licensed_share = jnp.where(given >= 0, given, share[1:])
    licensed = (policy.us_words[:, :, 1:] * licensed_share).sum(2)
    lenient = jnp.ones_like(licensed).at[jnp.asarray([CN_SEGMENT, HQ_SEGMENT])].set(1 - strictness)
    target = licensed * lenient
    pace = 1 / (1 + p.delay_quarters + policy.us_review_delay)
    now = jnp.minimum(before + pace * (target - before), target)
    free = policy.us_words[:, :, 0]
    return jnp.clip(free + now, 0.0, 1.0), now


def cn_acceptance(
    words: Float[Array, "cn_buyer exporter cn_word one"],
    policy: Policy,
    scarcity: Draws,
    strictness: Draws,
    p: Trade,
) -> ByCnBuyer:
    """Return the share of permitted foreign parts that China admits, by buyer and exporter, where it says `words`."""
    softer = p.gate_shortage_response * scarcity
    by_case = jnp.clip(p.gate_case_by_case + softer, 0.0, 1.0)
    discouraged = jnp.clip(p.gate_discouraged + softer, 0.0, 1.0)
    zero = jnp.zeros_like(by_case)
    share = jnp.stack([zero + 1.0, by_case, discouraged, zero, zero])
    admitted = (words * share).sum(2)
    given = policy.cn_import_gate
    return jnp.where(given >= 0, given, admitted) * (1 - strictness)


def ceiling_units(capped_us: ByExporter, capped_cn: ByExporter, policy: Policy) -> ByExporter:
    """Return the most units of the capped part each exporter may send to China this quarter, thousand."""
    room = jnp.maximum(policy.us_volume_cap_share * capped_us - capped_cn, 0.0)
    return jnp.where(_capped(policy), room, NO_CEILING)


def under_cap(units: ByExporter, turned: ByExporter, policy: Policy) -> ByExporter:
    """Return the units that count against the cap: not those of the part without licence."""
    return units * (1 - turned) * _capped(policy)


def _capped(policy: Policy) -> Bool[Array, "exporter one"]:
    return (policy.us_volume_cap_share < 5) & (policy.us_under_cap > 0)


def uncapped(ceiling: ByExporter, wished: ByExporter, free: ByExporter) -> ByExporter:
    """Return the share of wishes for the capped part that the cap lets through; the others turn to a free part.

    `wished` are thousand units of last quarter; `free` is the share of wishes for a free part that is met.
    """
    # Full from a twentieth on: a gate that lets next to none of it in leaves the cap as it was.
    there = jnp.clip(20 * free, 0.0, 1.0)
    return 1 - there * (1 - jnp.clip(ceiling / jnp.maximum(wished, 1e-3), 0.0, 1.0))


def turn(first: ByCnBuyer, free: ByCnBuyer) -> tuple[ByCnBuyer, ByCnBuyer]:
    """Return access to both parts together, and to the free one, which those turn to who are refused the first."""
    second = (1 - first) * free
    return first + second, second


def ceiling_together(ceiling: ByExporter, turned: ByExporter, policy: Policy) -> ByExporter:
    """Return the most units of both parts: the ceiling holds for the first, a cap in units for both.

    `turned` is the share of units that are the second part.
    """
    first = 1 - turned
    by_share = jnp.where(first < 1e-6, NO_CEILING, ceiling / jnp.maximum(first, 1e-6))
    return jnp.minimum(by_share, policy.us_volume_cap_units)


def log_price_factor(policy: Policy, p: Trade) -> Draws:
    """Return the log by which the fee raises the price Chinese buyers pay."""
    return -p.fee_pass_through * jnp.log(1 - jnp.clip(policy.us_export_fee, 0.0, 0.95))


def willing(policy: Policy, p: Trade) -> Draws:
    """Return how far vendors still sell to China: they withdraw as the fee takes the price below cost."""
    net = (1 - jnp.clip(policy.us_export_fee, 0.0, 0.95)) ** (1 - p.fee_pass_through)
    return 1 / (1 + (p.cost_share / net) ** 8)


def fall(before: ByExporter, now: ByExporter) -> ByExporter:
    """Return how far access fell; moves under a twentieth are no cut."""
    return jnp.maximum(before - now - 0.05, 0.0)


def remember(risk: Draws, before: ByExporter, now: ByExporter, p: Trade) -> Draws:
    """Return buyers' memory of supply cuts by the US after this quarter."""
    return jnp.minimum((1 - p.risk_forgetting) * risk + fall(before, now)[0], 2.0)
