"""Balance: which side the most influential assumptions favour by the model, beside what their priors say of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from countervail.strategy.ranks import check_draws, rank_correlation, threshold

SCENARIO = "status-quo"
YEAR = "2030"
FEWEST = 0.1  # a rank correlation below this is not read as favouring anyone
OUTCOMES = (
    ("Compute|Stock ratio", "US to CN"),
    ("AI|Frontier lag", "CN"),
    ("Market|Domestic share", "CN"),
    ("Economy|AI output gain", "US"),
    ("Economy|AI output gain", "CN"),
    ("Sovereignty|Index", "CN"),
    ("Economy|AI output gain", "US less CN"),
)  # fmt: skip
# Rows of OUTCOMES that set the sides against each other, and the sign with which more is better for the US: they say
# whom a larger value favours. The other rows say how much it matters.
JUDGES = {0: 1, 1: 1, 5: -1, 6: 1}
BASES = ("measured", "derived", "expert", "assumption")


def balance(
    draws: int = 2000, seed: int = 0, count: int = 20, as_of: date | None = None
) -> list[dict[str, Any]]:
    """Return the most influential assumptions, each with the side it favours by the model and by its prior.

    Parameters
    ----------
    draws
        Draws of the run.
    seed
        Seed of the draws.
    count
        Assumptions to return, most influential first.
    as_of
        Use only what was known on this date.

    Returns
    -------
    list
        `parameter`, `label`, `influence` (largest absolute rank correlation with any of OUTCOMES), `outcome` (that
        outcome and region), `correlations` (by outcome and region), `favours_model` (US, CN, mixed, neither),
        `favours_prior` (US, CN, none, unclear), `verdict`, `basis`, `confidence`, `sources`.
    """
    from countervail.ensemble import run
    from countervail.evidence import load

    check_draws(draws)
    result = run(SCENARIO, draws=draws, seed=seed, as_of=as_of, discrepancy=False)
    us, cn = (result.at("Economy|AI output gain", side, YEAR) for side in ("US", "CN"))
    outcomes = np.stack([result.at(variable, region, YEAR) for variable, region in OUTCOMES[:-1]] + [us - cn])
    priors = {p.key: p for own in load().priors.values() for p in own.values() if not p.background}
    return rank(result.parameters, result.parameter_names, outcomes, priors, count)


def rank(
    parameters: np.ndarray,
    names: Sequence[str],
    outcomes: np.ndarray,
    priors: Mapping[str, Any],
    count: int = 20,
) -> list[dict[str, Any]]:
    """Return the rows of `balance` for draws `[parameter, draw]` and outcomes `[outcome, draw]`."""
    correlation = rank_correlation(parameters, outcomes)
    influence = np.abs(correlation).max(1)
    least = threshold(parameters.shape[1], FEWEST)
    rows: list[dict[str, Any]] = []
    for k in map(int, np.argsort(-influence, kind="stable")[:count]):
        prior = priors[names[k]]
        model = side(correlation[k, list(JUDGES)] * list(JUDGES.values()), least)
        rows.append(
            {
                "parameter": names[k],
                "label": prior.label,
                "influence": float(influence[k]),
                "outcome": " ".join(OUTCOMES[int(np.abs(correlation[k]).argmax())]),
                "correlations": {
                    " ".join(o): float(c) for o, c in zip(OUTCOMES, correlation[k], strict=True)
                },
                "favours_model": model,
                "favours_prior": prior.favours,
                "verdict": verdict(model, prior.favours),
                "basis": prior.basis,
                "confidence": prior.confidence,
                "sources": list(prior.sources),
            }
        )
    return rows


def side(correlations: np.ndarray, least: float) -> str:
    """Return whom a larger value favours, given its correlations with outcomes that are better for the US."""
    up, down = bool((correlations >= least).any()), bool((correlations <= -least).any())
    return "mixed" if up and down else "US" if up else "CN" if down else "neither"


def verdict(model: str, prior: str) -> str:
    """Return how the model's side and the prior's note go together."""
    if model not in ("US", "CN"):
        return "the model names no side"
    if prior not in ("US", "CN"):
        return "the prior names no side"
    return "agree" if model == prior else "disagree"


def totals(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Return how many rows favour each side, how many agree, and what they rest on."""

    def count(key: str, known: Sequence[str]) -> dict[str, int]:
        found = Counter(str(r[key]) for r in rows)
        return {k: found[k] for k in known}

    return {
        "favours_model": count("favours_model", ("US", "CN", "mixed", "neither")),
        "favours_prior": count("favours_prior", ("US", "CN", "none", "unclear")),
        "verdict": count(
            "verdict", ("agree", "disagree", "the prior names no side", "the model names no side")
        ),
        "basis": count("basis", BASES),
    }
