"""`countervail claims`: check what is said against the evidence, the rules and the model."""

from typing import Annotated

import typer

from countervail.cli.options import AsOf, Json, as_of_date
from countervail.cli.output import cell_text, print_json, table


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example: countervail claims examples/claims.yaml --as-of 2025-12-31")(claims)


def claims(
    file: Annotated[str, typer.Argument(metavar="FILE.yaml", help="Claims to check.")],
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Check claims: supported, contradicted, unsupported or undecidable, with figures and sources."""
    from countervail import api

    found = api.check_claims(file, as_of=as_of_date(as_of))
    if json:
        print_json(found)
        return
    rows = [
        (c["id"], c["verdict"], cell_text(c.get("off_by")), c["text"], ", ".join(map(str, c["sources"])))
        for c in found["claims"]
    ]
    table(("claim", "verdict", "off by", "text", "sources"), rows)
