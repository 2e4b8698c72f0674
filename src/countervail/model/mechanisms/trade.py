"""Two gates: a sale to China needs a US permission and a Chinese acceptance.

    access = (open + sum_w words_w * approval_w) * acceptance                        China, by buyer
    buyer pays   p (1 - fee) ** -pass_through,   vendor keeps p (1 - fee) ** (1 - pass_through)
    risk'  = (1 - forgetting) * risk + fall in US access

Words are outcomes of the rules by share of the quarter; a licence granted takes time, so licensed access moves towards
its level at 1 / (1 + delay) a quarter and falls at once. Two data points stand behind approvals (H20 in 2025, H200 in
2026), so they are priors and shown as such. The lever of the Chinese gate is the answer to parts under US licence; a
part without licence it can shut further, but it lifts no bar on it. Supply risk is the memory of past cuts. Volume
caps, and what those do whom a gate or a cap refuses, are in `model/ceilings.py`.
Limits: the fee is taken on every part; no bargaining between the two sides inside the quarter; `reactions` holds what
governments answer.
Sources: amiti-2020, cavallo-2021 (incidence), bt-cap, h200-deadlock (gate). Priors: evidence/data/priors/trade.yaml.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from countervail.model.policy import Policy
from countervail.model.types import CN_SEGMENT, HQ_SEGMENT, Draws, record

BySegment = Float[Array, "segment exporter draw"]
ByExporter = Float[Array, "exporter draw"]
ByCnBuyer = Float[Array, "cn_buyer exporter draw"]


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
    policy: Policy, scarcity: Draws, strictness: Draws, p: Trade
) -> tuple[ByCnBuyer, ByCnBuyer]:
    """Return the shares of an exporter's first part and of its part without licence that China admits, by buyer.

    The lever of the gate is the answer to parts under US licence. A part without licence it can shut further, never
    open: where an act bars such a part, the bar stays.
    """
    softer = p.gate_shortage_response * scarcity
    by_case = jnp.clip(p.gate_case_by_case + softer, 0.0, 1.0)
    discouraged = jnp.clip(p.gate_discouraged + softer, 0.0, 1.0)
    zero = jnp.zeros_like(by_case)
    share = jnp.stack([zero + 1.0, by_case, discouraged, zero, zero])
    us_words = policy.us_words[CN_SEGMENT]
    unlicensed = us_words[:, 0] / jnp.maximum(us_words.sum(1), 1e-9)
    given = policy.cn_import_gate

    def admitted(words: Array, without: Array) -> ByCnBuyer:
        acts = (words * share).sum(2)
        gated = without * jnp.minimum(given, acts) + (1 - without) * given
        return jnp.where(given >= 0, gated, acts) * (1 - strictness)

    return admitted(policy.cn_words, unlicensed), admitted(policy.free_cn_words, jnp.ones_like(unlicensed))


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
