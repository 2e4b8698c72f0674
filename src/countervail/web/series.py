"""What the page asks while a lever moves: quantiles by quarter and year of the charts on show, and who leads."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from countervail import __version__
from countervail.errors import UserError
from countervail.language import DEFAULT, text
from countervail.periods import quarter_name, quarter_of, quarter_span
from countervail.scenario.levers import QUARTERS, lever
from countervail.web.numbers import rounded

if TYPE_CHECKING:
    from countervail.ensemble import OutcomeSpec, Result
    from countervail.scenario import ScenarioInputs

NAMES = ("p5", "p25", "p50", "p75", "p95")


def parse_outcome(text: str) -> tuple[str, str]:
    """Return variable and region of `VARIABLE@REGION`; without a region the variable's first."""
    from countervail.ensemble.outcomes import find

    variable, _, region = text.partition("@")
    spec = find(variable, region or None)
    return variable, region or spec.all_regions[0]


def series_document(
    result: "Result",
    outcomes: Sequence[tuple[str, str]],
    weights: Mapping[str, float] | None = None,
    lang: str = DEFAULT,
) -> dict[str, Any]:
    """Return the answer of /series, without the time it took; title and events in `lang`."""
    from countervail.strategy.leads import leads

    led = leads(result, weights)
    composite = led["composite"]
    return {
        "scenario": result.scenario.id,
        "title": text("scenario", result.scenario.id, "title", lang, default=result.scenario.title),
        "version": __version__,
        "draws": result.draws,
        "seed": result.seed,
        "until": result.until,
        "as_of": result.as_of,
        "quarters": result.quarters,
        "series": [_one(result, result.variables[v], region) for v, region in outcomes],
        "leadership": {
            "years": led["years"],
            "dimensions": {
                d: {side: rounded(x) for side, x in sides.items()} for d, sides in led["dimensions"].items()
            },
            "composite": composite
            and {k: v if isinstance(v, dict) else rounded(v) for k, v in composite.items()},
        },
        "levers": _levers(result.scenario, len(result.years)),
        "events": events(result.scenario, result.until, lang),
        "extrapolated_from": result.scenario.extrapolation_from,
    }


def encode(document: Mapping[str, Any]) -> bytes:
    """Return a document as compact JSON."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _one(result: "Result", spec: "OutcomeSpec", region: str) -> dict[str, Any]:
    years, yearly = result.annual(spec.variable, region)
    return {
        "variable": spec.variable,
        "region": region,
        "unit": spec.unit,
        "period": spec.period,
        "share_of_draws": spec.kind == "share_of_draws",
        **_ranges(spec, result.values(spec.variable, region)),
        "annual": {"years": years, **_ranges(spec, yearly)},
    }


def _ranges(spec: "OutcomeSpec", values: Any) -> dict[str, list[float | None]]:
    """Return quantiles and mean of `[period, draw]`; a share of draws is the same at every quantile."""
    from countervail.ensemble import summary

    means = rounded(summary.mean(values))
    if spec.kind == "share_of_draws":
        return {**dict.fromkeys(NAMES, means), "mean": means}
    return {**dict(zip(NAMES, rounded(summary.quantiles(values).T), strict=True)), "mean": means}


def _levers(inputs: "ScenarioInputs", years: int) -> dict[str, list[float | None]]:
    """Return each lever at the end of each year; null where the rules decide and give no number."""
    return {id: rounded(path[3 : 4 * years : 4]) for id, path in inputs.lever_paths.items()}


def events(inputs: "ScenarioInputs", until: str, lang: str = DEFAULT) -> list[dict[str, Any]]:
    """Return the dated steps of a scenario: measures that begin or end, and levers it or a user sets."""
    rows: list[dict[str, Any]] = []
    for m in inputs.measures:
        base = {"actor": m.actor, "id": m.id, "changed": m.changed, "probability": m.probability}
        name = text("measure", m.id, "name", lang, default=m.name)
        rows.append({**_when(m.first), **base, "kind": "begins", "label": name})
        if m.last is not None:
            rows.append({**_when(m.last), **base, "kind": "ends", "label": name})
        for first, last in m.suspensions:
            rows.append({**_when(first), **base, "kind": "suspended", "label": name})
            if last is not None and m.renewed is None:
                rows.append({**_when(last), **base, "kind": "resumes", "label": name})
    for id, steps in inputs.lever_steps.items():
        row, name = lever(id), text("lever", id, "label", lang)
        for step in steps:
            said = step.value if isinstance(step.value, str) else f"{step.value:g}"
            base = {"actor": row.side, "id": id, "changed": True, "probability": 1.0, "kind": "set"}
            rows.append({**_when(quarter_span(step.start)[0]), **base, "label": f"{name}: {said}"})
    inside = [r for r in rows if "2022Q1" <= r["quarter"] <= min(until, quarter_name(QUARTERS - 1))]
    return sorted(inside, key=lambda r: (r["date"], r["actor"], r["id"]))


def _when(day: Any) -> dict[str, str]:
    return {"date": day.isoformat(), "quarter": quarter_of(day)}


def check_outcomes(texts: Sequence[str], most: int) -> list[tuple[str, str]]:
    """Return the outcomes asked for, each once, the default charts where none is named."""
    from countervail.web.meta import default_outcomes

    if len(texts) > most:
        raise UserError(f"{len(texts)} outcomes are more than {most}", "ask in several requests")
    asked = [parse_outcome(t) for t in texts] or default_outcomes()
    return list(dict.fromkeys(asked))
