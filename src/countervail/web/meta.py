"""What the page needs at its start, and the observed points. Made from the tables; its own is a choice of charts."""

from functools import cache
from typing import Any

from countervail import __version__
from countervail.language import DEFAULT, LANGUAGES, localised, text
from countervail.names import DIMENSIONS
from countervail.periods import LAST_QUARTER
from countervail.web.settings import Limits
from countervail.web.stamp import stamp

# Charts an adviser asks for first. kind: fan (ranges) or stack (medians on top of each other).
CHARTS: tuple[dict[str, Any], ...] = (
    {"id": "stock", "kind": "fan", "series": (("Compute|Stock", "CN"), ("Compute|Stock", "US")), "log": True},
    {
        "id": "pathways",
        "kind": "stack",
        "series": (
            ("Compute|Inflow|Legal imports", "CN"),
            ("Compute|Inflow|Domestic", "CN"),
            ("Compute|Inflow|Proxy fabrication", "CN"),
            ("Compute|Inflow|Smuggled", "CN"),
            ("Compute|Inflow", "CN"),  # their sum
        ),
    },
    {"id": "domestic-share", "kind": "fan", "series": (("Market|Domestic share", "CN"),)},
    {"id": "lag", "kind": "fan", "series": (("AI|Frontier lag", "CN"),)},
    {"id": "nvidia-china", "kind": "fan", "series": (("Chips|Revenue|NVIDIA", "CN"),)},
    {"id": "huawei", "kind": "fan", "series": (("Chips|Units|Huawei", "World"),)},
    {"id": "ratio", "kind": "fan", "series": (("Compute|Stock ratio", "US to CN"),), "log": True},
    {"id": "fragmentation", "kind": "fan", "series": (("Ecosystem|Fragmentation", "US to CN"),)},
    {
        "id": "output",
        "kind": "fan",
        "series": (("Economy|AI output gain", "US"), ("Economy|AI output gain", "CN")),
    },
    {
        "id": "sovereignty",
        "kind": "fan",
        "series": (("Sovereignty|Index", "CN"), ("Sovereignty|Index", "US")),
    },
    {"id": "military", "kind": "fan", "series": (("Military|Index", "US"),)},
    {"id": "third-countries", "kind": "fan", "series": (("Market|US vendors share", "RW"),)},
)
SHOWN = 6  # of these at first


def default_charts() -> list[dict[str, Any]]:
    """Return the charts of the page, the first ones on show."""
    return [
        {
            "id": c["id"],
            "kind": c["kind"],
            "variable": c["series"][0][0],
            "regions": [r for v, r in c["series"] if v == c["series"][0][0]],
            "series": [{"variable": v, "region": r} for v, r in c["series"]],
            "log": c.get("log", False),
            "shown": i < SHOWN,
        }
        for i, c in enumerate(CHARTS)
    ]


def default_outcomes() -> list[tuple[str, str]]:
    """Return variable and region of every series of the default charts."""
    return list(dict.fromkeys(pair for c in CHARTS for pair in c["series"]))


def meta(limits: Limits, lang: str = DEFAULT) -> dict[str, Any]:
    """Return version, limits, scenarios, levers, outcomes and charts; ids stay English, labels are in `lang`."""
    held = stamp()
    return {
        "version": __version__,
        "model": {
            "fingerprint": held["fingerprint"],
            "posterior": held["posterior"],
            "inputs": held["inputs"],
        },
        "horizon": {"first": "2022Q4", "last": LAST_QUARTER, "default": "2032Q4"},
        "limits": {
            "draws": limits.draws,
            "interactive_draws": limits.interactive_draws,
            "sets": limits.sets,
            "outcomes": limits.outcomes,
            "scenarios": limits.scenarios,
            "body_bytes": limits.body_bytes,
        },
        "scenarios": [_scenario(row, lang) for row in scenario_rows()],
        "levers": lever_rows(lang),
        "outcomes": outcome_rows(lang),
        "default_charts": default_charts(),
        "dimensions": list(DIMENSIONS),
        "languages": list(LANGUAGES),
    }


def _scenario(row: dict[str, Any], lang: str) -> dict[str, Any]:
    said = localised("scenario", row, lang)
    return {**said, "description": said["summary"]}


def lever_rows(lang: str) -> list[dict[str, Any]]:
    """Return the levers with their texts, and group and unit in words."""
    from countervail import api

    return [
        {
            **localised("lever", row, lang),
            "group_label": text("lever_group", row["group"], lang=lang),
            "unit_label": text("unit", row["unit"], lang=lang),
        }
        for row in api.levers()
    ]


@cache
def scenario_rows() -> list[dict[str, Any]]:
    """Return the shipped scenarios with what each sets."""
    from countervail import api
    from countervail.scenario.files import load_scenario
    from countervail.scenario.levers import span_name

    rows = []
    for row in api.scenarios():
        held = load_scenario(row["id"])
        steps = [
            {"lever": id, "value": s.value, "span": span_name(s)} for id, steps in held.levers for s in steps
        ]
        changes = [
            {
                "kind": c.kind,
                "id": c.id,
                "name": c.name,
                "probability": c.probability,
                "from": c.start,
                "to": c.stop,
            }
            for c in held.changes
        ]
        rows.append(
            {
                **row,
                "description": row["summary"],
                "known_since": held.as_of,
                "as_of": held.as_of,
                "expiries": "renewed" if held.renewed else "as_written",
                "reactions": held.reactions is not None,
                "steps": steps,
                "measures": [_named(c) for c in changes],
            }
        )
    return rows


def _named(change: dict[str, Any]) -> dict[str, Any]:
    from countervail.periods import quarter_name

    spans = {k: None if change[k] is None else quarter_name(change[k]) for k in ("from", "to")}
    return {**change, **spans}


def outcome_rows(lang: str = DEFAULT) -> list[dict[str, Any]]:
    """Return the outcomes with the words the page needs."""
    from countervail.ensemble.outcomes import list_outcomes, table

    said = [localised("outcome", row, lang, key="variable") for row in list_outcomes()]
    return [
        {
            **row,
            "unit_label": text("unit", row["unit"], lang=lang),
            "period": table()[row["variable"]].period,
            "period_text": row["period"],
            "kind": table()[row["variable"]].kind,
            "description": row["label"],
        }
        for row in said
    ]


def observed() -> dict[str, Any]:
    """Return the observed points that can be drawn over charts, with their sources."""
    from countervail.calibration.predict import observed_points
    from countervail.evidence import load

    sources = load().sources
    points = []
    for (variable, region), rows in observed_points().items():
        spec = _spec(variable)
        for row in rows:
            source = sources.get(str(row["source"]))
            points.append(
                {
                    "variable": variable,
                    "region": region,
                    "unit": spec.unit,
                    **row,
                    "title": source.title if source else "",
                    "url": source.url if source else "",
                }
            )
    return {"points": points}


def _spec(variable: str) -> Any:
    from countervail.ensemble.outcomes import find

    return find(variable)
