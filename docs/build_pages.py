"""Make the pages of `docs/generated/` from the code and the data, so that they cannot fall behind.

A page per mechanism comes from its docstring, its functions and its priors file; the reference tables come
from the levers, outcomes, scenarios, measures, chips and sources. Run by `make docs` and `make test`.
"""

import ast
import inspect
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from countervail import language
from countervail.report.typeset import mathml

sys.path.insert(0, str(Path(__file__).parent))
import responses  # noqa: E402

ROOT = Path(__file__).parent.parent
OUT = Path(__file__).parent / "generated"
MECHANISMS = ROOT / "src" / "countervail" / "model" / "mechanisms"


GLOSSARY = """Terms in English and Chinese (Simplified), as the field and the two legal systems use them. A term marked
\"from memory\" was written without opening an official text for it here; a correction is welcome."""


def cell(value: Any) -> str:
    """Return a value as Markdown that stands in a table."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(cell(v) for v in value)
    return " ".join(str(value).split()).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(cell(c) for c in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def page(name: str, title: str, *parts: str) -> None:
    """Write one generated page."""
    path = OUT / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"# {title}\n\n" + "\n\n".join(p.strip() for p in parts if p.strip()) + "\n", encoding="utf-8"
    )


def prior_text(prior: Any) -> str:
    """Return a prior's distribution in a few words."""
    numbers = {k: v for k, v in dict(prior).items() if k != "dist" and v is not None}
    return f"{dict(prior)['dist']}: " + ", ".join(
        f"{k} {v:g}" for k, v in numbers.items() if isinstance(v, (int, float))
    )


def prose(doc: str, equations: bool = False) -> str:
    """Return a docstring as Markdown: indented paragraphs and NumPy sections as blocks, the rest as prose.

    Indented paragraphs of a mechanism are `equations`, and are set as such.
    """
    parts = []
    for paragraph in re.split(r"\n\s*\n", doc):
        lines = paragraph.splitlines()
        if all(line.startswith("    ") for line in lines) and equations:
            parts.append(f"```{{raw}} html\n{mathml(inspect.cleandoc(paragraph))}\n```")
        elif all(line.startswith("    ") for line in lines) or any(set(line) == {"-"} for line in lines):
            parts.append(f"```text\n{inspect.cleandoc(paragraph)}\n```")
        else:
            parts.append(
                re.sub(r"(?<!`)\*", r"\\*", " ".join(lines)).replace("<", "&lt;").replace("_", "\\_")
            )
    return "\n\n".join(p if p.startswith("```") else literal(p) for p in parts)


def literal(text: str) -> str:
    """Return prose with the words in backticks left as they were."""
    return re.sub(r"`[^`]*`", lambda m: m[0].replace("\\", ""), text)


def functions_of(tree: ast.Module) -> list[tuple[str, str]]:
    """Return the public functions of a module, each with its signature and docstring."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
            found.append((f"{node.name}({ast.unparse(node.args)}){returns}", ast.get_docstring(node) or ""))
    return found


def mechanism_page(path: Path, priors: dict[str, Any], sources: dict[str, Any], drawn: Any) -> str:
    """Write the page of one mechanism and its picture under parameters `drawn`; return its first sentence."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    doc = ast.get_docstring(tree) or ""
    first = doc.split("\n", 1)[0]
    shown = responses.RESPONSES[path.stem]
    (OUT / "mechanisms").mkdir(parents=True, exist_ok=True)
    (OUT / "mechanisms" / f"{path.stem}.svg").write_text(
        responses.picture(path.stem, drawn), encoding="utf-8"
    )
    parts = [
        prose(doc, equations=True),
        f"```{{image}} {path.stem}.svg\n:width: 520px\n:alt: {shown.y}, against {shown.x}\n```",
        f"*{shown.y[0].upper()}{shown.y[1:]}, against {shown.x}. Made by the code of the mechanism from its "
        f"priors: middle and 90% of {responses.DRAWS} draws.*",
        f"In the code: `src/countervail/model/mechanisms/{path.name}`.",
    ]
    if path.stem == "trade":
        curve = responses.drawn(
            "fee on sales to China", "USD bn a year, 2027 to 2029", *responses.fee_curve()
        )
        (OUT / "mechanisms" / "fee-curve.svg").write_text(curve, encoding="utf-8")
        parts += [
            "```{image} fee-curve.svg\n:width: 520px\n:alt: what the US takes and NVIDIA keeps, against the fee\n```",
            "*What the United States takes and what NVIDIA keeps in China, against the fee: the whole model under "
            "`no-controls` with a fee from 2026, middle and 90% of 256 draws. What the US takes rises up to a point: "
            "dearer parts sell less, and vendors withdraw as the fee takes the price below their cost.*",
        ]
    own = [p for p in priors.values() if not p.background]
    if own:
        rows = [
            (
                f"`{p.parameter}`",
                p.label,
                p.unit,
                prior_text(p.prior),
                p.basis,
                p.confidence,
                p.favours,
                p.note,
            )
            for p in own
        ]
        columns = (
            "parameter",
            "meaning",
            "unit",
            "prior",
            "basis",
            "confidence",
            "a larger value favours",
            "note",
        )
        parts += [
            "## Assumptions",
            f"Priors file: `evidence/data/priors/{path.stem}.yaml`.",
            table(columns, rows),
        ]
    keys = sorted({key for p in own for key in p.sources})
    if keys:
        rows = [(f"`{k}`", s.title, s.publisher, s.date) for k in keys if (s := sources.get(k))]
        parts += ["## Sources", table(("key", "title", "publisher", "date"), rows)]
    background = [p for p in priors.values() if p.background]
    if background:
        rows = [(f"`{p.parameter}`", p.label, p.unit, p.note) for p in background]
        parts += ["## Background figures", table(("figure", "meaning", "unit", "note"), rows)]
    functions = functions_of(tree)
    if functions:
        parts.append("## Functions")
        parts += [f"```python\n{signature}\n```\n\n{prose(text)}" for signature, text in functions]
    page(f"mechanisms/{path.stem}", language.text("mechanism", path.stem, "title"), *parts)
    return first


def mechanism_pages(ev: Any) -> None:
    """Write a page per mechanism and their list."""
    files = sorted(p for p in MECHANISMS.glob("*.py") if p.stem != "__init__")
    drawn = responses.parameters()
    rows = [
        (f"[{p.stem}]({p.stem}.md)", mechanism_page(p, ev.priors.get(p.stem, {}), ev.sources, drawn))
        for p in files
    ]
    toctree = "```{toctree}\n:hidden:\n\n" + "\n".join(p.stem for p in files) + "\n```"
    text = "Each mechanism is one file, with its equation at the top. These pages are made from those files."
    page("mechanisms/index", "Mechanisms", text, table(("mechanism", "what it does"), rows), toctree)


def evidence_pages(ev: Any) -> None:
    """Write the tables of measures, chips and sources."""
    rows = [
        (f"`{m.id}`", m.actor, m.effective or m.announced, m.ended, m.status, m.name, m.citation)
        for m in sorted(ev.measures.values(), key=lambda m: (m.actor, str(m.effective or m.announced)))
    ]
    page(
        "measures",
        "Measures",
        table(("id", "side", "effective", "ended", "status", "name", "citation"), rows),
    )
    rows = [
        (
            f"`{c.id}`",
            c.name,
            c.vendor,
            c.release_quarter,
            c.tpp,
            c.memory_bandwidth_gb_s,
            c.memory_gb,
            c.confidence,
        )
        for c in ev.accelerators.values()
    ]
    columns = ("id", "name", "vendor", "release", "TPP", "bandwidth, GB/s", "memory, GB", "confidence")
    page("accelerators", "Chips", table(columns, rows))
    rows = [(f"`{s.id}`", s.date, s.publisher, s.title, s.seen, s.grade) for s in ev.sources.values()]
    page("sources", "Sources", table(("key", "date", "publisher", "title", "opened", "grade"), rows))


def rules_page(ev: Any) -> None:
    """Write the table of every line that the US measures draw."""
    from countervail.rules.picture import lines

    rows = [
        (
            x.start,
            f"`{x.measure}`",
            x.clause,
            x.label,
            x.op,
            x.value,
            x.unit,
            s.title if (s := ev.sources.get(x.source)) else x.source,
            x.confidence,
        )
        for x in lines()
    ]
    columns = ("from", "measure", "clause", "what is compared", "", "line", "unit", "source", "confidence")
    page("rules", "Lines of the US rules", table(columns, rows))


def scenario_pages() -> None:
    """Write the tables of levers, scenarios and outcomes."""
    from countervail import api

    rows = [
        (
            f"`{x['id']}`",
            x["side"],
            x["unit"],
            x["min"],
            x["max"],
            x["default"],
            x["description"],
            x["current"],
        )
        for x in api.levers()
    ]
    columns = ("id", "side", "unit", "min", "max", "default", "what it does", "today")
    text = "`rules` as default means: as the measures in force say, quarter by quarter."
    page("levers", "Levers", text, table(columns, rows))
    rows = [(f"`{x['id']}`", x["base"], x["title"], x["summary"]) for x in api.scenarios()]
    page("scenarios", "Scenarios", table(("id", "builds on", "title", "summary"), rows))
    rows = [
        (f"`{x['variable']}`", x["unit"], x["regions"], x["label"], x["period"], x["mechanisms"])
        for x in api.outcomes()
    ]
    page(
        "outcomes",
        "Outcomes",
        table(("variable", "unit", "regions", "what it is", "per year", "mechanisms"), rows),
    )


def glossary_page() -> None:
    """Write the terms in both languages, with their sources."""
    from countervail.evidence import load
    from countervail.language import glossary

    known = load().sources

    def source(key: str) -> str:
        if key in known:
            return f"`{key}`"
        return f"<{key}>" if key.startswith("http") else key

    rows = []
    for t in glossary():
        said = "; ".join(source(k) for k in t["sources"]) + (" (from memory)" if t["from_memory"] else "")
        rows.append((t["en"], t["zh"], t["note"], said.strip()))
    lines = ["| English | 中文 | note | source |", "|---|---|---|---|"]
    lines += [f"| {cell(en)} | {cell(zh)} | {cell(note)} | {said} |" for en, zh, note, said in rows]
    page("glossary", "Glossary", GLOSSARY, "\n".join(lines))


def routes_page() -> None:
    """Write the list of routes from the OpenAPI description."""
    from countervail.web import Settings, create_app

    described = create_app(Settings(warm=False)).openapi()
    parts = [
        "Made from the OpenAPI description. [The REST API](../api.md) says how to ask and what errors look like."
    ]
    for path, verbs in described["paths"].items():
        for verb, about in verbs.items():
            rows = [
                (f"`{p['name']}`" + (" (required)" if p.get("required") else ""), p.get("description", ""))
                for p in about.get("parameters", [])
                if p["in"] != "header"
            ]
            parts.append(f"## {verb.upper()} {path}\n\n{about['description']}")
            if rows:
                parts.append(table(("parameter", "meaning"), rows))
    page("routes", "Routes of the REST API", *parts)


def command_page() -> None:
    """Write the help of every command."""
    import typer

    from countervail.cli.app import app

    parts = []
    for name, help_text in sorted(commands(typer.main.get_command(app), "countervail", None)):
        parts.append(f"## {name}\n\n```text\n{help_text}\n```")
    page("commands", "Commands", *parts)


def commands(command: Any, name: str, parent: Any) -> Iterable[tuple[str, str]]:
    """Yield name and help of each command below one, as plain text."""
    context = command.make_context(name.split()[-1], [], parent=parent, resilient_parsing=True)
    below = getattr(command, "commands", None)
    if below is None:
        formatter = context.make_formatter()
        command.rich_markup_mode = None
        command.format_help(context, formatter)
        yield name, formatter.getvalue().rstrip()
        return
    for child in below.values():
        yield from commands(child, f"{name} {child.name}", context)


def main() -> None:
    """Make all pages anew."""
    from countervail.evidence import load

    shutil.rmtree(OUT, ignore_errors=True)
    ev = load()
    mechanism_pages(ev)
    evidence_pages(ev)
    rules_page(ev)
    scenario_pages()
    glossary_page()
    command_page()
    routes_page()
    text = "Tables made from the data and the program itself."
    names = (
        "commands", "levers", "outcomes", "scenarios", "measures", "rules", "accelerators", "sources", "glossary"
    )  # fmt: skip
    page("reference", "Reference", text, "\n".join(f"- [{n.capitalize()}]({n}.md)" for n in names))


if __name__ == "__main__":
    main()
