"""A plain page of the routes, made from the OpenAPI description; it loads nothing from elsewhere."""

from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "code{font-size:.95em}table{border-collapse:collapse;margin:.5rem 0 1.5rem}"
    "td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top;border-bottom:1px solid #8884}"
    "h2{margin:2rem 0 .2rem;font-size:1.1rem}:root{color-scheme:light dark}"
)


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """Return the page."""
    described = request.app.openapi()
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>countervail API</title><style>{STYLE}</style><main>",
        f"<h1>countervail API {described['info']['version']}</h1>",
        f"<p>{escape(described['info']['description'])}</p>",
        "<p>Machine-readable: <a href='openapi.json'>openapi.json</a></p>",
    ]
    for path, verbs in described["paths"].items():
        for verb, about in verbs.items():
            parts.append(_route(verb, path, about))
    return HTMLResponse("\n".join(parts) + "</main></html>", headers={"cache-control": "no-cache"})


def _route(verb: str, path: str, about: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(p['name'])}</code>{'' if not p.get('required') else ' (required)'}</td>"
        f"<td>{escape(_kind(p['schema']))}</td><td>{escape(p.get('description', ''))}</td></tr>"
        for p in about.get("parameters", [])
    )
    table = f"<table><tr><th>parameter<th>values<th></tr>{rows}</table>" if rows else ""
    words = escape(about.get("description", "")).replace("\n\n", "<p>")
    return f"<h2><code>{verb.upper()} {escape(path)}</code></h2><p>{words}</p>{table}"


def _kind(schema: dict[str, Any]) -> str:
    """Return what a parameter may be, in words."""
    if "anyOf" in schema:
        return " or ".join(_kind(s) for s in schema["anyOf"] if s.get("type") != "null")
    inner = schema.get("items", schema)
    words = ", ".join(map(str, inner["enum"])) if "enum" in inner else str(inner.get("type", ""))
    if "minimum" in schema and "maximum" in schema:
        words += f" {schema['minimum']} to {schema['maximum']}"
    if schema.get("type") == "array":
        words = f"repeatable: {words}"
    if schema.get("default") not in (None, "", []):
        words += f"; default {schema['default']}"
    return words
