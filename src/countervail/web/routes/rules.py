"""Questions to the rules: /rules/check, timeline, diff, design, with the CLI's JSON."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from countervail.errors import UserError
from countervail.web.examples import CHECK, example
from countervail.web.problems import responses
from countervail.web.queries import Known, Strict
from countervail.web.routes.known import listed
from countervail.web.routes.runs import day

router = APIRouter(prefix="/rules", tags=["rules"])
PROBLEMS = responses(422, 503)

Name = Annotated[str, Field(max_length=200)]
Country = Annotated[str, Field(max_length=8, examples=["CN"], description="ISO2 of the country.")]
Date = Annotated[str, Field(max_length=20, examples=["2026-02-01"], description="2018-01-01 to 2040-12-31.")]


class Buyer(Known):
    """To whom, and under which reading of the law."""

    to: Country = "CN"
    end_user: Name = "commercial"
    headquarters: Country | None = None
    scope: Literal["enforced", "de-jure"] = "enforced"


class TimelineQuery(Buyer):
    """GET /rules/timeline."""

    chip: Annotated[str, Field(max_length=200, examples=["H200"])]
    facts: Annotated[list[Name], Field(max_length=50, description="KEY=VALUE; repeat for more.")] = []


class CheckQuery(TimelineQuery):
    """GET /rules/check."""

    on: Date


class CheckBody(Strict):
    """POST /rules/check: a chip by name, or figures in the column names of accelerators.csv."""

    chip: Name | dict[str, Any]
    to: Country = "CN"
    on: Date
    end_user: Name = "commercial"
    headquarters: Country | None = None
    scope: Literal["enforced", "de-jure"] = "enforced"
    facts: dict[str, Any] = {}
    as_of: str | None = Field(None, max_length=20)


class DiffQuery(Buyer):
    """GET /rules/diff."""

    from_: Annotated[Date, Field(alias="from")]
    to_date: Date


class DesignQuery(Known):
    """GET /rules/design."""

    on: Date
    to: Country = "CN"
    maximise: Literal["tpp", "bandwidth", "decode", "training"] = "tpp"
    node: Name | None = None
    max_dies: int | None = Field(None, ge=1, le=8)
    designer: Name | None = None


def facts_of(texts: list[str]) -> dict[str, Any]:
    """Return facts written as KEY=VALUE; a server reads no files for them."""
    from countervail.files import parse_yaml

    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise UserError(f"facts: '{text[:40]}' is not KEY=VALUE", "write facts=end_use=training")
        found[key.strip()] = parse_yaml(value, f"facts {key.strip()}")
    return found


@router.get("/check", responses={**PROBLEMS, 200: example(CHECK)})
async def check(query: Annotated[CheckQuery, Query()], request: Request) -> Response:
    """Say whether a chip may go to a buyer on a day, why, and which smallest change would flip the answer.

    The JSON of `countervail rules check --json`.
    """
    facts = facts_of(query.facts)
    return await _ask(request, query, lambda known: _checked(query, facts, known))


@router.post("/check", responses={**PROBLEMS, **responses(400, 413)})
async def check_posted(body: CheckBody, request: Request) -> Response:
    """Judge a chip given by its figures."""
    known = day(body.as_of)

    def make(_: Any) -> Any:
        return _checked(body, body.facts, known)

    return await listed(request, Known(lang="en", as_of=body.as_of), make, body=body.model_dump())


def _checked(query: CheckQuery | CheckBody, facts: dict[str, Any], known: Any) -> Any:
    from countervail import api

    buyer = {"end_user": query.end_user, "headquarters": query.headquarters, "scope": query.scope}
    return api.can_ship(query.chip, to=query.to, on=query.on, **buyer, facts=facts, as_of=known)


@router.get("/timeline", responses=PROBLEMS)
async def timeline(query: Annotated[TimelineQuery, Query()], request: Request) -> Response:
    """Return how the outcome for a chip changed, and will change: the JSON of `countervail rules timeline --json`."""
    from countervail import api

    facts = facts_of(query.facts)

    def make(known: Any) -> Any:
        buyer = {"end_user": query.end_user, "headquarters": query.headquarters, "scope": query.scope}
        rows = api.timeline(query.chip, to=query.to, **buyer, facts=facts, as_of=known)
        return {"chip": query.chip, "to": query.to.upper(), "timeline": rows}

    return await _ask(request, query, make)


@router.get("/diff", responses=PROBLEMS)
async def diff(query: Annotated[DiffQuery, Query()], request: Request) -> Response:
    """Return the chips whose outcome differs between two days: the JSON of `countervail rules diff --json`."""
    from countervail import api

    def make(known: Any) -> Any:
        buyer = {"end_user": query.end_user, "headquarters": query.headquarters, "scope": query.scope}
        rows = api.diff(query.from_, query.to_date, to=query.to, **buyer, as_of=known)
        return {"from": query.from_, "to_date": query.to_date, "to": query.to.upper(), "changes": rows}

    return await _ask(request, query, make)


@router.get("/design", responses=PROBLEMS)
async def design(query: Annotated[DesignQuery, Query()], request: Request) -> Response:
    """Return the best part that needs no licence on a day: the JSON of `countervail rules design --json`."""
    from countervail import api

    def make(known: Any) -> Any:
        return api.design(
            query.on,
            to=query.to,
            maximise=query.maximise,
            node=query.node,
            max_dies=query.max_dies,
            designer=query.designer,
            as_of=known,
        )

    return await _ask(request, query, make, long=True)


async def _ask(request: Request, query: Known, make: Any, long: bool = False) -> Response:
    """Answer a question to the rules."""
    return await listed(request, query, make, long=long, query=query.model_dump(exclude={"as_of", "lang"}))
