"""`countervail rules`: may this chip go there, why, and what would change the answer."""

from typing import Annotated, Any

import typer

from countervail.cli.options import AsOf, Chip, Json, To, as_of_date
from countervail.cli.output import print_json, say, table

app = typer.Typer(
    help="Judge a shipment under the rules of both sides: check, test, timeline, diff, design.",
    no_args_is_help=True,
)

Spec = Annotated[
    str | None, typer.Option("--spec", metavar="FILE", help="A YAML file with the chip's figures instead of --chip.")
]
EndUser = Annotated[str, typer.Option("--end-user", metavar="KIND|NAME", help="A kind such as commercial, or a name.")]
Headquarters = Annotated[
    str | None, typer.Option("--headquarters", metavar="ISO2", help="Where the buyer's ultimate parent is based.")
]
Facts = Annotated[
    list[str] | None,
    typer.Option("--facts", metavar="FILE|KEY=VALUE", help="Facts of the sale; unknown ones become conditions."),
]
Scope = Annotated[str, typer.Option("--scope", metavar="enforced|de-jure", help="As enforced, or as written.")]
CHECK = "Example: countervail rules check --chip H200 --to CN --on 2026-02-01"


@app.command(epilog=CHECK)
def check(
    to: To,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="Day of the shipment, 2018-01-01 to 2040-12-31.")],
    chip: Chip = None,
    spec: Spec = None,
    end_user: EndUser = "commercial",
    headquarters: Headquarters = None,
    facts: Facts = None,
    scope: Scope = "enforced",
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Say whether a chip may go to a buyer on a day, with the reasons and the smallest change that flips it."""
    from countervail import api

    outcome = api.can_ship(
        chip,
        spec=spec,
        to=to,
        on=on,
        end_user=end_user,
        headquarters=headquarters,
        facts=facts,
        scope=scope,
        as_of=as_of_date(as_of),
    )
    if json:
        print_json(outcome)
    else:
        show_outcome(outcome, f"{chip or spec} to {to.upper()} on {on}, buyer: {end_user}")
