"""What is believed about each parameter: its prior, or what a scenario or a user puts in its place."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from typing import Any

from countervail.ensemble.draws import check_prior
from countervail.errors import unknown
from countervail.evidence import Evidence


def beliefs(
    evidence: Evidence,
    names: tuple[str, ...],
    assumptions: Mapping[str, Mapping[str, Any]] | None = None,
    overrides: Mapping[str, float | Mapping[str, Any]] | None = None,
    as_of: date | None = None,
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Return the distribution of every parameter and where it comes from (`prior`, `widened`, `scenario`, `set`).

    With `as_of`, a prior whose source is dated later is widened to twice its log range: what one could not yet know
    must not sharpen a forecast.
    """
    chosen: dict[str, dict[str, Any]] = {}
    origin: dict[str, str] = {}
    for mechanism, rows in evidence.priors.items():
        for key, prior in rows.items():
            name = f"{mechanism}.{key}"
            if name in names and prior.prior is not None:
                late = as_of is not None and prior.known_since is not None and prior.known_since > as_of
                chosen[name] = widen(prior.prior) if late else dict(prior.prior)
                origin[name] = "widened" if late else "prior"
    for source, values in (("scenario", assumptions or {}), ("set", overrides or {})):
        for name, value in values.items():
            if name not in chosen:
                raise unknown("parameter", name, names)
            chosen[name] = (
                dict(value) if isinstance(value, Mapping) else {"dist": "fixed", "value": float(value)}
            )
            check_prior(name, chosen[name])
            origin[name] = source
    return chosen, origin


def widen(prior: Mapping[str, Any], factor: float = 2.0) -> dict[str, Any]:
    """Return a prior with the same middle and `factor` times its range, on the scale of its distribution."""
    from scipy.special import expit, logit

    wide = deepcopy(dict(prior))
    kind = prior["dist"]
    if kind in ("fixed", "uniform"):
        return wide
    import numpy as np

    to, back = {"lognormal": (np.log, np.exp), "normal": (float, float), "logitnormal": (logit, expit)}[kind]
    low, mid, high = (float(to(float(prior[k]))) for k in ("p5", "p50", "p95"))
    wide["p5"], wide["p95"] = (
        float(back(mid - factor * (mid - low))),
        float(back(mid + factor * (high - mid))),
    )
    return wide
