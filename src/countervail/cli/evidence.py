"""`countervail evidence`: what is known about chips, measures and history, and from where."""

from pathlib import Path
from typing import Annotated, Any

import typer

from countervail.cli.options import AsOf, Data, Json, as_of_date
from countervail.cli.output import facts_of, print_json, say, table
from countervail.errors import unknown

app = typer.Typer(help="Look at the evidence base: list, show, validate, export.", no_args_is_help=True)

COLUMNS = {
    "accelerators": (
        "id",
        "vendor",
        "release_quarter",
        "tpp",
        "memory_bandwidth_gb_s",
        "memory_gb",
        "confidence",
    ),
    "measures": ("id", "actor", "effective", "ended", "status", "name"),
    "history": ("id", "value", "low", "high", "unit", "source", "confidence"),
    "sources": ("id", "date", "publisher", "title"),
    "priors": ("id", "label", "unit", "basis", "confidence"),
    "alliances": ("id", "kind", "started", "name"),
    "timeline": ("date", "side", "text"),
    "standards": ("id", "layer", "owner", "openness", "name"),
    "entities": ("entity", "listed", "citation"),
    "rates": ("series", "quarter", "value", "unit"),
}
NUMERIC = {"tpp", "memory_bandwidth_gb_s", "memory_gb", "value", "low", "high"}


def _load(data: str | None, as_of: str | None) -> Any:
    """Return the evidence, telling what rows of the user replace."""
    from countervail.evidence import load

    ev = load(as_of=as_of_date(as_of), data_dir=Path(data) if data else None)
    for notice in ev.notices:
        say(f"note: {notice}")
    return ev


@app.command("list", epilog="Example: countervail evidence list measures --as-of 2025-12-31")
def list_(
    what: Annotated[
        str | None, typer.Argument(metavar="[TABLE]", help=f"One of: {', '.join(COLUMNS)}.")
    ] = None,
    data: Data = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """List the rows of a table; without one, how many rows each table has."""
    if what is not None and what not in COLUMNS:
        raise unknown("table", what, COLUMNS)
    tables = _load(data, as_of).tables()
    if json:
        print_json({what: tables[what]} if what else tables)
    elif what is None:
        table(("table", "rows"), [(name, len(rows)) for name, rows in tables.items()], right=[1])
        say("see the rows with: countervail evidence list TABLE")
    else:
        columns = COLUMNS[what]
        right = [i for i, c in enumerate(columns) if c in NUMERIC]
        table(columns, [[row.get(c) for c in columns] for row in tables[what]], right=right)


@app.command(epilog="Example: countervail evidence show H200")
def show(
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="A chip, measure, source, prior, alliance or series row.")
    ],
    data: Data = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Show one row with its sources written out."""
    row = _load(data, as_of).show(id_)
    if json:
        print_json(row)
        return
    sources = row.pop("sources", [])
    flat = {k.replace("_", " "): _flat(v) for k, v in row.items() if k != "id"}
    facts_of(row.get("id", id_), flat)
    named = [s for s in sources if isinstance(s, dict)]
    if named:
        table(
            ("source", "date", "publisher", "title"), [[s.get(k) for k in COLUMNS["sources"]] for s in named]
        )


def _flat(value: Any) -> Any:
    if isinstance(value, dict):
        return "; ".join(f"{k} {_flat(v)}" for k, v in value.items())
    if isinstance(value, list):
        return "; ".join(str(_flat(v)) for v in value)
    return f"{value:,.6g}" if isinstance(value, float) else value


@app.command(epilog="Example: countervail evidence validate --data mine/")
def validate(data: Data = None, as_of: AsOf = None, json: Json = False) -> None:
    """Check units, dates, ranges, sources and orders of magnitude; exit with 1 when there is an error."""
    from countervail.evidence.validate import validate as find

    findings = [f.to_json() for f in find(_load(data, as_of))]
    errors = sum(f["severity"] == "error" for f in findings)
    if json:
        print_json({"errors": errors, "warnings": len(findings) - errors, "findings": findings})
    else:
        for f in findings:
            print(f"{f['severity']}: {f['file']}:{f['line']}: {f['id']}: {f['message']}")
            if f["hint"]:
                print(f"  hint: {f['hint']}")
        print(f"{errors} errors, {len(findings) - errors} warnings")
    if errors:
        raise typer.Exit(1)


@app.command(epilog="Example: countervail evidence export --out package/")
def export(
    out: Annotated[
        str, typer.Option("--out", metavar="DIR", help="Folder for the package.")
    ] = "out/evidence",
    data: Data = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Write the evidence as a Frictionless data package: CSV tables with schemas, licences and sources."""
    from countervail.evidence.export import export as write

    path = write(_load(data, as_of), Path(out))
    if json:
        print_json({"package": str(path)})
    else:
        print(path)
