"""The report: one HTML file that needs nothing else."""

from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail.files import write_text
from countervail.language import Speaker, speaker
from countervail.report import charts, figures, measures, observed, ranges, reasons, sentences
from countervail.report.record import record
from countervail.report.sentences import DIMENSIONS, quantiles
from countervail.report.tables import chosen_years, difference
from countervail.report.typeset import mathml

if TYPE_CHECKING:
    from countervail.ensemble import Result

BASES = ("measured", "derived", "expert", "assumption")
WIDEST = 12


@dataclass
class Page:
    """A finished page, the sentences of its summary, and its charts."""

    text: str
    sentences: list[str] = field(default_factory=list)
    figures: list[charts.Figure] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write the page."""
        write_text(path, self.text)


def page(results: "list[Result]", data: dict[str, Any] | None = None, lang: str = "en") -> Page:
    """Return the report of a run in a language; `data` is the record of the run, if it is at hand."""
    say = speaker(lang)
    data = data or record(results)
    parameters = {p["id"]: p for p in data["parameters"]}
    table = charts.table()
    series = [s for part in table["sections"] for c in part["charts"] for s in c.get("series", ())]
    builder = charts.Builder(results, parameters, observed.points(series), say)
    sections = [
        {**_section(part, say), "figures": [builder.figure(c) for c in part["charts"]]}
        for part in table["sections"]
    ]
    made = [f for part in sections for f in part["figures"]]
    groups, unknown = told(results, data, made, say)
    years, lines = measures.timeline(results, say)
    cited = cited_sources(data, made)
    html = _template().render(
        data=data,
        base=results[0],
        results=results,
        groups=groups,
        unknown=unknown,
        sections=sections,
        leads=leads(results, say),
        changes=changes(results, table["differences"], say),
        ranges=ranges.shares(results[0], say),
        bases=bases(results, table["bases"], say),
        years=years,
        measures=lines,
        expiries=measures.expiries(say),
        renewed=[r.scenario.id for r in results if any(m.renewed for m in r.scenario.measures)],
        beliefs=beliefs(data),
        more=len(results) - 1,
        appendix=appendix(data),
        sources=cited,
        known={s["id"]: s for s in cited},
        lang=lang,
        say=say,
        t=_marked(say),
        title=say.text("scenario", results[0].scenario.id, "title", results[0].scenario.title),
        style=_part("style.css"),
        script=_part("script.js"),
    )
    return Page(html, [s for _, ss in groups for s in ss] + unknown, made)


def told(
    results: "list[Result]", data: dict[str, Any], made: list[charts.Figure], say: Speaker
) -> tuple[list[tuple[str, list[str]]], list[str]]:
    """Return the sentences of the summary under their headings, and those on what is not known."""
    teller = sentences.Teller(results, say)
    fitted = any(p["origin"] == "posterior" for p in data["parameters"])
    return teller.groups(), teller.unknown() + fit(made, fitted, say)


def _marked(say: Speaker) -> Any:
    """Return a function that fills a template of the page; its markup stays, what is filled in is escaped."""
    from markupsafe import Markup

    return lambda key, **values: Markup(say.template(key)).format(**values)  # noqa: S704 - our own templates


def _section(part: dict[str, Any], say: Speaker) -> dict[str, Any]:
    """Return a section of the table of charts with its words in the language."""
    found = {**part, "title": say.text("section", part["id"], "title", part["title"])}
    if "intro" in part:
        found["intro"] = say.text("section", part["id"], "intro", part["intro"])
    return found


def fit(made: list[charts.Figure], fitted: bool, say: Speaker) -> list[str]:
    """Return how many observed points lie in the ranges, over all charts; `fitted` if some made the ranges."""
    seen, half, most = (sum(f.inside[i] for f in made) for i in range(3))
    if not seen:
        return []
    shares = {"most_share": say.percent(most / seen), "half_share": say.percent(half / seen)}
    text = say("fit.all", seen=seen, most=most, half=half, **shares)
    return [say.list([text, say("fit.fitted")], "sentence") if fitted else text]


def leads(results: "list[Result]", say: Speaker) -> dict[str, Any]:
    """Return who leads in what share of draws: a picture per dimension, and a table."""
    base = results[0]
    years = chosen_years(base.years[0], base.years[-1]) or (base.years[-1],)
    at = [4.0 * (y - 2022) + 4 for y in base.years]
    names = [say(f"lead.{side}") for side in ("US", "Parity", "CN")]
    pictures, rows = [], []
    for dimension in DIMENSIONS:
        values = np.stack([_share(base, dimension, side) for side in ("US", "Parity", "CN")], 1)
        name = say.text("dimension", dimension)
        title, years_said = say("chart.leads", dimension=name), [str(y) for y in base.years]
        unit = say.unit("share of draws")
        chart = figures.Chart(title, unit, years_said, at, [], percent=True, words=say)
        pictures.append((name, figures.stacked(chart, names, values, whole=True)))
        for r in results:
            sides = [_share(r, dimension, side) for side in ("US", "CN", "Parity")]
            cells = [" / ".join(say.percent(float(s[r.years.index(y)])) for s in sides) for y in years]
            rows.append((name, r.scenario.id, cells))
    return {"pictures": pictures, "rows": rows, "years": years}


def _share(result: "Result", dimension: str, side: str) -> np.ndarray:
    from countervail.ensemble import summary

    return summary.mean(result.annual(f"Leadership|{dimension}|{side}", "World")[1])


def changes(results: "list[Result]", table: list[dict[str, Any]], say: Speaker) -> dict[str, Any]:
    """Return differences to the first scenario: pictures, and a table with signs and what decides them."""
    base, others = results[0], results[1:]
    if not others:
        return {"pictures": [], "rows": []}
    years = [y for y in chosen_years(base.years[0], base.years[-1]) if y in (2028, base.years[-1])] or [
        base.years[-1]
    ]
    drivers = reasons.Drivers(base)
    pictures, rows = [], []
    for row in table:
        spec = base.variables[row["outcome"]]
        relative = bool(row.get("relative"))
        share = spec.unit.startswith("share")
        unit = say.unit("percent" if relative else "percentage points" if share else spec.unit)
        label = say.text("difference", f"{row['outcome']}@{row['region']}", default=row["label"])
        lines = []
        for i, other in enumerate(others, 1):
            change = difference(base, other, row["outcome"], row["region"])
            before = base.annual(row["outcome"], row["region"])[1]
            for year in years:
                k = base.years.index(year)
                moved = change[k] / np.maximum(before[k], 1e-9) if relative else change[k]
                scale = 100.0 if relative or share else 1.0
                q = _five(moved * scale)
                lines.append((f"{other.scenario.id} {year}", f"s{i}", q))
                up, down = float((change[k] > 0).mean()), float((change[k] < 0).mean())
                found = drivers.of(change[k], 1) if year == years[-1] else []
                what = f"{found[0].parameter} ({found[0].correlation:+.2f})" if found else ""
                rows.append(
                    {
                        "label": label, "scenario": other.scenario.id, "year": year, "unit": unit, "q": q,
                        "up": up, "down": down, "driver": what,
                    }
                )  # fmt: skip
        pictures.append({"label": label, "unit": unit, "svg": figures.dot_ranges(label, unit, lines, say)})
    return {"pictures": pictures, "rows": rows, "years": years}


def _five(values: np.ndarray) -> list[float]:
    from countervail.ensemble import summary

    return [float(v) for v in summary.quantiles(values)]


def bases(results: "list[Result]", table: list[dict[str, Any]], say: Speaker) -> dict[str, Any]:
    """Return the ratio of US to Chinese compute by what is counted."""
    base = results[0]
    years = [y for y in chosen_years(base.years[0], base.years[-1]) if y in (2026, 2028, base.years[-1])] or [
        base.years[-1]
    ]
    rows = []
    for row in table:
        for r in results:
            cells = []
            for year in years:
                us, cn = (r.annual(row["outcome"], region)[1][r.years.index(year)] for region in ("US", "CN"))
                low, middle, high = quantiles(us / np.maximum(cn, 1e-9))
                cells.append(say.ranged(say.number(middle), say.span(low, high)))
            rows.append((say.text("base", row["outcome"], default=row["name"]), r.scenario.id, cells))
    return {"years": years, "rows": rows}


def beliefs(data: dict[str, Any]) -> dict[str, Any]:
    """Return how many parameters rest on what, the widest priors, and what was learnt from history."""
    rows = data["parameters"]
    counts = [(b, sum(p["basis"] == b for p in rows)) for b in BASES]
    wide = sorted((p for p in rows if p["p5"] > 0), key=lambda p: -p["p95"] / p["p5"])[:WIDEST]
    learnt = []
    for p in rows:
        prior = p["prior"] or {}
        if p["origin"] == "posterior" and {"p5", "p95"} <= prior.keys() and prior["p95"] > prior["p5"]:
            kept = (p["p95"] - p["p5"]) / (prior["p95"] - prior["p5"])
            learnt.append({**p, "contraction": 1 - kept})
    learnt.sort(key=lambda p: -p["contraction"])
    narrowed = sum(p["contraction"] >= 0.1 for p in learnt)
    moved = [p for p in rows if set(p["origins"].values()) & {"scenario", "set", "widened"}]
    return {
        "counts": counts,
        "all": len(rows),
        "wide": wide,
        "learnt": learnt,
        "narrowed": narrowed,
        "moved": moved,
    }


def appendix(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each mechanism with its equations, limits and parameters."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for p in data["parameters"]:
        rows.setdefault(p["id"].partition(".")[0], []).append(p)
    return [
        {"mechanism": reasons.mechanism(n), "parameters": rows.get(n, [])} for n in reasons.all_mechanisms()
    ]


def cited_sources(data: dict[str, Any], made: list[charts.Figure]) -> list[dict[str, Any]]:
    """Return the sources of the run and of the observed points, by key."""
    from countervail.report.record import source_rows

    keys = {s["id"] for s in data["sources"]} | {k for f in made for k in f.why.sources}
    return source_rows(keys)


@cache
def _template() -> Any:
    """Return the page's template; undefined names are errors and text is escaped."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    page = Environment(
        loader=FunctionLoader(_part),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page.filters["mathml"] = mathml
    return page.get_template("report.html")


@cache
def _part(name: str) -> str:
    return (resources.files("countervail.report") / "templates" / name).read_text(encoding="utf-8")
