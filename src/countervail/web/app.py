"""The server's app: routes, errors, guards, and the model made ready in the background."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from countervail import __version__
from countervail.web import problems, static
from countervail.web.answers import Desk
from countervail.web.docs_page import router as docs_router
from countervail.web.guards import Guards
from countervail.web.routes import exports, health, known, rules, runs, views
from countervail.web.settings import Settings
from countervail.web.warm import warm

PREFIX = "/api/v1"
ABOUT = (
    "Ranges with their sources for the contest over AI chips. GET requests carry everything in the URL, so a URL is "
    "the identity of an answer: it has an ETag, and asking again costs no run. Errors are application/problem+json "
    "with a hint."
)
log = logging.getLogger("countervail.web")


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the ASGI app of one process."""
    desk = Desk(settings or Settings())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        desk.scheduler.start()
        if desk.settings.warm:
            warm(desk)
        else:
            desk.ready = True
            desk.warmed.set()
        yield
        desk.scheduler.close()

    app = FastAPI(
        title="countervail",
        version=__version__,
        description=ABOUT,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.desk = desk
    problems.add_to(app)
    for module in (runs, known, views, rules, exports, health):
        app.include_router(module.router, prefix=PREFIX)
    app.include_router(docs_router, prefix=PREFIX)
    app.include_router(static.router(desk.settings))
    app.add_middleware(Guards, desk=desk)
    return app
