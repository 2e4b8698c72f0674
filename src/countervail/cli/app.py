"""The commands, in the order in which help lists them."""

from typing import Annotated

import typer

from countervail import __version__
from countervail.cli import calibrate, claims, evidence, lists, rules, serve, simulate, strategy

HELP = (
    "A policy flight simulator for the contest over AI chips: ranges with their sources, not single numbers."
)

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["--help", "-h"]},
    epilog="Example: countervail compare status-quo full-denial --out out/",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"countervail {__version__}")
        raise typer.Exit


@app.callback()
def top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Hold the options that stand before a command."""


simulate.add_to(app)
calibrate.add_to(app)
strategy.add_to(app)
lists.add_to(app)
app.add_typer(rules.app, name="rules")
app.add_typer(evidence.app, name="evidence")
claims.add_to(app)
serve.add_to(app)
