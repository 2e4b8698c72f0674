"""What exists and what is known: /meta, /levers, /scenarios, /outcomes, tables of the evidence, claims."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from countervail.errors import UserError, unknown
from countervail.language import phrased
from countervail.web.cache import Answer
from countervail.web.problems import Problem, responses
from countervail.web.queries import Known, Lang
from countervail.web.routes.runs import day, desk_of
from countervail.web.scheduler import Checkpoint

router = APIRouter(tags=["known"])
PROBLEMS = responses(422, 503)
Listing = Annotated[Known, Query()]


async def listed(
    request: Request, query: Lang, make: Callable[[Any], Any], /, *, long: bool = False, **more: Any
) -> Response:
    """Return a table as JSON; `make` gets the day of `as_of`."""
    from countervail.api.json_text import json_text, plain

    known = day(getattr(query, "as_of", None))

    def produce(check: Checkpoint) -> Answer:
        return Answer(json_text(phrased(plain(make(known)), query.lang)).encode())

    return await desk_of(request).answer(
        request, {"lang": query.lang, "as_of": known, **more}, produce, long=long
    )


@router.get("/meta", responses=PROBLEMS)
async def meta(query: Annotated[Lang, Query()], request: Request) -> Response:
    """Return what a page needs at its start: version, limits, scenarios, levers, outcomes, default charts."""
    from countervail.web.meta import meta as make

    return await listed(request, query, lambda _: make(desk_of(request).settings.limits, query.lang))


@router.get("/observed", responses=PROBLEMS)
async def observed(query: Annotated[Lang, Query()], request: Request) -> Response:
    """Return observed points that can be drawn over the charts of outcomes, with sources."""
    from countervail.web.meta import observed as make

    return await listed(request, query, lambda _: make())


@router.get("/levers", responses=PROBLEMS)
async def levers(query: Listing, request: Request) -> Response:
    """Return the levers of both sides: the JSON of `countervail levers --json`."""
    from countervail import api

    return await listed(request, query, lambda known: {"levers": api.levers(as_of=known)})


@router.get("/scenarios", responses=PROBLEMS)
async def scenarios(query: Listing, request: Request) -> Response:
    """Return the shipped scenarios: the JSON of `countervail scenarios --json`."""
    from countervail import api

    return await listed(request, query, lambda known: {"scenarios": api.scenarios(as_of=known)})


@router.get("/outcomes", responses=PROBLEMS)
async def outcomes(query: Listing, request: Request) -> Response:
    """Return the variables that a run gives: the JSON of `countervail outcomes --json`."""
    from countervail import api

    return await listed(request, query, lambda _: {"outcomes": api.outcomes()})


@router.get("/evidence", responses=PROBLEMS)
async def evidence(query: Listing, request: Request) -> Response:
    """Return every table of the evidence: the JSON of `countervail evidence list --json`."""
    return await listed(request, query, _tables)


def _tables(known: Any) -> dict[str, Any]:
    from countervail.evidence import load

    return load(as_of=known).tables()


TABLES = {
    "chips": "accelerators",
    "measures": "measures",
    "history": "history",
    "sources": "sources",
    "alliances": "alliances",
    "standards": "standards",
    "timeline": "timeline",
    "parameters": "priors",
}


def _table(path: str, table: str) -> None:
    @router.get(f"/{path}", responses=PROBLEMS, name=path)
    async def rows(query: Listing, request: Request) -> Response:
        return await listed(request, query, lambda known: {table: _tables(known)[table]})

    rows.__doc__ = f"Return the rows of {table}: the JSON of `countervail evidence list {table} --json`."


for _path, _name in TABLES.items():
    _table(_path, _name)


@router.get("/evidence/{id:path}", responses={**PROBLEMS, **responses(404)})
async def row(id: str, query: Listing, request: Request) -> Response:
    """Return one row with its sources written out: the JSON of `countervail evidence show ID --json`."""
    from countervail.evidence import load

    def make(known: Any) -> Any:
        try:
            return load(as_of=known).show(id)
        except UserError as error:
            raise Problem(404, error.message, error.hint) from None

    return await listed(request, query, make)


class ClaimsQuery(Known):
    """GET /claims."""

    file: str | None = None


@router.get("/claims", responses=PROBLEMS)
async def claims(query: Annotated[ClaimsQuery, Query()], request: Request) -> Response:
    """Return the verdicts on a shipped file of claims, or the names of the files."""
    from countervail.claims import check_file, shipped_files

    names = list(shipped_files())
    if query.file is not None and query.file not in names:
        raise unknown("file of claims", query.file, names)

    def make(known: Any) -> Any:
        return {"files": names} if query.file is None else check_file(query.file, as_of=known)

    return await listed(request, query, make, long=query.file is not None, file=query.file)
