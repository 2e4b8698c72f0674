"""The discrepancy: how far the world stays from the model, as far as history tells.

    y = m exp(d),   d(t) = rho d(t - 1) + tau sqrt(1 - rho^2) e(t),   e ~ N(0, 1)

Each group of series has its own d; tau and rho are unknowns of the fit. A posterior row holds d of the quarters that
history spoke of, drawn given what the row missed them by; after that d goes on freely. Where nothing was fitted, d is
free from the start, with tau and rho from their priors. Its spread stays at tau, whatever the horizon.

`layer` puts the factors exp(d) on what the model simulates.
"""

from collections.abc import Iterable

import numpy as np

from countervail.ensemble.draws import MANY, quantile, uniforms, uniforms_by_quarter
from countervail.ensemble.posterior import Posterior
from countervail.ensemble.threads import each

TAU = {"dist": "lognormal", "p5": 0.03, "p50": 0.10, "p95": 0.35}  # assumption: a few to some tens of percent
RHO = {"dist": "logitnormal", "p5": 0.4, "p50": 0.75, "p95": 0.93}  # assumption, a quarter

# Which group of series speaks of a vendor's sales. Makers with no series of their own go with the second tier.
GROUP_OF_VENDOR = {
    "NVIDIA": "nvidia_money",
    "AMD": "amd",
    "US in-house": "in_house",
    "Huawei": "ascend",
    "T-Head": "second_tier",
    "Kunlunxin": "second_tier",
    "Enflame": "second_tier",
    "Cambricon": "cambricon",
    "CN other": "second_tier",
}
NVIDIA_IN_CHINA = "nvidia_china"
PRICES = "prices"
GROUPS = tuple(dict.fromkeys((*GROUP_OF_VENDOR.values(), NVIDIA_IN_CHINA, PRICES)))


def factors(
    posterior: Posterior | None,
    quarters: int,
    seed: int,
    first: int,
    count: int,
    groups: Iterable[str] = GROUPS,
) -> dict[str, np.ndarray]:
    """Return exp(d) of each group for draws `first` .. `first + count`, float32 `[quarter, draw]`.

    Draw i depends on the seed and on i alone, and is the same in every scenario: a difference between scenarios keeps
    it as a common factor. A longer run begins like a shorter one.
    """
    tau, rho, past = _scales(posterior, seed, first, count, groups)
    names = list(groups)

    def one(g: str) -> np.ndarray:
        return np.exp(_path(g, tau[g], rho, past[g], quarters, seed, first)).astype(np.float32)

    return dict(zip(names, each(one, names, count > MANY), strict=True))


def about(posterior: Posterior | None) -> dict[str, object]:
    """Return what a record of a run says of the discrepancy."""
    held = posterior.groups if posterior else ()
    return {
        "form": "factor exp(d) on sales, d AR(1) by group",
        "scales": {g: "posterior" if g in held else "prior" for g in GROUPS},
        "quarters_given_history": posterior.past.shape[1] if posterior else 0,
    }


def _scales(
    posterior: Posterior | None, seed: int, first: int, count: int, groups: Iterable[str]
) -> tuple[dict[str, np.ndarray], np.ndarray, dict[str, np.ndarray]]:
    """Return tau by group, rho, and d of the quarters known by group."""
    tau, past = {}, {}
    row = None if posterior is None else posterior.pick(seed, first, count)
    for group in groups:
        if posterior is not None and group in posterior.groups:
            k = posterior.groups.index(group)
            tau[group], past[group] = posterior.tau[k, row], posterior.past[k][:, row]
        else:
            tau[group] = quantile(TAU, uniforms(f"discrepancy:{group}", seed, first, count))
            past[group] = np.empty((0, count))
    if posterior is not None:
        return tau, posterior.rho[row], past
    return tau, quantile(RHO, uniforms("discrepancy:rho", seed, first, count)), past


def _path(
    group: str,
    tau: np.ndarray,
    rho: np.ndarray,
    past: np.ndarray,
    quarters: int,
    seed: int,
    first: int,
) -> np.ndarray:
    """Return d `[quarter, draw]`: as known, then on from there."""
    from scipy.special import ndtri

    count, known = len(tau), min(len(past), quarters)
    e = ndtri(uniforms_by_quarter(f"discrepancy-path:{group}", seed, range(known, quarters), first, count))
    d = np.empty((quarters, count))
    d[:known] = past[:known]
    new = tau * np.sqrt(1 - rho**2)
    for q in range(known, quarters):
        d[q] = rho * d[q - 1] + new * e[q - known] if q else tau * e[0]
    return d
