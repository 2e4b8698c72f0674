"""Is it ready, and what has it done: /health and /metrics."""

import time
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from countervail.web.examples import example
from countervail.web.routes.runs import desk_of
from countervail.web.stamp import stamp

router = APIRouter(tags=["server"])
HEALTH: dict[str, Any] = {
    "status": "ready",
    "version": "0.1.0",
    "fingerprint": "3f1c0a9be2d47a66",
    "posterior": "9d0f6f3c1b2a4e58",
    "inputs": "0b6a57c1f0e94d21",
    "uptime_s": 12.5,
}


@router.get("/health", responses={200: example(HEALTH)})
async def health(request: Request) -> JSONResponse:
    """Say whether the model is compiled (`ready`) or still `warming`; both answer requests."""
    desk = desk_of(request)
    status = "ready" if desk.ready else "warming"
    body = {"status": status, **stamp(), "uptime_s": round(time.time() - desk.started, 1)}
    return JSONResponse(body, headers={"cache-control": "no-store"})


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"example": "countervail_ready 1"}}}},
)
async def metrics(request: Request) -> Response:
    """Return counters of this process in Prometheus' text form."""
    desk = desk_of(request)
    s = desk.scheduler
    gauges = {
        "ready": ("1 when the model is compiled.", float(desk.ready)),
        "queue_interactive": ("Interactive runs that wait.", len(s.interactive.queue)),
        "queue_long": ("Long runs that wait.", len(s.long.queue)),
        "dropped_total": ("Runs dropped unstarted or stopped.", s.dropped),
        "cache_hits_total": ("Answers taken from memory.", desk.cache.hits),
        "cache_misses_total": ("Answers that had to be made.", desk.cache.misses),
        "cache_bytes": ("Bytes of answers held.", desk.cache.held),
    }
    return PlainTextResponse(desk.metrics.text(gauges), headers={"cache-control": "no-store"})
