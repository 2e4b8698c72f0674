"""`countervail scenarios`, `levers`, `outcomes` and `sources`: what exists, and what a run rests on."""

from typing import Annotated

import typer

from countervail.cli.options import AsOf, Json, as_of_date
from countervail.cli.output import print_json, say, table


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(epilog="Example: countervail scenarios --json")(scenarios)
    app.command(epilog="Example: countervail levers")(levers)
    app.command(epilog="Example: countervail outcomes")(outcomes)
    app.command(epilog="Example: countervail sources out/")(sources)


def scenarios(as_of: AsOf = None, json: Json = False) -> None:
    """List the scenarios that are shipped."""
    from countervail import api

    rows = api.scenarios(as_of=as_of_date(as_of))
    if json:
        print_json({"scenarios": rows})
    else:
        table(("id", "base", "title"), [(r["id"], r["base"], r["title"]) for r in rows])


def levers(as_of: AsOf = None, json: Json = False) -> None:
    """List the levers of both sides with their ranges."""
    from countervail import api

    rows = api.levers(as_of=as_of_date(as_of))
    if json:
        print_json({"levers": rows})
    else:
        columns = ("id", "side", "unit", "min", "max", "default", "label")
        table(columns, [[r[c] for c in columns] for r in rows], right=[3, 4, 5])
        say("move one with: countervail run status-quo --set us_export_fee=0.25@2026Q1")


def outcomes(as_of: AsOf = None, json: Json = False) -> None:
    """List the variables that a run gives, with units and regions."""
    from countervail import api

    as_of_date(as_of)
    rows = api.outcomes()
    if json:
        print_json({"outcomes": rows})
    else:
        columns = ("variable", "unit", "regions", "label", "period")
        table(columns, [[r[c] for c in columns] for r in rows])


def sources(
    run_dir: Annotated[str, typer.Argument(metavar="RUN_DIR", help="A folder written with --out.")],
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """List what a run rests on: its inputs, assumptions and sources."""
    from countervail import api

    found = api.sources(run_dir, as_of=as_of_date(as_of))
    if json:
        print_json({"run": run_dir, "rests_on": found})
        return
    columns = ("kind", "id", "name", "basis", "confidence")
    table(columns, [[row[c] for c in columns] for row in found])
