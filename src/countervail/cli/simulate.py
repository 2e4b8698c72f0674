"""`countervail run`, `compare` and `backtest`: the model over many draws."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from countervail.cli.options import AsOf, Draws, Json, Seed, as_of_date, sharing, simulation
from countervail.cli.output import print_json, say
from countervail.errors import UserError


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(epilog="Example: countervail run status-quo --set us_export_fee=0.25@2026Q1 --out out/")(run)
    together = "Example: countervail compare status-quo full-denial self-reliance --out out/"
    app.command(epilog=together)(compare)
    app.command(epilog="Example: countervail backtest --cutoff 2024Q4")(backtest)


@contextmanager
def progress() -> Iterator[Any]:
    """Give a function of parts done and in all, shown as a bar on stderr if anybody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total, description="simulating")


@sharing(simulation)
def run(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A shipped scenario or a scenario file.")
    ],
    json: Json = False,
    **given: Any,
) -> None:
    """Run one scenario over many draws; print the headline outcomes with their ranges."""
    from countervail import api

    with progress() as report:
        result = api.run(scenario, **given, progress=report)
    if json:
        print_json(api.document(result, given["periods"]))
    else:
        from countervail.cli import results

        results.show_run(result)
    _tell(given["out"])


@sharing(simulation)
def compare(
    scenarios: Annotated[list[str], typer.Argument(metavar="SCENARIO", help="The first is the base.")],
    json: Json = False,
    **given: Any,
) -> None:
    """Run scenarios on the same draws and print how they differ from the first, with ranges."""
    from countervail import api

    with progress() as report:
        found = api.compare(*scenarios, **given, progress=report)
    if json:
        print_json(api.comparison_document(found, given["periods"]))
    else:
        from countervail.cli import results

        results.show_comparison(found)
    _tell(given["out"])


def backtest(
    observations: Annotated[
        str | None,
        typer.Option(
            "--observations", metavar="FILE.csv", help="Score on these, not on the shipped history."
        ),
    ] = None,
    cutoff: Annotated[
        str | None,
        typer.Option("--cutoff", metavar="QUARTER", help="Know nothing after this quarter; score the rest."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="forecasts", help="Score published forecasts beside ours."),
    ] = None,
    refit: Annotated[
        bool, typer.Option("--refit", help="Fit again for this cutoff; takes some minutes.")
    ] = False,
    draws: Draws = 1000,
    seed: Seed = 0,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Set the model's ranges beside what was observed, and score them against naive forecasts."""
    from countervail import api
    from countervail.cli import results

    found = api.backtest(
        observations=observations,
        cutoff=_quarter(cutoff, as_of),
        draws=draws,
        seed=seed,
        refit=refit,
        against=against,
    )
    if json:
        print_json(found)
    else:
        results.show_backtest(found)


def _quarter(cutoff: str | None, as_of: str | None) -> str | None:
    """Return the cutoff; a day given with --as-of means the last quarter that was over by then."""
    day = as_of_date(as_of)
    if day is None:
        return cutoff
    if cutoff is not None:
        raise UserError("--cutoff and --as-of say the same thing", "give one of them")
    from countervail.periods import quarter_index, quarter_name, quarter_of, quarter_span

    here = quarter_index(quarter_of(day))
    return quarter_name(here if quarter_span(here)[1] == day else here - 1)


def _tell(out: str | None) -> None:
    """Say where the report lies."""
    if out:
        from pathlib import Path

        say(f"report: {Path(out) / 'report.html'}")
