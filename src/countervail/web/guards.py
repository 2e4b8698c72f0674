"""Around every request: security headers, a limit on bodies, and the count for the metrics. Plain ASGI."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from countervail.web.answers import Desk
from countervail.web.problems import response

Scope = dict[str, Any]


def security_headers(embed: Sequence[str]) -> list[tuple[bytes, bytes]]:
    """Return the headers of every answer. Nothing is loaded from elsewhere; frames only where allowed."""
    frames = " ".join(embed) if embed else "'none'"
    policy = (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; "
        f"base-uri 'none'; form-action 'self'; frame-ancestors {frames}"
    )
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }
    if not embed:
        headers["x-frame-options"] = "DENY"
    return [(k.encode(), v.encode()) for k, v in headers.items()]


class Guards:
    """The outermost layer of the app."""

    def __init__(self, app: Any, desk: Desk) -> None:
        self.app, self.desk = app, desk
        self.headers = security_headers(desk.settings.embed)
        self.most = desk.settings.limits.body_bytes

    async def __call__(self, scope: Scope, receive: Callable, send: Callable) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def start(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                there = {k for k, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(h for h in self.headers if h[0] not in there)]
            await send(message)

        try:
            body = await self._body(scope, receive)
            if body is None:
                text = f"the body is larger than {self.most // 1024} kB"
                await response(413, text, "send less; a scenario file needs only what it changes")(
                    scope, receive, start
                )
            else:
                await self.app(scope, body, start)
        finally:
            route = scope.get("route")
            name = getattr(route, "path", "other").removeprefix("/api/v1") if status != 404 else "none"
            self.desk.metrics.count(scope["method"], name, status, time.perf_counter() - began)

    async def _body(self, scope: Scope, receive: Callable) -> Callable | None:
        """Return the receiver of a request whose body is within the limit, read in full if it has one."""
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return receive
        messages: list[Any] = []
        total = 0
        while True:
            message = await receive()
            messages.append(message)
            total += len(message.get("body", b""))
            if total > self.most:
                return None
            if message["type"] != "http.request" or not message.get("more_body"):
                break

        async def again() -> Any:
            return messages.pop(0) if messages else await receive()

        return again
