"""The workbook of a run: summary, outcomes, differences, levers and measures, sources and assumptions."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countervail.files import write_atomic
from countervail.report.record import record
from countervail.report.sheets import Row, Sheet, save
from countervail.report.tables import chosen_years, difference, pairs, yearly

if TYPE_CHECKING:
    from countervail.ensemble import Result

SHEETS = ("summary", "outcomes", "differences", "levers and measures", "sources and assumptions")


def write(
    results: "list[Result]", path: Path, sentences: Iterable[str] = (), data: dict[str, Any] | None = None
) -> None:
    """Write the workbook; `data` is the record of the run, if it is at hand."""
    data = data or record(results)
    wide, years = (18, 34, 10, 14, 12), (12,) * len(results[0].years)
    sheets = [
        Sheet(SHEETS[0], _summary(results, data, list(sentences)), (34, 14, 14, 18, *(12,) * 12)),
        Sheet(SHEETS[1], _outcomes(results), (*wide, *years), 5),
        Sheet(SHEETS[2], _differences(results), (*wide, *years), 5),
        Sheet(SHEETS[3], _levers(data), (36, 18, 8, 50, 14, 14, 12, 60)),
        Sheet(SHEETS[4], _sources(data), (12, 38, 60, 14, 14, 14, 12, 12, 12, 40, 60)),
    ]
    write_atomic(path, lambda target: save(sheets, target))


def _summary(results: "list[Result]", data: dict[str, Any], sentences: list[str]) -> Iterable[Row]:
    base = results[0]
    yield ["#countervail"]
    yield ["scenarios", ", ".join(r.scenario.id for r in results)]
    for r in results:
        yield [r.scenario.id, r.scenario.title]
    for key in ("version", "created", "command", "draws", "seed", "until", "as_of"):
        yield [key, data[key]]
    yield ["extrapolated from", base.scenario.extrapolation_from]
    yield []
    if sentences:
        yield ["#In plain words"]
        yield from ([s] for s in sentences)
        yield []
    years = chosen_years(base.years[0], base.years[-1])
    yield [
        "#Headline outcomes",
        "region",
        "unit",
        "scenario",
        *(f"{y} {q}" for y in years for q in ("median", "5%", "95%")),
    ]
    for spec, region in pairs(base):
        if not spec.headline:
            continue
        for r in results:
            q = yearly(r, spec.variable, region)
            at = [q[r.years.index(y)] for y in years]
            yield [
                spec.label,
                region,
                spec.unit,
                r.scenario.id,
                *(float(x) for a in at for x in (a[2], a[0], a[4])),
            ]
    yield []
    yield ["#Who leads", "side", "unit", "scenario", *(str(y) for y in years)]
    for name, spec in base.variables.items():
        if name.startswith("Leadership|"):
            dimension, side = name.split("|")[1:]
            for r in results:
                q = yearly(r, name, "World")
                yield [
                    dimension,
                    side,
                    spec.unit,
                    r.scenario.id,
                    *(float(q[r.years.index(y), 2]) for y in years),
                ]


def _outcomes(results: "list[Result]") -> Iterable[Row]:
    yield ["#scenario", "variable", "region", "unit", "value", *map(str, results[0].years)]
    for r in results:
        for spec, region in pairs(r):
            q = yearly(r, spec.variable, region)
            kinds = (
                ((2, "share"),) if spec.kind == "share_of_draws" else ((0, "5%"), (2, "median"), (4, "95%"))
            )
            for column, name in kinds:
                yield [r.scenario.id, spec.variable, region, spec.unit, name, *q[:, column].tolist()]


def _differences(results: "list[Result]") -> Iterable[Row]:
    from countervail.ensemble import summary

    base, others = results[0], results[1:]
    yield ["#scenario", "variable", "region", "unit", f"less {base.scenario.id}", *map(str, base.years)]
    if not others:
        yield ["one scenario was run: there is nothing to compare"]
    for other in others:
        for spec, region in pairs(base):
            change = difference(base, other, spec.variable, region)
            if spec.kind == "share_of_draws":
                yield [
                    other.scenario.id,
                    spec.variable,
                    region,
                    spec.unit,
                    "share",
                    *summary.mean(change).tolist(),
                ]
                continue
            q = summary.quantiles(change, (0.05, 0.5, 0.95))
            for column, name in enumerate(("5%", "median", "95%")):
                yield [other.scenario.id, spec.variable, region, spec.unit, name, *q[:, column].tolist()]
            up = (change > 0).mean(-1)
            yield [other.scenario.id, spec.variable, region, spec.unit, "share up", *up.tolist()]


def _levers(data: dict[str, Any]) -> Iterable[Row]:
    yield [
        "#measure",
        "scenario",
        "actor",
        "name",
        "in force from",
        "to",
        "probability",
        "suspended, changed, renewed",
    ]
    for s in data["scenarios"]:
        for m in s["measures"]:
            spans = "; ".join(f"suspended {a} to {b or 'open'}" for a, b in m["suspensions"])
            marks = [
                spans,
                "taken as renewed" if m["renewed"] else "",
                "changed by the scenario" if m["changed"] else "",
            ]
            last = m["last"] or "open"
            yield [
                m["id"], s["id"], m["actor"], m["name"], m["first"], last, m["probability"],
                "; ".join(filter(None, marks)),
            ]  # fmt: skip
    yield []
    yield ["#lever", "scenario", "variant", "probability", "from", "to", "value"]
    for s in data["scenarios"]:
        for v in s["variants"]:
            for lever, spans in v["levers"].items():
                for first, last, value in spans:
                    yield [lever, s["id"], v["label"], v["probability"], first, last, value]
    for s in data["scenarios"]:
        for text in s["settings"]:
            yield ["set by the user", s["id"], "", text]


def _sources(data: dict[str, Any]) -> Iterable[Row]:
    head = ["basis", "confidence", "unit", "5%", "median", "95%", "sources", "note"]
    yield ["#kind", "id", "name", *head]
    for p in data["parameters"]:
        yield [
            "assumption" if p["basis"] == "assumption" else "prior", p["id"], p["label"], p["basis"], p["confidence"],
            p["unit"], p["p5"], p["p50"], p["p95"], p["sources"], p["note"],
        ]  # fmt: skip
    for m in data["measures"]:
        yield [
            "measure",
            m["id"],
            m["name"],
            m["actor"],
            m["confidence"],
            *[""] * 4,
            m["sources"],
            m["summary"],
        ]
    for c in data["chips"]:
        yield [
            "chip",
            c["id"],
            c["name"],
            c["status"],
            c["confidence"],
            "H100e",
            "",
            c["h100e"],
            "",
            c["sources"],
            "",
        ]
    for s in data["sources"]:
        name = ", ".join(x for x in (s["title"], s["publisher"], s["date"]) if x)
        yield ["source", s["id"], name, f"page opened: {s['seen']}", *[""] * 5, s["url"] or "", s["licence"]]
