"""Priors beside posteriors: what was believed of each parameter, and what history made of it."""

from functools import cache
from typing import Any

from countervail.evidence import load
from countervail.language import DEFAULT, text

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
NAMES = ("p5", "p25", "p50", "p75", "p95")
STEPS = 41  # points of a density


def parameters(lang: str = DEFAULT) -> dict[str, Any]:
    """Return every parameter with its prior and, where history moved it, its posterior; and confounded pairs."""
    return {"parameters": [row_of(p, lang) for p in _all()], "confounded": confounded(), "fit": fit()}


def parameter(key: str, lang: str = DEFAULT) -> dict[str, Any]:
    """Return one parameter with densities, sources and those it is confounded with."""
    from countervail.errors import unknown

    rows = {p.key: p for p in _all()}
    if key not in rows:
        raise unknown("parameter", key, rows)
    row = row_of(rows[key], lang)
    pairs = [c for c in confounded() if key in (c["a"], c["b"])]
    return {**row, "density": density(key), "confounded": pairs}


def _all() -> list[Any]:
    return [p for rows in load().priors.values() for p in rows.values() if p.prior is not None]


@cache
def _held() -> Any:
    from countervail.ensemble import posterior

    return posterior.default(None)


@cache
def _about() -> dict[str, Any]:
    """Return the account of the fit that lies beside the posterior; empty where none is shipped."""
    import json

    from countervail.ensemble import posterior
    from countervail.files import read_text

    return json.loads(read_text(posterior.path_of().with_suffix(".json"))) if _held() else {}


@cache
def _learnt() -> dict[str, dict[str, Any]]:
    """Return contraction and shift of every fitted parameter, by name."""
    return {t["name"]: t for t in _about().get("taught", [])}


def fit() -> dict[str, Any] | None:
    """Return what the posterior rests on, or None where none is shipped."""
    if not _about():
        return None
    return {k: _about().get(k) for k in ("made", "observations", "evaluations", "rows")}


def confounded() -> list[dict[str, Any]]:
    """Return the pairs of parameters that history cannot tell apart."""
    return list(_about().get("confounded", []))


@cache
def numbers(key: str) -> tuple[dict[str, float], dict[str, float] | None]:
    """Return the quantiles of prior and posterior; no posterior where history did not move it enough to ship it."""
    import numpy as np

    from countervail.ensemble.draws import quantile

    mechanism, name = key.split(".", 1)
    prior = load().priors[mechanism][name].prior or {}
    before = quantile(prior, np.array(QUANTILES))
    held = _held()
    after = None
    if held is not None and key in held.names:
        after = np.quantile(held.values[held.names.index(key)], QUANTILES)
    named = lambda values: {n: _round(v) for n, v in zip(NAMES, values, strict=True)}  # noqa: E731
    return named(before), None if after is None else named(after)


def _round(value: float) -> float:
    return float(f"{float(value):.5g}")


def row_of(p: Any, lang: str) -> dict[str, Any]:
    """Return one row of the table of parameters."""
    prior, posterior = numbers(p.key)
    learnt = _learnt().get(p.key, {})
    given = {k: v for k, v in (p.prior or {}).items() if not hasattr(v, "isoformat")}
    return {
        "id": p.key,
        "mechanism": p.mechanism,
        "label": text("parameter", p.key, "label", lang, default=p.label),
        "unit": p.unit,
        "dist": given.get("dist"),
        "min": given.get("min"),
        "max": given.get("max"),
        "prior": prior,
        "posterior": posterior,
        "contraction": learnt.get("contraction"),
        "shift": learnt.get("mean"),
        "rhat": learnt.get("rhat"),
        "basis": p.basis,
        "confidence": p.confidence,
        "favours": p.favours,
        "known_since": p.known_since.isoformat(),
        "from_memory": p.from_memory,
        "sources": p.sources,
        "note": text("parameter", p.key, "note", lang, default=p.note),
    }


@cache
def density(key: str) -> dict[str, Any]:
    """Return both densities on one grid, each with its largest value one: shapes to look at, not to read off.

    The prior is drawn through its quantile function and the posterior through its rows, by the same kernel.
    """
    import numpy as np

    from countervail.ensemble.draws import quantile

    mechanism, name = key.split(".", 1)
    prior = load().priors[mechanism][name].prior or {}
    before = quantile(prior, (np.arange(1000) + 0.5) / 1000)
    held = _held()
    after = held.values[held.names.index(key)] if held is not None and key in held.names else None
    both = before if after is None else np.concatenate([before, after])
    low, high = np.quantile(both, [0.003, 0.997])
    if not high > low:
        return {"x": [], "prior": [], "posterior": None}
    x = np.linspace(low, high, STEPS)

    def shape(values: Any) -> list[float]:
        spread = np.quantile(values, 0.75) - np.quantile(values, 0.25)
        width = max(0.9 * (spread / 1.34) * len(values) ** -0.2, (high - low) / STEPS)
        heights = np.exp(-0.5 * ((x[:, None] - values[None, :]) / width) ** 2).sum(1)
        return [round(float(v), 3) for v in heights / heights.max()]

    xs = [_round(v) for v in x]
    return {"x": xs, "prior": shape(before), "posterior": None if after is None else shape(after)}
