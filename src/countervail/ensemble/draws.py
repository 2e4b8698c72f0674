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
MANY = 512  # draws from which threads pay
STRETCH = 2**32  # numbers of a stream that belong to a quarter
TOGETHER = 16  # parameters drawn together: their numbers stay in a core's cache
_Z95 = 1.6448536269514722
_ENDS = (("min", -np.inf), ("max", np.inf))


def uniforms(name: str, seed: int, start: int, count: int) -> np.ndarray:
    """Return numbers in (0, 1) for draws `start` .. `start + count` of the stream `name`."""
    return uniforms_by_quarter(name, seed, range(1), start, count)[0]


def uniforms_by_quarter(name: str, seed: int, quarters: range, start: int, count: int) -> np.ndarray:
    """Return numbers in (0, 1), `[quarter, draw]`; each quarter has a stretch of the stream that no run outgrows."""
    digest = hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=16).digest()
    bits = np.random.Philox(key=np.frombuffer(digest, dtype=np.uint64))
    generator = np.random.Generator(bits)
    skip = start % 4  # the generator counts in steps of four numbers
    out = np.empty((len(quarters), skip + count))
    at = 0
    for row, quarter in zip(out, quarters, strict=True):
        first = (quarter * STRETCH + start) // 4
        bits.advance(first - at)
        generator.random(out=row)
        at = first + -(-len(row) // 4)
    # 53 bits, and half a step so that neither end is reached.
    return out[:, skip:] + 2.0**-54


def normals(name: str, seed: int, start: int, count: int) -> np.ndarray:
    """Return standard normal numbers of the stream `name`."""
    from scipy.special import ndtri

    return ndtri(uniforms(name, seed, start, count))


def quantile(prior: Mapping[str, Any], u: np.ndarray) -> np.ndarray:
    """Return the values of a prior at probabilities `u`, as `quantiles`."""
    return quantiles([prior], u[None])[0]


def quantiles(priors: Sequence[Mapping[str, Any]], u: np.ndarray) -> np.ndarray:
    """Return the values of priors of one kind at probabilities `u` `[prior, draw]`.

    Parameters
    ----------
    priors
        `dist` with `p5, p50, p95` (lognormal, normal, logitnormal: two-piece normal in the log, plain or logit
        scale, so that all three quantiles hold), `low, high` (uniform) or `value` (fixed); `min`, `max` cut.
    u
        Probabilities in (0, 1).
    """
    from scipy.special import expit, logit, ndtri

    kind = priors[0]["dist"]
    column = lambda key: np.array([[float(p[key])] for p in priors])  # noqa: E731
    if kind == "fixed":
        x = np.broadcast_to(column("value"), u.shape)
    elif kind == "uniform":
        x = column("low") + u * (column("high") - column("low"))
    elif kind in ("lognormal", "normal", "logitnormal"):
        to, back = {
            "lognormal": (np.log, np.exp),
            "normal": (np.asarray, np.asarray),
            "logitnormal": (logit, expit),
        }[kind]
        low, mid, high = (to(column(k)) for k in ("p5", "p50", "p95"))
        z = ndtri(u) / _Z95
        z *= np.where(z < 0, mid - low, high - mid)
        x = back(mid + z)
    else:
        raise UserError(f"unknown distribution '{kind}'", "use one of " + ", ".join(DISTRIBUTIONS))
    least, most = (np.array([[p.get(k, end)] for p in priors], float) for k, end in _ENDS)
    return np.clip(x, least, most)


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
    out = np.empty((len(names), count))
    kinds: dict[str, list[int]] = {}
    for k, name in enumerate(names):
        kinds.setdefault(priors[name]["dist"], []).append(k)
    parts = [rows[k : k + TOGETHER] for rows in kinds.values() for k in range(0, len(rows), TOGETHER)]

    def some(rows: list[int]) -> None:
        if priors[names[rows[0]]]["dist"] == "fixed":
            out[rows] = quantiles([priors[names[k]] for k in rows], np.empty((len(rows), count)))
            return
        u = np.stack([uniforms(f"parameter:{names[k]}", seed, start, count) for k in rows])
        out[rows] = quantiles([priors[names[k]] for k in rows], u)

    each(some, parts, count > MANY)
    return out


def shock_array(
    names: Sequence[str], quarters: int, seed: int, start: int, count: int, known: int = 0
) -> np.ndarray:
    """Return shocks `[quarter, shock, draw]` as float64; a longer horizon leaves earlier quarters unchanged.

    Quarters before `known` are left at zero: a posterior gives them.
    """
    from scipy.special import ndtri

    out = np.zeros((quarters, len(names), count))
    drawn = range(known, max(known, quarters))

    def fill(k: int) -> None:
        ndtri(uniforms_by_quarter(f"shock:{names[k]}", seed, drawn, start, count), out=out[known:, k])

    each(fill, range(len(names)), count > MANY)
    return out
