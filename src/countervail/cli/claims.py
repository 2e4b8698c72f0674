"""`countervail claims`: check what is said against the evidence, the rules and the model."""

from typing import Annotated

import typer

from countervail.cli.options import AsOf, Data, Json, as_of_date
from countervail.cli.output import console, print_json


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example: countervail claims article-2025-12 --as-of 2025-12-31")(claims)


def claims(
    file: Annotated[
        str, typer.Argument(metavar="FILE.yaml", help="Claims to check, or the name of a shipped file.")
    ],
    data: Data = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Check claims: supported, contradicted, unsupported or undecidable, with figures and sources."""
    from countervail import api

    found = api.check_claims(file, as_of=as_of_date(as_of), data=data)
    if json:
        print_json(found)
    else:
        console().print(found.to_text(), markup=False, end="")
