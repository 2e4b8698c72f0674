"""`countervail calibrate`: fit the parameters to history."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from countervail.cli.options import AsOf, Json, Seed
from countervail.cli.output import print_json, say, table
from countervail.errors import UserError


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example: countervail calibrate --quick")(calibrate)


def calibrate(
    quick: Annotated[
        bool, typer.Option("--quick", help="Few particles: try the steps, write no file.")
    ] = False,
    cutoff: Annotated[
        str | None,
        typer.Option("--cutoff", metavar="QUARTER", help="Use observations up to this quarter only."),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="DIR", help="Write the posterior file here, not into the package."),
    ] = None,
    seed: Seed = 0,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Fit the parameters to history and write the posterior that runs use. Goes on where it was interrupted."""
    from countervail import api

    if as_of is not None:
        raise UserError("calibrate takes no --as-of", "give a quarter with --cutoff")
    with _watching() as report:
        found = api.calibrate(cutoff=cutoff, quick=quick, seed=seed, out=out, progress=report)
    if json:
        print_json(found)
        return
    rows = [(t["name"], f"{1 - t['sd']:.2f}", f"{t['mean']:+.2f}") for t in found["taught"][:25]]
    table(("unknown", "contraction", "shift"), rows, title="What history taught most", right=range(1, 3))
    say(f"log evidence by run: {', '.join(f'{z:.2f}' for z in found['log_evidence'])}")
    if found["file"]:
        say(f"posterior: {found['file']}")


@contextmanager
def _watching() -> Iterator[Any]:
    """Give a function of the share done and a sentence: a bar on a terminal, lines elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda share, text: say(f"{100 * share:3.0f}% {text}")
        return
    columns = (BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda share, text: bar.update(task, completed=share, description=text)
