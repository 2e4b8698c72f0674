"""From what the model says to what a source would print: errors of definition and of measurement."""

from collections.abc import Sequence

import numpy as np

from countervail.calibration.predict import Point
from countervail.ensemble.draws import normals


def predictive(found: Sequence[Point], model: np.ndarray, seed: int) -> np.ndarray:
    """Return predictive draws `[point, draw]`: the model's values with the errors of each source.

    All points of a series share the error of its scale; each has a measurement error of its own.
    """
    out = np.empty_like(model)
    draws = model.shape[1]
    for i, p in enumerate(found):
        series, actor, period = p.key
        t = p.target
        shared = t.scale_sd * normals(f"scale:{series}:{actor}", seed, 0, draws)
        own = normals(f"error:{series}:{actor}:{period}", seed, 0, draws)
        if t.error.dist == "normal":
            out[i] = model[i] * np.exp(shared) + t.error.sd * own
        else:
            out[i] = np.maximum(
                (model[i] + t.error.floor) * np.exp(shared + t.error.log_sd * own) - t.error.floor, 0.0
            )
        if p.observation.unit == "percent":
            out[i] = np.clip(out[i], 0.0, 100.0)
    return out


def fitted_rows(cutoff: str | None) -> set[tuple[str, str, str]]:
    """Return the rows that entered the fit of the shipped posterior; none while priors alone are used."""
    return set()
