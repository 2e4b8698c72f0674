"""`countervail calibrate`, `forecast` and `score`: fit to history, and keep a ledger of forecasts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from countervail.cli.options import AsOf, Draws, Json, Seed
from countervail.cli.output import number, print_json, say, table
from countervail.errors import UserError


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(epilog="Example: countervail calibrate --quick")(calibrate)
    app.command(epilog="Example: countervail forecast --out ledger/")(forecast)
    app.command(epilog="Example: countervail score ledger/2026-11-24.json --observations new.csv")(score)


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
        typer.Option(
            "--out",
            metavar="DIR",
            help="Write the posterior and all particles (for ArviZ) here, not into the package.",
        ),
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
    if found["inference_data"]:
        say(f"particles: {found['inference_data']}")


def forecast(
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="Write the entry into this ledger folder.")
    ] = None,
    draws: Draws = 2000,
    seed: Seed = 0,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Say, before it is known, what each observable series will be in its next four quarters."""
    from countervail import api

    if as_of is not None:
        raise UserError("forecast takes no --as-of", "for an earlier date see: countervail backtest --cutoff")
    entry = api.forecast(draws=draws, seed=seed, out=out)
    if json:
        print_json(entry)
        return
    rows = [
        (
            r["series_id"],
            r["actor"],
            r["period"],
            r["unit"],
            *(number(r["quantiles"][q]) for q in ("0.05", "0.5", "0.95")),
        )
        for r in entry["rows"]
    ]
    table(("series", "actor", "period", "unit", "p5", "p50", "p95"), rows, right=range(4, 7))
    if out:
        say(f"entry of {entry['made']} written into {out}")


def score(
    file: Annotated[str, typer.Argument(metavar="FILE", help="An entry of the ledger.")],
    observations: Annotated[
        str | None,
        typer.Option(
            "--observations", metavar="FILE.csv", help="Score on these, not on the shipped history."
        ),
    ] = None,
    save: Annotated[bool, typer.Option("--save", help="Write what was filled in back to the entry.")] = False,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Fill in what has been observed since a forecast of the ledger was made, and score it."""
    from countervail import api

    if as_of is not None:
        raise UserError("score takes no --as-of", "give the observations in a file")
    entry = api.score(file, observations=observations, save=save)
    if json:
        print_json(entry)
        return
    done = [r for r in entry["rows"] if r["observed"] is not None]
    rows = [
        (
            r["series_id"],
            r["actor"],
            r["period"],
            number(r["observed"]),
            number(r["quantiles"]["0.5"]),
            number(r["crps"]),
        )
        for r in done
    ]
    table(("series", "actor", "period", "observed", "p50", "crps"), rows, right=range(3, 6))
    say(f"{len(done)} of {len(entry['rows'])} forecasts have been observed")


def _head(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["series_id"], row["actor"], row["period"]


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
