"""Secure compute and its adoption as one input of military strength. An index, never a forecast of war.

    A_b     = compute_b ** c * adoption_b ** (1 - c),   compute_b = ln(1 + secure share * powered stock)
    adoption_b = 1 / (1 + exp(-(year - midyear_b) / v))
    index_b = platforms_b ** (1 - w) * A_b ** w;        reported: index_US / (index_US + index_CN)

c = `compute_decides`: 1 says compute decides, 0 says organisations that adopt decide. No tested elasticity of
military power to compute exists. Rented compute is not secure and does not count.
Limits: no doctrine, geography or allies; AI has a small weight and compute enters as a logarithm, so even a manyfold
lead in compute moves the index little (who thinks otherwise raises `weight_ai`). Sources: horowitz-adoption, mwi-2026.
Priors: evidence/data/priors/military.yaml.
"""

import jax.numpy as jnp

from countervail.model.types import Draws, record


@record
class Military:
    """Parameters of the military index."""

    weight_ai: Draws  # w
    compute_decides: Draws  # c
    platform_ratio: Draws  # US over China, all other means
    secure_share: Draws  # of national compute
    adoption_us_year: Draws  # year of half adoption
    adoption_cn_year: Draws
    adoption_width_years: Draws


def us_share(t: Draws, us_k: Draws, cn_k: Draws, p: Military) -> Draws:
    """Return the US share of the two sides' index, 0-1, from powered owned compute (thousand H100e)."""
    year = 2022 + t / 4

    def ai(compute: Draws, midyear: Draws) -> Draws:
        late = jnp.clip((midyear - year) / p.adoption_width_years, -40.0, 40.0)  # exp of more overflows
        adopted = 1 / (1 + jnp.exp(late))
        secure = jnp.log(1 + p.secure_share * compute)
        return jnp.maximum(secure, 1e-6) ** p.compute_decides * adopted ** (1 - p.compute_decides)

    us = p.platform_ratio ** (1 - p.weight_ai) * ai(us_k, p.adoption_us_year) ** p.weight_ai
    return us / (us + ai(cn_k, p.adoption_cn_year) ** p.weight_ai)
