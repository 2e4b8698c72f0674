"""Rare earths, gallium, germanium: what China can deny, and how users adapt.

    supply factor = 1 - exposure * level * E,    E' = E (1 - level / (4 adaptation))
    cost to China = revenue * level              USD bn a year of exports forgone

Exposure is the share of accelerator output lost at once at full control. Users substitute and new sources open,
so the loss fades: past Chinese limits raised innovation outside China (alfaro-ree). Level 1 is the package of
October 2025 as written; it was suspended before it took full effect, so no outcome was seen.
Limits: inputs are one; stocks held by users are inside `exposure`. Sources: alfaro-ree, measures table.
Priors: evidence/data/priors/input_controls.yaml.
"""

import jax.numpy as jnp

from countervail.model.policy import Policy
from countervail.model.types import Draws, record


@record
class InputControls:
    """Parameters of input controls."""

    exposure: Draws  # share of non-Chinese accelerator output lost at once
    adaptation_years: Draws
    export_revenue_usd_bn: Draws  # a year, of the controlled inputs


def supply_factor(unadapted: Draws, policy: Policy, p: InputControls) -> Draws:
    """Return the factor on world supply of US vendors' parts."""
    lost = p.exposure * jnp.clip(policy.cn_input_controls, 0.0, 2.0) * unadapted
    return jnp.maximum(1 - lost, 0.02)  # at level two the largest exposures would take more than there is


def adapt(unadapted: Draws, policy: Policy, p: InputControls) -> Draws:
    """Return the share of the exposure not yet adapted away, next quarter."""
    return unadapted * (1 - jnp.clip(policy.cn_input_controls, 0.0, 2.0) / (4 * p.adaptation_years))


def cost_usd_bn(policy: Policy, p: InputControls) -> Draws:
    """Return China's forgone exports this quarter, USD bn."""
    return 0.25 * p.export_revenue_usd_bn * jnp.clip(policy.cn_input_controls, 0.0, 2.0)
