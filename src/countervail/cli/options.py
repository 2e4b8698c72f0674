"""Options that several commands share, singly and as lists that stand in one place."""

import functools
import inspect
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

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
Spec = Annotated[
    str | None,
    typer.Option("--spec", metavar="FILE", help="A YAML file with the chip's figures instead of --chip."),
]
EndUser = Annotated[
    str, typer.Option("--end-user", metavar="KIND|NAME", help="A kind such as commercial, or a name.")
]
Headquarters = Annotated[
    str | None,
    typer.Option("--headquarters", metavar="ISO2", help="Where the buyer's ultimate parent is based."),
]
Facts = Annotated[
    list[str] | None,
    typer.Option(
        "--facts", metavar="FILE|KEY=VALUE", help="Facts of the sale; unknown ones become conditions."
    ),
]
Scope = Annotated[
    str, typer.Option("--scope", metavar="enforced|de-jure", help="As enforced, or as written.")
]
To = Annotated[str, typer.Option("--to", metavar="ISO2", help="Destination country, such as CN or AE.")]


def simulation(
    draws: Draws = 1000,
    seed: Seed = 0,
    until: Until = "2032Q4",
    set: Set = None,  # noqa: A002 - the name of the option
    periods: Periods = "default",
    out: Out = None,
    lang: Lang = "en",
    discrepancy: Discrepancy = True,
    as_of: AsOf = None,
) -> None:
    """Hold the options of a run."""


def sale(
    chip: Chip = None,
    spec: Spec = None,
    end_user: EndUser = "commercial",
    headquarters: Headquarters = None,
    facts: Facts = None,
    scope: Scope = "enforced",
    as_of: AsOf = None,
) -> None:
    """Hold the options of a question about one chip and one buyer."""


def sharing(options: Callable[..., None]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of another signature, in place of its `**given`; a date is read.

    The command's own come first, `--json` last.
    """

    def wrap(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command).parameters.values()
        shared = inspect.signature(options).parameters.values()
        order = [p for p in own if p.kind is not p.VAR_KEYWORD and p.name != "json"]
        order += [*shared, *(p for p in own if p.name == "json")]

        @functools.wraps(command)
        def called(**given: Any) -> None:
            command(**given | {"as_of": as_of_date(given["as_of"])})

        keywords = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in order]
        called.__signature__ = inspect.Signature(keywords)  # pyright: ignore[reportAttributeAccessIssue]
        called.__annotations__ = {p.name: p.annotation for p in order}
        return called

    return wrap


def as_of_date(text: str | None) -> date | None:
    """Return the last day that the date on the command line may mean."""
    from countervail.api import day_of

    return day_of(text, "--as-of")
