"""The built page and the presets: files with the right headers, packed once and kept in memory."""

import mimetypes
import re
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from countervail.web.cache import WORTH, Answer
from countervail.web.problems import Problem
from countervail.web.settings import Settings

HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.(js|css|woff2|svg|png|json)$")
MEDIA = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
}
PACKABLE = (".js", ".mjs", ".css", ".html", ".json", ".svg", ".txt", ".webmanifest")
IMMUTABLE = "public, max-age=31536000, immutable"


def router(settings: Settings) -> APIRouter:
    """Return the routes of the page: any path that is no file and no API is the page itself."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/presets/{name:path}", methods=["GET", "HEAD"])
    async def preset(name: str, request: Request) -> Response:
        return _file(request, settings.presets, name)

    @routes.api_route("/{path:path}", methods=["GET", "HEAD"])
    async def page(path: str, request: Request) -> Response:
        if path.split("/")[0] == "api":
            raise Problem(404, f"there is nothing at /{path}", "see /api/v1/docs")
        last = path.rsplit("/", 1)[-1]
        if path and "." in last:
            return _file(request, settings.static, path)
        if not (settings.static / "index.html").is_file():
            raise Problem(
                404,
                "the page is not built into this installation",
                "the API is at /api/v1; build the page from web/",
            )
        return _file(request, settings.static, "index.html")

    return routes


def _file(request: Request, folder: Path, name: str) -> Response:
    """Return one file of a folder; nothing outside it can be reached."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise Problem(404, f"there is nothing at {request.url.path}", "start at /")
    state = path.stat()
    answer, tag = _read(path, state.st_mtime_ns, state.st_size)
    cache = IMMUTABLE if "assets/" in name and HASHED.search(name) else "no-cache"
    headers = {"etag": tag, "cache-control": cache, "vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    body = answer.body
    pack = path.suffix in PACKABLE and len(body) > WORTH
    if pack and "gzip" in request.headers.get("accept-encoding", ""):
        body = answer.gzipped()
        headers["content-encoding"] = "gzip"
    return Response(body, 200, headers, answer.media)


@lru_cache(maxsize=256)
def _read(path: Path, changed: int, size: int) -> tuple[Answer, str]:
    """Return a file as an answer, with a tag for this state of it."""
    media = MEDIA.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Answer(path.read_bytes(), media), f'W/"{changed:x}-{size:x}"'
