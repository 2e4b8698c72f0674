"""Runs of the model: /series for the page, /run and /compare with the CLI's JSON."""

import time
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response

from countervail.periods import LAST_QUARTER
from countervail.web import queries
from countervail.web.answers import Desk
from countervail.web.cache import Answer
from countervail.web.examples import COMPARE, RUN, SERIES, example
from countervail.web.problems import responses
from countervail.web.queries import CompareBody, CompareQuery, RunBody, RunQuery, SeriesQuery, WhyQuery
from countervail.web.scheduler import Checkpoint

HORIZON = "2032Q4"  # what most questions ask for
router = APIRouter(tags=["runs"])
Client = Annotated[
    str | None,
    Header(
        alias="X-Countervail-Client",
        description="A name of the client's choice. A newer request with the same name takes the place of an older one "
        "that still waits, which is answered with 409.",
        max_length=100,
    ),
]
PROBLEMS = responses(409, 422, 503)


def desk_of(request: Request) -> Desk:
    """Return what the routes share."""
    return request.app.state.desk


def day(text: str | None) -> Any:
    """Return the day of `as_of`."""
    from countervail.api import day_of

    return day_of(text, "as_of")


def progress(check: Checkpoint) -> Any:
    """Return a progress hook that is a checkpoint."""
    return lambda done, total: check()


@router.get("/series", responses={**PROBLEMS, 200: example(SERIES)})
async def series(query: Annotated[SeriesQuery, Query()], request: Request, client: Client = None) -> Response:
    """Return quantiles by quarter and year of the outcomes asked for, who leads, levers and dated steps.

    Small and fast: what a page asks while a lever moves. Figures have five significant digits.
    """
    from countervail.strategy.leads import parse_weights
    from countervail.web.series import check_outcomes, encode, series_document

    desk, began = desk_of(request), time.perf_counter()
    asked = check_outcomes(query.outcome, desk.settings.limits.outcomes)
    weights = parse_weights(query.weights)
    settings, known = queries.check_run(query, desk.settings.limits), day(query.as_of)

    def produce(check: Checkpoint) -> Answer:
        result = _simulate(desk, query.scenario, query, known, check)
        document = series_document(result, asked, weights, query.lang)
        return Answer(encode({**document, "elapsed_ms": round((time.perf_counter() - began) * 1e3, 1)}))

    parameters = {**queries.identity(query, settings, known), "outcome": asked, "weights": weights}
    far = _far(desk, query)
    return await desk.answer(request, parameters, produce, draws=query.draws, long=far, client=client)


@router.get("/why", responses=PROBLEMS)
async def why(query: Annotated[WhyQuery, Query()], request: Request, client: Client = None) -> Response:
    """Return why an outcome differs between two runs on the same draws: levers, pathways, mechanisms, parameters.

    The JSON of `countervail why --json`. Without `against` the other run is the same scenario without settings.
    """
    from countervail.web.series import parse_outcome

    desk = desk_of(request)
    variable, region = parse_outcome(f"{query.variable}@{query.region}" if query.region else query.variable)
    settings, known = queries.check_run(query, desk.settings.limits), day(query.as_of)

    def produce(check: Checkpoint) -> Answer:
        from countervail.api.json_text import json_text, plain
        from countervail.language.phrases import VALUES, phrased
        from countervail.strategy.why import why as explain

        found = explain(
            query.scenario,
            variable,
            region,
            query.period,
            **_options(query, known),
            against=query.against,
            against_set=query.against_set or None,
            progress=progress(check),
            workers=desk.settings.threads,
        )
        return Answer(json_text(phrased(plain(found), query.lang, VALUES)).encode())

    parameters = queries.identity(query, settings, known)
    # Some twenty runs: it goes with the long ones, so that a moving lever passes between them.
    return await desk.answer(request, parameters, produce, draws=query.draws, long=True, client=client)


@router.get("/run", responses={**PROBLEMS, 200: example(RUN)})
async def run(query: Annotated[RunQuery, Query()], request: Request, client: Client = None) -> Response:
    """Return a run as the JSON of `countervail run --json`, byte for byte."""
    return await _run(request, query, query.scenario, client)


@router.post("/run", responses={**PROBLEMS, **responses(400, 413)})
async def run_posted(body: RunBody, request: Request, client: Client = None) -> Response:
    """Return a run of a shipped scenario or of the text of a scenario file."""
    from countervail.errors import UserError

    if (body.scenario is None) == (body.scenario_yaml is None):
        raise UserError("give one scenario", "either scenario or scenario_yaml")
    scenario = body.scenario if body.scenario_yaml is None else _own(body.scenario_yaml)
    return await _run(request, body, scenario, client)


@router.get("/compare", responses={**PROBLEMS, 200: example(COMPARE)})
async def compare(
    query: Annotated[CompareQuery, Query()], request: Request, client: Client = None
) -> Response:
    """Return scenarios on the same draws as the JSON of `countervail compare --json`, byte for byte."""
    return await _compare(request, query, list(query.scenario), client)


@router.post("/compare", responses={**PROBLEMS, **responses(400, 413)})
async def compare_posted(body: CompareBody, request: Request, client: Client = None) -> Response:
    """Return scenarios on the same draws; the text of a scenario file may be among them."""
    scenarios: list[Any] = list(body.scenarios)
    if body.scenario_yaml is not None:
        scenarios.append(_own(body.scenario_yaml))
    return await _compare(request, body, scenarios, client)


async def _run(request: Request, query: Any, scenario: Any, client: str | None) -> Response:
    desk = desk_of(request)
    settings, known = queries.check_run(query, desk.settings.limits), day(query.as_of)

    def produce(check: Checkpoint) -> Answer:
        from countervail import api
        from countervail.api.json_text import json_text

        result = _simulate(desk, scenario, query, known, check)
        return Answer(json_text(api.document(result, query.periods)).encode())

    parameters, far = queries.identity(query, settings, known), _far(desk, query)
    return await desk.answer(request, parameters, produce, draws=query.draws, long=far, client=client)


async def _compare(request: Request, query: Any, scenarios: list[Any], client: str | None) -> Response:
    from countervail.errors import UserError

    desk = desk_of(request)
    if not 2 <= len(scenarios) <= desk.settings.limits.scenarios:
        raise UserError(
            "a comparison takes at least two scenarios"
            if len(scenarios) < 2
            else f"{len(scenarios)} scenarios are more than {desk.settings.limits.scenarios}",
            "example: scenario=status-quo&scenario=full-denial",
        )
    ids = [s if isinstance(s, str) else s.id for s in scenarios]
    double = next((i for i in ids if ids.count(i) > 1), None)
    if double:
        raise UserError(f"scenario '{double}' is named twice", "name each scenario once")
    settings = queries.check_run(query, desk.settings.limits, len(scenarios))
    known, draws = day(query.as_of), query.draws * len(scenarios)

    def produce(check: Checkpoint) -> Answer:
        from countervail import api
        from countervail.api.json_text import json_text

        results = [_simulate(desk, s, query, known, check) for s in scenarios]
        return Answer(json_text(api.comparison_document(results, query.periods)).encode())

    parameters, far = queries.identity(query, settings, known), _far(desk, query)
    return await desk.answer(request, parameters, produce, draws=draws, long=far, client=client)


def _options(query: Any, known: Any) -> dict[str, Any]:
    return {
        "draws": query.draws, "seed": query.seed, "until": query.until, "set": query.set or None, "as_of": known,
    }  # fmt: skip


def _simulate(desk: Desk, scenario: Any, query: Any, known: Any, check: Checkpoint) -> Any:
    """Return a run; a long one takes one thread and stops at every block."""
    from countervail.ensemble import run as simulate

    while not desk.warmed.wait(0.05):  # compiling the same program twice would take longer
        check()
    long = query.draws > desk.settings.limits.interactive_draws
    threads = 1 if long else desk.settings.threads
    # Two compiled programs serve every horizon; the figures are those of a program of its own.
    horizon = HORIZON if query.until <= HORIZON else LAST_QUARTER
    return simulate(
        scenario,
        **_options(query, known),
        progress=progress(check),
        workers=threads,
        horizon=horizon,
        in_pieces=long,
    )


def _far(desk: Desk, query: Any) -> bool:
    """Say whether a question needs the long program before it is compiled, which would hold up short ones."""
    return query.until > HORIZON and not desk.far_ready


def _own(text: str) -> Any:
    """Return the scenario written in a text."""
    from countervail.scenario.files import read_scenario

    return read_scenario(text, "scenario_yaml")
