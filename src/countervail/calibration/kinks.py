"""Why no gradient sampler: the slope of the log likelihood jumps where the model switches between supply and demand.

Along one unknown, through the posterior mean, the slope is taken by central differences in double precision on a fine
grid. On a smooth function the change from one point to the next is about the same everywhere; at a kink it is many
times that.
"""

from collections.abc import Sequence

import numpy as np

from countervail.calibration.problem import Problem

SHOWN = (
    "demand.us_level_usd_bn",
    "demand.cn_step",
    "procurement.nest",
    "upstream.cowos_2022_kwpm",
    "upstream.cowos_boom",
    "upstream.in_house_share",
)
POINTS, REACH, STEP = 201, 1.0, 1e-4  # a step of the grid is a hundredth of a prior standard deviation


def slopes(task: Problem, centre: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return a grid of values of an unknown, in prior standard deviations from `centre`, and the slopes there."""
    k = task.labels.index(name)
    grid = np.linspace(-REACH, REACH, POINTS)
    u = np.repeat(centre[:, None], 2 * POINTS, 1)
    u[k] += np.concatenate([grid - STEP, grid + STEP])
    below, above = np.split(task.loglik(u), 2)
    return grid, (above - below) / (2 * STEP)


def smooth_changes(at: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """Return the changes of slope between neighbours, but not across zero, where a two-piece prior has a kink."""
    return np.abs(np.diff(slope))[at[:-1] * at[1:] > 0]


def kinks(task: Problem, centre: np.ndarray, names: Sequence[str] = SHOWN) -> list[dict[str, float | str]]:
    """Return for each unknown the range of the slope, its usual change between neighbours and the largest."""
    rows: list[dict[str, float | str]] = []
    for name in names:
        grid, slope = slopes(task, centre, name)
        change = smooth_changes(grid + centre[task.labels.index(name)], slope)
        usual, most = float(np.median(change)), float(change.max())
        rows.append(
            {
                "name": name,
                "low": float(slope.min()),
                "high": float(slope.max()),
                "usual": usual,
                "most": most,
                "times": most / max(usual, 1e-12),
            }
        )
    return rows
