"""What the page's views show: the map of the rules, chips, everything known, mechanisms, beliefs, scores."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from countervail.errors import UserError
from countervail.web.cache import Answer
from countervail.web.problems import Problem, responses
from countervail.web.queries import Lang
from countervail.web.routes.known import PROBLEMS, listed
from countervail.web.routes.rules import facts_of
from countervail.web.routes.runs import desk_of
from countervail.web.scheduler import Checkpoint

router = APIRouter(tags=["views"])
MISSING = {**PROBLEMS, **responses(404)}
Language = Annotated[Lang, Query()]


class Deal(Lang):
    """Who buys where: what all maps of the rules depend on."""

    to: str = Field("CN", description="Destination, ISO2.", examples=["CN"], max_length=60)
    end_user: str = Field("commercial", description="A kind of buyer, or a name.", max_length=120)
    headquarters: str | None = Field(None, description="Where the buyer is based, ISO2.", max_length=60)
    scope: Literal["enforced", "de-jure"] = "enforced"

    def parts(self) -> dict[str, Any]:
        """Return the arguments as the rules take them."""
        return self.model_dump(exclude={"lang", "on", "chip", "spec"})


class OnDay(Deal):
    """GET /rules/thresholds."""

    on: date = Field(date(2026, 11, 1), description="Day, 2018-01-01 to 2040-12-31.")


class OfChip(Deal):
    """GET /rules/band."""

    chip: str | None = Field(
        None, description="An id, unique name or alias.", examples=["h200"], max_length=200
    )
    spec: list[Annotated[str, Field(max_length=120)]] = Field(
        [], description="Figures of a chip, KEY=VALUE, instead.", max_length=40
    )


class Judged(OfChip, OnDay):
    """GET /rules/judge."""

    fact: list[Annotated[str, Field(max_length=200)]] = Field(
        [], description="Facts of the sale, KEY=VALUE.", max_length=40
    )

    def parts(self) -> dict[str, Any]:
        """Return the arguments as the rules take them."""
        return {k: v for k, v in super().parts().items() if k != "fact"}


def spec_of(pairs: list[str]) -> dict[str, Any]:
    """Return the figures of a chip written as KEY=VALUE."""
    from countervail.rules.deal import clean

    found = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign or not key.strip():
            raise UserError(f"'{pair}' is no figure of a chip", "write KEY=VALUE, such as tpp=4000")
        found[key.strip()] = value.strip()
    return clean(found)


def _part(query: OfChip) -> Any:
    if query.spec:
        return {"name": query.chip or "your chip", **spec_of(query.spec)}
    if not query.chip:
        raise UserError("no chip is named", "give chip=h200, or figures such as spec=tpp=4000")
    return query.chip


@router.get("/rules/options", responses=PROBLEMS)
async def options(query: Language, request: Request) -> Response:
    """Return what a question to the rules may say: countries, kinds of buyers, named parties, fields of a chip."""
    from countervail.web.views.lines import options as make

    return await listed(request, query, lambda _: make())


@router.get("/rules/map", responses=PROBLEMS)
async def rules_map(query: Annotated[Deal, Query()], request: Request) -> Response:
    """Return every chip's outcome in every stretch of days, and the lines in force in each."""
    from countervail.web.views.lines import rules_map as make

    parts = query.parts()
    return await listed(request, query, lambda _: make(**parts), **parts)


@router.get("/rules/thresholds", responses=PROBLEMS)
async def thresholds(query: Annotated[OnDay, Query()], request: Request) -> Response:
    """Return the lines in force on a day in the plane of performance, density and bandwidth, and those proposed."""
    from countervail.web.views.lines import thresholds as make

    parts = query.parts()
    return await listed(request, query, lambda _: make(query.on, **parts), on=query.on, **parts)


@router.get("/rules/band", responses=PROBLEMS)
async def band(query: Annotated[OfChip, Query()], request: Request) -> Response:
    """Return one chip's outcome through time, the US side and the Chinese one."""
    from countervail.web.views.lines import band as make

    part, parts = _part(query), query.parts()
    return await listed(request, query, lambda _: make(part, **parts), chip=part, **parts)


@router.get("/rules/judge", responses=PROBLEMS)
async def judge(query: Annotated[Judged, Query()], request: Request) -> Response:
    """Return one outcome, explained, for a chip or for figures of one: the JSON of `countervail rules check --json`."""
    from countervail import api

    part, parts, facts = _part(query), query.parts(), facts_of(query.fact)

    def make(_: Any) -> Any:
        return api.can_ship(part, on=query.on, facts=facts, **parts)

    return await listed(request, query, make, chip=part, on=query.on, fact=query.fact, **parts)


@router.get("/chip-figures", responses=PROBLEMS)
async def chips(query: Language, request: Request) -> Response:
    """Return every chip with its figures, sources and aliases, and which columns are figures."""
    from countervail.web.views.known import chips as make

    return await listed(request, query, lambda _: make())


@router.get("/index", responses=PROBLEMS)
async def index(query: Language, request: Request) -> Response:
    """Return measures, moves, alliances, standards, claims and sources: what the search looks through."""
    from countervail.web.views.known import tables

    return await listed(request, query, lambda _: tables(query.lang))


@router.get("/rests-on/{source:path}", responses=MISSING)
async def rests_on(source: str, query: Language, request: Request) -> Response:
    """Return a source and everything that rests on it."""
    from countervail.web.views.rests import rests_on as make

    return await listed(request, query, lambda _: _found(make, source, query.lang))


@router.get("/observations/{series:path}", responses=MISSING)
async def observations(series: str, query: Language, request: Request) -> Response:
    """Return the observations of a series of one actor, SERIES|ACTOR."""
    from countervail.web.views.known import series as make

    return await listed(request, query, lambda _: _found(make, series))


@router.get("/measure/{id}", responses=MISSING)
async def measure(id: str, query: Language, request: Request) -> Response:
    """Return one measure: what is known of it, its clauses and lines, the levers that rest on it."""
    from countervail.web.views.known import measure as make

    return await listed(request, query, lambda _: _found(make, id, query.lang))


@router.get("/mechanisms", responses=PROBLEMS)
async def mechanisms(query: Language, request: Request) -> Response:
    """Return the mechanisms of the model with what each does."""
    from countervail.web.views.mechanisms import listing

    return await listed(request, query, lambda _: listing(query.lang))


@router.get("/mechanisms/{name}", responses=MISSING)
async def mechanism(name: str, query: Language, request: Request) -> Response:
    """Return one mechanism: equation, parameters with priors and posteriors, sources, outcomes that depend on it."""
    from countervail.web.views.mechanisms import mechanism as make

    return await listed(request, query, lambda _: _found(make, name, query.lang))


@router.get("/beliefs", responses=PROBLEMS)
async def beliefs(query: Language, request: Request) -> Response:
    """Return every parameter with its prior and posterior, and the pairs that history cannot tell apart."""
    from countervail.web.views.beliefs import parameters

    return await listed(request, query, lambda _: parameters(query.lang))


@router.get("/beliefs/{id}", responses=MISSING)
async def belief(id: str, query: Language, request: Request) -> Response:
    """Return one parameter with the shapes of its prior and posterior."""
    from countervail.web.views.beliefs import parameter

    return await listed(request, query, lambda _: _found(parameter, id, query.lang))


@router.get("/backtest", responses=PROBLEMS)
async def backtest(query: Language, request: Request) -> Response:
    """Return the scores of the hindcasts by cutoff and series: the shipped ones, or made anew in some seconds."""
    from countervail.api.json_text import json_text
    from countervail.web.views.scores import backtests, shipped

    desk = desk_of(request)
    held = shipped(desk.settings.presets)

    def produce(check: Checkpoint) -> Answer:
        return Answer(json_text(held or backtests(check)).encode())

    draws = 0 if held else desk.settings.limits.interactive_draws + 1  # a long run lets the page's runs pass
    return await desk.answer(request, {"lang": query.lang}, produce, draws=draws)


def _found(make: Any, *what: Any) -> Any:
    """Answer 404 where nothing has the name."""
    try:
        return make(*what)
    except UserError as error:
        raise Problem(404, error.message, error.hint) from None
