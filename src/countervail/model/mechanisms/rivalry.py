"""Rivals and denial: what competition and controls do to R&D. Both signs are open in the literature.

    inverted_u (aghion-2005)          1 + h (1 - (x - 1) ** 2)        x from 0 to 1.2
    processors (goettler-gordon)      1 - u x
    stimulus_CN = 1 + e1 D - e2 D,    D' = D + ((1 - access * sqrt(part allowed / flagship)) - D) / tau

x is the strongest rival's performance over one's own. The parameter `processor_form` mixes the two forms: 0 is
the inverted U, 1 the processor-industry estimate, in which a leader innovates slightly more without its rival.
e1 is the rise of R&D found after denial, e2 the loss of quality without foreign partners; measured on simpler
goods than chips. The size is small by default, so the sign of "complacency" is a result, never built in.
Sources: aghion-2005, goettler-gordon, liu-makarin-2025, cao-wb-2024. Priors: evidence/data/priors/rivalry.yaml.
"""

import jax.numpy as jnp
import numpy as np

from countervail.model.types import CN_VENDORS, NVIDIA, US_VENDORS, VENDORS, ByVendor, Draws, record

_LEADER = np.arange(len(VENDORS))[:, None] == NVIDIA
_DENIED = np.arange(len(VENDORS))[:, None] >= CN_VENDORS.start


@record
class Rivalry:
    """Parameters of rivalry and denial."""

    escape_gain: Draws  # h: gain at parity, inverted U
    processor_loss: Draws  # u: loss from a rival at parity, processor estimate
    processor_form: Draws  # 0 inverted U, 1 processors
    foreign_rival_weight: Draws  # weight of the best Chinese part against the US runner-up, for the leader
    laggard_discouragement: Draws  # loss when the gap exceeds two generations (a factor of four)
    denial_stimulus: Draws  # e1
    denial_quality_loss: Draws  # e2
    denial_years: Draws  # tau


def inverted_u(x: ByVendor, p: Rivalry) -> ByVendor:
    """Return the factor on R&D productivity of aghion-2005: highest at parity, none without a rival."""
    return 1 + p.escape_gain * (1 - (jnp.clip(x, 0.0, 1.2) - 1) ** 2)


def processors(x: ByVendor, p: Rivalry) -> ByVendor:
    """Return the factor of goettler-gordon: a durable good's leader gains a little from having no rival."""
    return 1 - p.processor_loss * jnp.clip(x, 0.0, 1.2)


def productivity(performance: ByVendor, p: Rivalry) -> ByVendor:
    """Return the factor on R&D productivity by vendor, from performance of current parts (H100e)."""
    best_us, best_cn = performance[US_VENDORS].max(0), performance[CN_VENDORS].max(0)
    runner_up = performance[1:3].max(0)
    leader = jnp.maximum(performance[NVIDIA], 1e-3)
    x_leader = ((1 - p.foreign_rival_weight) * runner_up + p.foreign_rival_weight * best_cn) / leader
    x = jnp.where(_LEADER, x_leader, best_us / jnp.maximum(performance, 1e-3))
    mixed = (1 - p.processor_form) * inverted_u(x, p) + p.processor_form * processors(x, p)
    gap = jnp.log2(jnp.maximum(x, 1e-3)) / 2  # generations of a factor two; two of them are a factor four
    behind = jnp.clip(gap - 1, 0.0, 1.0)
    return mixed * (1 - p.laggard_discouragement * behind)


def stimulus(denial: Draws, p: Rivalry) -> ByVendor:
    """Return the factor on R&D money of denied makers; one for the others."""
    domestic = 1 + (p.denial_stimulus - p.denial_quality_loss) * denial
    return jnp.where(_DENIED, domestic, 1.0)


def exposure(denial: Draws, access: Draws, allowed: Draws, flagship: Draws, p: Rivalry) -> Draws:
    """Return smoothed denial, 0-1: what is withheld counts, be it by licence or by a cut-down part (H100e)."""
    value = access * jnp.sqrt(jnp.clip(allowed / jnp.maximum(flagship, 1e-3), 0.0, 1.0))
    return denial + (1 - value - denial) / (4 * p.denial_years)
