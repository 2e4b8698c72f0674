"""Compute to AI capability: how many months the best Chinese model trails the best US one.

    lag = lag_2023 + k ln(ratio / ratio_2023) - diffusion * (1 - exp(-(year - 2023.75) / tau))
    ratio = effective compute of the US over that of China, rented compute counted at `remote_weight`
    effective compute = stock * (bandwidth per H100e / 3.35) ** bandwidth_exponent

A lag that only follows the compute ratio is refuted by the five observations: the ratio rose while the lag fell
from 13 to 4.5 months. The fall is diffusion (open weights, distillation, algorithms) and must end somewhere;
its size and pace are judged from the same five points. Negative means China ahead.
Limits: one benchmark index; no talent, no data; rented compute also stays in its host's stock.
Sources: epoch-eci-gap, ho-2024. Priors: evidence/data/priors/capability.yaml.
"""

import jax.numpy as jnp

from countervail.model.paths import q
from countervail.model.types import ByBloc, Draws, record

RATIO_2023 = 3.8  # US over CN stock at 2023Q4 in trial runs; a reference point, not an estimate


@record
class Capability:
    """Parameters of capability."""

    lag_2023_months: Draws
    months_per_log_ratio: Draws  # k
    diffusion_months: Draws
    diffusion_years: Draws  # tau
    remote_weight: Draws
    bandwidth_exponent: Draws


def effective(stock: ByBloc, bandwidth: ByBloc, p: Capability) -> ByBloc:
    """Return effective compute, thousand H100e. `bandwidth` in thousand TB/s."""
    per_unit = jnp.maximum(bandwidth / jnp.maximum(stock, 1e-6), 0.2)
    return stock * (per_unit / 3.35) ** p.bandwidth_exponent


def lag_months(t: Draws, us: Draws, cn: Draws, remote: Draws, p: Capability) -> Draws:
    """Return months by which China trails."""
    ratio = us / jnp.maximum(cn + p.remote_weight * remote, 1e-6)
    years = jnp.maximum(t - q(2023, 4), 0.0) / 4
    diffused = p.diffusion_months * (1 - jnp.exp(-years / p.diffusion_years))
    return (
        p.lag_2023_months + p.months_per_log_ratio * jnp.log(jnp.maximum(ratio, 1e-3) / RATIO_2023) - diffused
    )
