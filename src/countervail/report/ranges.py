"""What the ranges of a run come from: the part of an outcome's variance that each kind of input makes."""

from typing import TYPE_CHECKING, Any

from countervail.language import Speaker

if TYPE_CHECKING:
    from countervail.ensemble import Result

MOST, FEWEST = 500, 50  # draws
NEAR = "2028Q4"
KINDS = {  # groups of calibration.decomposition, and the template that names each
    "taught by history": "ranges.taught",
    "other parameters": "ranges.other",
    "structural switches": "ranges.switches",
    "exogenous paths": "ranges.paths",
    "uncertain policy": "ranges.policy",
    "chance": "ranges.chance",
    "discrepancy": "ranges.discrepancy",
}


def shares(base: "Result", say: Speaker) -> dict[str, Any]:
    """Return the kinds of input in the order of the bars, a row per outcome and period, and how they were made.

    `rows` hold the outcome in words, the period, `parts` (number of the kind, name, share drawn, share in words) and
    what is left to interaction. Runs of fewer than 50 draws have none.
    """
    draws = min(MOST, base.draws)
    if draws < FEWEST:
        return {"rows": [], "kinds": []}
    from countervail.calibration.decomposition import decompose

    last = base.quarters[-1]
    periods = [NEAR, last] if NEAR in base.quarters[:-1] else [last]
    found = decompose(base.scenario, periods, draws, base.seed, until=base.until)
    present = [g for g in KINDS if any(g in r["shares"] for r in found)]
    kinds = [(k, say(KINDS[g])) for k, g in enumerate(present)]
    rows = []
    for r in found:
        spec = base.variables[r["variable"]]
        label = say.text("outcome", spec.variable, "label", spec.label)
        if len(spec.all_regions) > 1:
            label = say(
                "ranges.outcome", label=label, region=say.text("region", r["region"], default=r["region"])
            )
        whole = max(1.0, sum(r["shares"].values()))  # estimates may add up to a little more than one
        parts = [
            (k, name, r["shares"].get(g, 0.0) / whole, say.percent(r["shares"].get(g, 0.0)))
            for (k, name), g in zip(kinds, present, strict=True)
        ]
        rows.append(
            {
                "label": label,
                "period": say.quarter(r["period"]),
                "parts": parts,
                "rest": say.percent(r["interaction"]),
                "layer": spec.predictive and base.layer is not None,
            }
        )
    return {"rows": rows, "kinds": kinds, "draws": draws, "error": say.percent(draws**-0.5)}
