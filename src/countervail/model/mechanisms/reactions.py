"""Governments that answer. Off in `status-quo`, on in named scenarios.

    r_US' = r_US + speed (answer_us * max(0, comfort - lag) / comfort - r_US)       strictness of licences, 0-1
    r_CN' = r_CN + speed (answer_cn * (1 - US access) - r_CN)                       mandates and gate, 0-1

The US tightens when the Chinese lag falls below what it is at ease with; China turns to its own parts when access
is cut. Both are stylised from the order of moves since 2022 (timeline table); sizes are assumptions.
Limits: no bargaining, no elections, no linkage to other trade. Priors: evidence/data/priors/reactions.yaml.
"""

import jax.numpy as jnp

from countervail.model.policy import Policy
from countervail.model.types import Draws, record


@record
class Reactions:
    """Parameters of reactions."""

    answer_us: Draws
    answer_cn: Draws
    comfort_months: Draws  # lag below which the US tightens
    speed: Draws  # per quarter


def us(now: Draws, lag_months: Draws, policy: Policy, p: Reactions) -> Draws:
    """Return the extra strictness of the US next quarter, 0-1."""
    concern = jnp.clip((p.comfort_months - lag_months) / p.comfort_months, 0.0, 1.0)
    return now + p.speed * (p.answer_us * concern * policy.reactions - now)


def cn(now: Draws, us_access: Draws, policy: Policy, p: Reactions) -> Draws:
    """Return the extra strictness of China next quarter, 0-1."""
    return now + p.speed * (p.answer_cn * jnp.clip(1 - us_access, 0.0, 1.0) * policy.reactions - now)
