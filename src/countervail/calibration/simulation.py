"""Runs the model for back-tests: any cutoff, with a posterior's rows put in."""

from collections.abc import Sequence

import numpy as np

from countervail.calibration.hindcast import inputs_at
from countervail.calibration.predict import Point
from countervail.calibration.problem import reader
from countervail.ensemble.posterior import Posterior

SHORTEST = 20  # quarters; most back-tests share one compiled horizon


def model_values(
    found: Sequence[Point], cutoff: str | None, draws: int, seed: int, posterior: Posterior | None
) -> np.ndarray:
    """Return what the model says of each point, `[point, draw]`, before any error of a source."""
    import jax

    from countervail.ensemble import engine
    from countervail.ensemble.beliefs import beliefs
    from countervail.ensemble.draws import parameter_matrix, shock_array
    from countervail.evidence import load
    from countervail.model.parameters import names
    from countervail.model.shocks import SHOCKS

    inputs = inputs_at(cutoff)
    quarters = max(*(p.needs + 1 for p in found), SHORTEST)
    chosen, origin = beliefs(load(), names(), as_of=inputs.as_of)
    matrix = parameter_matrix(names(), chosen, seed, 0, draws)
    shocks = shock_array(SHOCKS, quarters, seed, 0, draws)
    if posterior is not None:
        known = {n: "prior" for n in origin}  # a hindcast's file was fitted with the widened priors
        matrix, shocks = posterior.put(matrix, shocks, names(), posterior.held(known), seed)
    policy = jax.tree.map(lambda x: x[:quarters], inputs.variants[0][0])
    read = reader(found)
    out = np.empty((len(found), draws))

    def take(first: int, rows: np.ndarray) -> None:
        out[:, first : first + rows.shape[2]] = read.of(rows)

    engine.blocks(policy, matrix.astype(np.float32), shocks.astype(np.float32), take)
    return out
