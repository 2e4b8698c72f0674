"""Growth of China's capacity for wafers and packages: paths of few numbers, public money, controls on tools, use.

    wafers'    = wafers exp(rate(t) / 4 * brake * push * busy)
    packaging' = packaging exp(rate(t) / 4 * push ** 0.5 * busy)
    brake      = exp(-e (controls (1 - a + a alignment) - known(t))),   busy(use) = clip(1.5 use - 0.5, 0, 1)

rate(t) has one level for each stretch of years. The paths already hold what the controls of the time did, so only
controls stricter or looser than `known` change them; a is the part of the tools that allies make. Tools for packaging
are not controlled. push is the factor of public money (`investment`). In later years capacity grows only while it is
used: wafers from 2028, packaging from 2029.
Limits: one node; no lag between a tool bought and a wafer made; tools in store are not counted.
Sources: semi-hbm, ms-yield. Priors: evidence/data/priors/expansion.yaml.
"""

import jax.numpy as jnp

from countervail.model.paths import q, since
from countervail.model.policy import Policy
from countervail.model.types import Draws, record


@record
class Expansion:
    """Parameters of growth. kwpm = thousand wafers a month, k = thousand."""

    wafers_2022_kwpm: Draws
    wafers_growth_early: Draws  # log growth a year to end 2024
    wafers_growth: Draws  # 2025 to 2027
    wafers_growth_late: Draws
    packaging_2022_k: Draws  # packages a quarter
    packaging_growth_early: Draws  # log growth a year, 2023Q2 to 2024Q4
    packaging_growth: Draws
    packaging_growth_late: Draws  # after 2028
    equipment_effect: Draws  # log growth lost per unit of stricter equipment controls, relative
    allied_tools: Draws  # share of the effect of equipment controls that needs allies


def known_controls(t: Draws) -> Draws:
    """Return equipment controls as they were and are: growth paths already hold their effect."""
    return 0.4 * since(t, q(2022, 4)) + 0.3 * since(t, q(2023, 4)) + 0.3 * since(t, q(2024, 4))


def brake(t: Draws, policy: Policy, p: Expansion) -> Draws:
    """Return the factor on growth of controls stricter or looser than the known ones; allies make part of the tools."""
    together = 1 - p.allied_tools + p.allied_tools * jnp.clip(policy.al_alignment, 0.0, 1.5)
    return jnp.exp(-p.equipment_effect * (policy.us_equipment_controls * together - known_controls(t)))


def busy(use: Draws) -> Draws:
    """Return the factor on growth of a capacity that is used to the share `use`: nobody adds to what stands idle."""
    return jnp.clip(1.5 * use - 0.5, 0.0, 1.0)


def wafers(t: Draws, now: Draws, use: Draws, braked: Draws, push: Draws, p: Expansion) -> Draws:
    """Return next quarter's wafers for AI parts, thousand a month; `braked` is the factor of `brake`."""
    middle = since(t, q(2025, 1)) * (1 - since(t, q(2028, 1), 1.0))
    late = since(t, q(2028, 1), 1.0) * busy(use)
    rate = (
        p.wafers_growth_early * (1 - since(t, q(2025, 1)))
        + p.wafers_growth * middle
        + p.wafers_growth_late * late
    )
    return now * jnp.exp(0.25 * rate * braked * push)


def packaging(t: Draws, now: Draws, use: Draws, push: Draws, p: Expansion) -> Draws:
    """Return next quarter's packaging capacity, thousand packages a quarter."""
    boom = since(t, q(2023, 2)) * (1 - since(t, q(2025, 1)))
    late = since(t, q(2029, 1), 1.0)
    middle = (1 - boom) * (1 - late)
    rate = (
        p.packaging_growth_early * boom
        + p.packaging_growth * middle
        + p.packaging_growth_late * late * busy(use)
    )
    return now * jnp.exp(0.25 * rate * push**0.5)
