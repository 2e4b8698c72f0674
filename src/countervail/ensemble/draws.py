"""Draws of parameters and shocks. Draw i depends on the seed and on i alone.

Each parameter and each shock has its own stream of a counter-based generator, keyed by its name, so that a new
parameter changes no other, and the first n draws of a larger run are the n-draw run.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from countervail.ensemble.threads import each
from countervail.errors import UserError

DISTRIBUTIONS = ("lognormal", "normal", "logitnormal", "uniform", "fixed")
MANY = 2048  # draws from which threads pay
_Z95 = 1.6448536269514722


def uniforms(name: str, seed: int, start: int, count: int) -> np.ndarray:
    """Return numbers in (0, 1) for positions `start` .. `start + count` of the stream `name`."""
    digest = hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=16).digest()
    key = np.frombuffer(digest, dtype=np.uint64)
    skip = start % 4  # the generator counts in steps of four numbers
    generator = np.random.Philox(key=key)
    generator.advance(start // 4)
    raw = generator.random_raw(skip + count)[skip:]
    return (np.right_shift(raw, np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def normals(name: str, seed: int, start: int, count: int) -> np.ndarray:
    """Return standard normal numbers of the stream `name`."""
    from scipy.special import ndtri

    return ndtri(uniforms(name, seed, start, count))


def quantile(prior: Mapping[str, Any], u: np.ndarray) -> np.ndarray:
    """Return the values of a prior at probabilities `u`.

    Parameters
    ----------
    prior
        `dist` with `p5, p50, p95` (lognormal, normal, logitnormal: two-piece normal in the log, plain or logit
        scale, so that all three quantiles hold), `low, high` (uniform) or `value` (fixed); `min`, `max` cut.
    u
        Probabilities in (0, 1).
    """
    from scipy.special import expit, logit, ndtri

    kind = prior["dist"]
    if kind == "fixed":
        x = np.full_like(u, float(prior["value"]))
    elif kind == "uniform":
        x = float(prior["low"]) + u * (float(prior["high"]) - float(prior["low"]))
    elif kind in ("lognormal", "normal", "logitnormal"):
        to, back = {
            "lognormal": (np.log, np.exp),
            "normal": (float, np.asarray),
            "logitnormal": (logit, expit),
        }[kind]
        low, mid, high = (float(to(float(prior[k]))) for k in ("p5", "p50", "p95"))
        z = ndtri(u) / _Z95
        x = back(mid + np.where(z < 0, z * (mid - low), z * (high - mid)))
    else:
        raise UserError(f"unknown distribution '{kind}'", "use one of " + ", ".join(DISTRIBUTIONS))
    return np.clip(x, prior.get("min", -np.inf), prior.get("max", np.inf))


def check_prior(name: str, prior: Mapping[str, Any]) -> None:
    """Raise a UserError when a prior is not complete, ordered and inside its domain."""
    kind = prior.get("dist")
    if kind not in DISTRIBUTIONS:
        raise UserError(f"{name}: unknown distribution '{kind}'", "use one of " + ", ".join(DISTRIBUTIONS))
    keys = {"fixed": ("value",), "uniform": ("low", "high")}.get(kind, ("p5", "p50", "p95"))
    try:
        values = [float(prior[k]) for k in keys]
    except (KeyError, TypeError, ValueError):
        raise UserError(f"{name}: a {kind} prior needs numbers {', '.join(keys)}") from None
    if not np.all(np.isfinite(values)) or values != sorted(values):
        raise UserError(f"{name}: {', '.join(keys)} must be finite and in rising order")
    if kind == "lognormal" and values[0] <= 0:
        raise UserError(f"{name}: a lognormal prior needs positive numbers")
    if kind == "logitnormal" and not 0 < values[0] <= values[-1] < 1:
        raise UserError(f"{name}: a logitnormal prior needs numbers between 0 and 1")


def parameter_matrix(
    names: Sequence[str], priors: Mapping[str, Mapping[str, Any]], seed: int, start: int, count: int
) -> np.ndarray:
    """Return draws `start` .. `start + count` as float64 `[parameter, draw]`, rows in the order of `names`."""

    def one(name: str) -> np.ndarray:
        return quantile(priors[name], uniforms(f"parameter:{name}", seed, start, count))

    return np.stack(each(one, names, count > MANY))


def shock_array(
    names: Sequence[str], quarters: int, longest: int, seed: int, start: int, count: int
) -> np.ndarray:
    """Return shocks `[quarter, shock, draw]` as float64; a longer horizon leaves earlier quarters unchanged."""
    from scipy.special import ndtri

    out = np.empty((quarters, len(names), count))

    def fill(k: int) -> None:
        u = uniforms(f"shock:{names[k]}", seed, start * longest, count * longest)
        out[:, k] = ndtri(u.reshape(count, longest)[:, :quarters]).T

    each(fill, range(len(names)), count > MANY)
    return out
