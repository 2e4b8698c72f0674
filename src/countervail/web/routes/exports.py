"""What a user takes away: the report, the scenario as a file, the tables."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from countervail.web import queries
from countervail.web.cache import Answer
from countervail.web.problems import responses
from countervail.web.queries import OneRun, RunQuery
from countervail.web.routes.runs import _simulate, day, desk_of
from countervail.web.scheduler import Checkpoint

router = APIRouter(prefix="/export", tags=["export"])
PROBLEMS = responses(422, 503)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A report holds its own style and script and loads nothing; it is shown apart from the page's origin.
REPORT_POLICY = (
    "sandbox allow-scripts allow-popups allow-modals; default-src 'none'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; img-src data:"
)


def _of(media: str, words: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": words, "content": {media: {"schema": {}}}}, **PROBLEMS}


@router.get("/report", response_class=Response, responses=_of("text/html", "The report"))
async def report(query: Annotated[OneRun, Query()], request: Request) -> Response:
    """Return the report of a run as one HTML file, in the language asked for."""

    def write(results: Any, path: Path) -> None:
        from countervail.report import html, record

        html.page(results, record.record(results, _command(query)), query.lang).write(path)

    headers = (("content-security-policy", REPORT_POLICY),)
    return await _export(request, query, "report.html", "text/html; charset=utf-8", write, headers)


@router.get("/csv", response_class=Response, responses=_of("text/csv", "Outcomes, IAMC long form"))
async def csv(query: Annotated[RunQuery, Query()], request: Request) -> Response:
    """Return the outcomes in the IAMC long form, as `outcomes.csv` of a run."""

    def write(results: Any, path: Path) -> None:
        from countervail.report import tables

        tables.write_csv(results, path, query.periods)

    return await _export(request, query, "outcomes.csv", "text/csv; charset=utf-8", write)


@router.get("/xlsx", response_class=Response, responses=_of(XLSX, "A workbook"))
async def xlsx(query: Annotated[OneRun, Query()], request: Request) -> Response:
    """Return the workbook of a run, as `outcomes.xlsx` of a run."""

    def write(results: Any, path: Path) -> None:
        from countervail.report import html, record, xlsx

        data = record.record(results, _command(query))
        xlsx.write(results, path, html.page(results, data).sentences, data)

    return await _export(request, query, "outcomes.xlsx", XLSX, write)


@router.get("/scenario", response_class=Response, responses=_of("application/yaml", "A scenario file"))
async def scenario(query: Annotated[OneRun, Query()], request: Request) -> Response:
    """Return scenario and settings as a scenario file, and the command that runs it."""
    from countervail.scenario.levers import settings

    desk = desk_of(request)
    spelled, known = queries.check_run(query, desk.settings.limits), day(query.as_of)

    def produce(check: Checkpoint) -> Answer:
        from countervail.scenario.files import as_yaml

        text = as_yaml(query.scenario, settings(query.set), known)
        text = (
            f"# {_command(query)}\n# run this file: countervail run FILE.yaml --draws {query.draws}\n{text}"
        )
        return Answer(text.encode(), "application/yaml", _attached(f"{query.scenario}-changed.yaml"))

    return await desk.answer(request, queries.identity(query, spelled, known), produce)


def _attached(name: str) -> tuple[tuple[str, str], ...]:
    return (("content-disposition", f'attachment; filename="{name}"'),)


async def _export(
    request: Request,
    query: Any,
    name: str,
    media: str,
    write: Callable[[Any, Path], None],
    headers: tuple[tuple[str, str], ...] | None = None,
) -> Response:
    """Run, write one file and return it."""
    desk = desk_of(request)
    spelled, known = queries.check_run(query, desk.settings.limits), day(query.as_of)

    def produce(check: Checkpoint) -> Answer:
        result = _simulate(desk, query.scenario, query, known, check)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            write([result], path)
            return Answer(path.read_bytes(), media, _attached(name) if headers is None else headers)

    # Writing a report takes seconds, so it goes with the long runs.
    parameters = queries.identity(query, spelled, known)
    return await desk.answer(request, parameters, produce, draws=query.draws, long=True)


def _command(query: Any) -> str:
    """Return the command line that gives the same figures."""
    sets = "".join(f" --set {json.dumps(s) if ' ' in s else s}" for s in query.set)
    known = f" --as-of {query.as_of}" if query.as_of else ""
    run = f"--draws {query.draws} --seed {query.seed} --until {query.until}"
    return f"countervail run {query.scenario} {run}{known}{sets}"
