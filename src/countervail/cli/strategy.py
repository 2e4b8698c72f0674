"""`countervail why`, `contested` and `balance`: what moves an outcome, and how open its sign is."""

from typing import Annotated, Any

import typer

from countervail.cli.options import AsOf, Draws, Json, Seed, Set, Until, as_of_date
from countervail.cli.output import number, print_json, say, table


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    example = (
        "Example: countervail why full-denial --against status-quo --outcome 'Compute|Stock' --region CN"
    )
    app.command(epilog=example)(why)
    app.command(epilog="Example: countervail contested --draws 1000")(contested)
    app.command(epilog="Example: countervail balance --json")(balance)


def why(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A shipped scenario or a scenario file.")
    ],
    outcome: Annotated[str, typer.Option("--outcome", metavar="VARIABLE", help="See countervail outcomes.")],
    region: Annotated[
        str | None,
        typer.Option("--region", metavar="REGION", help="Region of the outcome; its first by default."),
    ] = None,
    period: Annotated[
        str, typer.Option("--period", metavar="YEAR|QUARTER", help="A year or a quarter of the run.")
    ] = "2030",
    against: Annotated[
        str | None,
        typer.Option(
            "--against", metavar="SCENARIO", help="The base; the same scenario without --set by default."
        ),
    ] = None,
    set_: Set = None,
    draws: Draws = 256,
    seed: Seed = 0,
    until: Until = "2032Q4",
    as_of: AsOf = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="Run every subset of up to eight changes; takes longer.")
    ] = False,
    json: Json = False,
) -> None:
    """Show why an outcome differs from another run: what was changed, pathways, mechanisms, parameters."""
    from countervail import api
    from countervail.cli.simulate import progress

    with progress() as report:
        found = api.why(
            scenario,
            outcome=outcome,
            region=region,
            period=period,
            set=set_,
            against=against,
            draws=draws,
            seed=seed,
            until=until,
            as_of=as_of_date(as_of),
            exact=exact,
            progress=report,
        )
    if json:
        print_json(found)
    else:
        from countervail.cli import reasons

        reasons.show(found)


def contested(draws: Draws = 1000, seed: Seed = 0, as_of: AsOf = None, json: Json = False) -> None:
    """Show questions where both signs are argued: the share of draws with each, and what decides it."""
    from countervail.strategy.contested import contested as ask
    from countervail.strategy.pages import percent

    rows = ask(draws, seed, as_of=as_of_date(as_of))
    if json:
        print_json({**_head(draws, seed, as_of), "questions": rows})
        return
    columns = ("question", "rises", "falls", "no change", "effect, 90% of draws", "unit", "goes most with it")
    table(
        columns,
        [
            (
                r["question"],
                *(percent(r[k]) for k in ("positive", "negative", "no_change")),
                f"{number(r['p5'])} to {number(r['p95'])}",
                r["unit"],
                r["decides"] or "none",
            )
            for r in rows
        ],
        title=f"Share of {draws:,} draws, seed {seed}",
        right=(1, 2, 3, 4),
    )
    say("why each sign is argued, with sources: countervail contested --json")


def balance(draws: Draws = 2000, seed: Seed = 0, as_of: AsOf = None, json: Json = False) -> None:
    """Show the 20 most influential assumptions: whom a larger value favours, and what they rest on."""
    from countervail.strategy.balance import balance as weigh
    from countervail.strategy.balance import totals

    rows = weigh(draws, seed, as_of=as_of_date(as_of))
    found = totals(rows)
    if json:
        print_json({**_head(draws, seed, as_of), "totals": found, "assumptions": rows})
        return
    columns = ("assumption", "influence", "on", "favours, by the model", "by its prior", "verdict", "basis")
    keys = ("parameter", "influence", "outcome", "favours_model", "favours_prior", "verdict", "basis")
    title = f"{draws:,} draws, seed {seed}; influence is a rank correlation"
    table(columns, [[r[k] for k in keys] for r in rows], title=title, right=(1,))
    basis = ", ".join(f"{n} {k}" for k, n in found["basis"].items())
    say(f"they rest on: {basis}")


def _head(draws: int, seed: int, as_of: str | None) -> dict[str, Any]:
    from countervail import __version__

    return {"version": __version__, "draws": draws, "seed": seed, "as_of": as_of}
