"""What compute does for output, and what fragmentation costs.

    potential_b = gain * ln(1 + density_b / density_ref),   density = effective powered compute per GDP
    G_b'        = G_b + (potential_b - G_b) / (4 adoption)                       share of GDP
    loss'       = loss + (L * ai_share * f - loss) / (4 phase_in),   f excess fragmentation between US and CN

`gain` is set so that the leader's output rises by 0.05 to 1.2 points a year, the span of published estimates
(acemoglu-2024 to goldman-2023). Only the part of the cost of decoupling that AI chips can claim is counted.
Limits: no prices, no trade in AI services, no transition. Sources: acemoglu-2024, oecd-ai-2024, imf-gef, wto-goes.
Priors: evidence/data/priors/economy.yaml.
"""

import jax.numpy as jnp

from countervail.model.types import ByBloc, Draws, record


@record
class Economy:
    """Parameters of the economy. GDP in USD tn of 2025."""

    gain_per_log_compute: Draws  # share of GDP
    density_ref_h100e_per_usd_bn: Draws
    adoption_years: Draws
    decoupling_loss: Draws  # share of GDP, long run, at full decoupling
    ai_chip_share: Draws  # of that loss
    phase_in_years: Draws
    gdp_us: Draws
    gdp_cn: Draws
    gdp_al: Draws
    gdp_rw: Draws


def gdp(p: Economy) -> ByBloc:
    """Return GDP by bloc, USD tn."""
    return jnp.stack([p.gdp_us, p.gdp_cn, p.gdp_al, p.gdp_rw])


def output_gain(now: ByBloc, compute_k: ByBloc, p: Economy) -> ByBloc:
    """Return AI's gain in output as a share of GDP at the next quarter; `compute_k` in thousand H100e."""
    density = compute_k / gdp(p)  # thousand H100e per USD tn = H100e per USD bn
    potential = p.gain_per_log_compute * jnp.log(1 + density / p.density_ref_h100e_per_usd_bn)
    return now + (potential - now) / (4 * p.adoption_years)


def fragmentation_loss(now: Draws, fragmentation: Draws, fragmentation_2022: Draws, p: Economy) -> Draws:
    """Return the loss of output from fragmentation as a share of GDP at the next quarter."""
    excess = jnp.clip((fragmentation - fragmentation_2022) / (1 - fragmentation_2022), 0.0, 1.0)
    return now + (p.decoupling_loss * p.ai_chip_share * excess - now) / (4 * p.phase_in_years)
