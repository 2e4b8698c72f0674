"""Options that several commands share."""

from datetime import date
from typing import Annotated

import typer

AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Use only what was known on this date, such as 2025-12-31."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Draws = Annotated[int, typer.Option("--draws", help="Number of draws of the uncertain parameters.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the draws; the same seed gives the same figures.")]
Until = Annotated[str, typer.Option("--until", metavar="QUARTER", help="Last quarter, up to 2040Q4.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="ID=VALUE[@FROM[:TO]]",
        help="Move a lever or fix a parameter, such as us_export_fee=0.25@2026Q1. Repeat for more.",
    ),
]
Periods = Annotated[
    str, typer.Option("--periods", metavar="default|all", help="Year ends and sums only, or every quarter.")
]
Out = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help="Write report, tables, data and inputs into this folder."),
]
Discrepancy = Annotated[
    bool,
    typer.Option(
        "--discrepancy/--no-discrepancy",
        help="Ranges with what the model is known to miss by, or as simulated.",
    ),
]
Lang = Annotated[
    str, typer.Option("--lang", metavar="en|zh-Hans", help="Language of the report that --out writes.")
]
Data = Annotated[
    str | None,
    typer.Option("--data", metavar="DIR", help="Add your own chips, measures or history from a folder."),
]
Chip = Annotated[
    str | None, typer.Option("--chip", metavar="ID", help="Chip: an id, a unique name or an alias.")
]
To = Annotated[str, typer.Option("--to", metavar="ISO2", help="Destination country, such as CN or AE.")]


def as_of_date(text: str | None) -> date | None:
    """Return the last day that the date on the command line may mean."""
    from countervail.api import day_of

    return day_of(text, "--as-of")
