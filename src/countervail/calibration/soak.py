"""Simulation-based calibration: whether the sampler finds the truth as often as it says.

For each synthetic set: draw unknowns from the prior, let the model and the error model make observations, fit them,
and note the rank of the truth among posterior draws. Right code gives ranks that are uniform (talts-2018). Takes
half an hour: `python -m countervail.calibration.soak docs/_static/sbc.json`.
"""

import json
import os
import platform
import sys
import time
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from countervail.calibration import smc
from countervail.calibration.problem import Problem, problem

SETTINGS = smc.Settings(particles=256, moves=12, last_moves=40, runs=1, looks=1)
RANKS = 32  # draws a rank is taken among, far enough apart to be nearly independent
WATCHED = (
    "demand.us_level_usd_bn",
    "demand.cn_level_usd_bn",
    "demand.cn_step",
    "demand.take_off_quarter",
    "upstream.cowos_2022_kwpm",
    "upstream.in_house_share",
    "upstream.amd_share",
    "procurement.nest",
    "procurement.theta",
    "fabrication.huawei_share",
    "fabrication.learning_rate",
    "discrepancy.nvidia_money",
    "discrepancy.nvidia_china",
    "discrepancy.rho",
)


def soak(
    sets: int = 100,
    seed: int = 0,
    settings: smc.Settings = SETTINGS,
    say: Any = None,
    cutoff: str | None = None,
) -> dict[str, Any]:
    """Return ranks of the truth for the watched unknowns, and a chi-square test of their uniformity for each.

    Sources of Ascend units, a mixture without a generating process, are left out.
    """
    task = problem(cutoff)
    task = replace(task, points=[p for p in task.points if p.target.error.dist != "mixture"])
    labels = task.labels
    watched = [w for w in WATCHED if w in labels]
    ranks: dict[str, list[int]] = {w: [] for w in watched}
    for k in range(sets):
        rng = np.random.default_rng([seed, k])
        truth = rng.standard_normal((task.size, 1))
        observe(task, truth, rng)
        found = smc.sample(task.likelihood, task.size, settings, seed=1000 + k, information=task.information)
        some = rng.choice(settings.particles, RANKS - 1, replace=False)
        for w in watched:
            i = labels.index(w)
            ranks[w].append(int((found.u[i, some] < truth[i, 0]).sum()))
        if say:
            say(f"{k + 1} of {sets}")
    return {
        "sets": sets,
        "ranks_of": RANKS,
        "ranks": ranks,
        "p_values": {w: uniformity(r) for w, r in ranks.items()},
    }


def observe(task: Problem, truth: np.ndarray, rng: np.random.Generator) -> None:
    """Put observations made from `truth` `[unknown, 1]` in place of history's."""
    matrix, z, tau, rho = task.parts(truth)
    task.err = replace(task.err, value=task.replicate(task.model(matrix, z), tau, rho, rng)[:, 0])


def uniformity(ranks: list[int], bins: int = 8) -> float:
    """Return the p-value of a chi-square test that ranks are uniform."""
    from scipy.stats import chisquare

    counts = np.bincount(np.asarray(ranks) * bins // RANKS, minlength=bins)
    return float(chisquare(counts).pvalue)


def main(path: Path) -> None:
    """Run it and write the result with how it was made."""
    from countervail import __version__
    from countervail.calibration.fit import fingerprint
    from countervail.files import write_text

    start = time.monotonic()
    found = soak(say=lambda words: print(words, file=sys.stderr, flush=True))
    made = {
        "command": "python -m countervail.calibration.soak docs/_static/sbc.json",
        "made": date.today().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "minutes": round((time.monotonic() - start) / 60),
        "version": __version__,
        "fingerprint": fingerprint(),
        "settings": asdict(SETTINGS),
    }
    write_text(path, json.dumps({**made, **found}, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "sbc.json"))
