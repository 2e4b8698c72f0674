"""Errors as application/problem+json: one sentence what is wrong, and a hint what to do. Never a traceback."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from countervail.errors import UserError

TYPE = "application/problem+json"
TITLES = {
    400: "Bad request",
    404: "Not found",
    405: "Method not allowed",
    409: "Superseded",
    413: "Too large",
    422: "Bad input",
    499: "Client gone",
    500: "Fault of the server",
    503: "Busy",
}
EXAMPLES = {
    400: ("there was an error parsing the body", "see /api/v1/docs"),
    404: ("unknown row 'h20x'", "did you mean h20?"),
    409: ("a newer request of this client took its place", ""),
    413: ("the body is larger than 256 kB", "send less; a scenario file needs only what it changes"),
    422: ("us_export_fee=7 is beyond its range", "choose a value from 0 to 1 (share)"),
    503: ("the server has more to do than it can hold", "ask again in a moment"),
}
log = logging.getLogger("countervail.web")


class Problem(Exception):
    """An answer that is no result."""

    def __init__(self, status: int, detail: str, hint: str = "", retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.hint, self.retry_after = status, detail, hint, retry_after


def response(status: int, detail: str, hint: str = "", headers: dict[str, str] | None = None) -> JSONResponse:
    """Return a problem document."""
    more = {"cache-control": "no-store", **(headers or {})}
    return JSONResponse(document(status, detail, hint), status, more, media_type=TYPE)


def document(status: int, detail: str, hint: str = "") -> dict[str, Any]:
    """Return a problem document as plain data."""
    title = TITLES.get(status, "Error")
    kind = "urn:countervail:problem:" + title.lower().replace(" ", "-")
    return {"type": kind, "title": title, "status": status, "detail": detail, "hint": hint}


def add_to(app: FastAPI) -> None:
    """Turn every error of the app into a problem document."""

    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> JSONResponse:
        headers = {} if error.retry_after is None else {"retry-after": str(error.retry_after)}
        return response(error.status, error.detail, error.hint, headers)

    @app.exception_handler(UserError)
    async def user_error(request: Request, error: UserError) -> JSONResponse:
        return response(422, error.message, error.hint)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return response(422, "; ".join(_sentence(e) for e in error.errors()[:3]), "see /api/v1/docs")

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        detail = str(error.detail)
        if error.status_code == 404:
            detail = f"there is nothing at {request.url.path}"
        elif error.status_code == 405:
            detail = f"{request.method} is not possible at {request.url.path}"
        return response(error.status_code, detail, "see /api/v1/docs", dict(error.headers or {}))

    @app.exception_handler(MemoryError)
    async def memory(request: Request, error: MemoryError) -> JSONResponse:
        return response(
            503, "there is not enough memory for this", "ask for fewer draws", {"retry-after": "5"}
        )

    @app.exception_handler(Exception)
    async def fault(request: Request, error: Exception) -> JSONResponse:
        log.error(
            "fault at %s", request.url.path
        )  # the server prints the traceback; the answer does not hold it
        return response(500, "the server could not answer this", "the log of the server says why")


def _sentence(error: Any) -> str:
    """Return what one validation error says."""
    where = ".".join(str(x) for x in error["loc"] if x not in ("query", "body", "path"))
    if error["type"] == "extra_forbidden":
        return f"unknown parameter '{where}'"
    message = str(error["msg"])
    return f"{where}: {message[:1].lower()}{message[1:]}" if where else message


DOCUMENT: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "hint"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "One sentence: what is wrong."},
        "hint": {"type": "string", "description": "What to do about it."},
    },
}


def responses(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Return the problem answers of a route for its OpenAPI description."""
    return {
        code: {
            "description": TITLES[code],
            "content": {TYPE: {"schema": DOCUMENT, "example": document(code, *EXAMPLES[code])}},
        }
        for code in sorted(codes)
    }
