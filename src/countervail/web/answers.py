"""From a question to an answer: kept ones at once, others through the scheduler, and 304 for those who have it."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

from fastapi import Request, Response

from countervail.web.cache import WORTH, Answer, Cache
from countervail.web.metrics import Metrics
from countervail.web.problems import Problem, response
from countervail.web.scheduler import Checkpoint, Dropped, Job, Scheduler
from countervail.web.settings import Settings
from countervail.web.stamp import key_of

CLIENT = "x-countervail-client"
POLL_SECONDS = 0.05
Produce = Callable[[Checkpoint], Answer]


class Desk:
    """What all routes share: settings, the answers held, the scheduler, the metrics."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.cache = Cache(settings.limits.cache_bytes)
        self.scheduler = Scheduler(settings.limits.queue, settings.limits.long_queue)
        self.metrics = Metrics()
        self.started = time.time()
        self.ready = False  # the program of most questions is compiled
        self.far_ready = False  # that of the longest horizon too
        self.warmed = threading.Event()  # the first attempt to get ready is over, well or not

    async def answer(
        self,
        request: Request,
        parameters: Any,
        produce: Produce,
        *,
        draws: int = 0,
        long: bool = False,
        client: str | None = None,
    ) -> Response:
        """Return the answer to a question.

        Parameters
        ----------
        parameters
            What the answer depends on besides the path, defaults filled in.
        produce
            Makes it, on the thread of a lane; calls the checkpoint between blocks of draws.
        draws
            How large the run is; it decides the lane.
        long
            Goes with the long runs whatever its draws.
        client
            Newer questions of the same client take the place of older ones that wait.
        """
        key = key_of(request.url.path, parameters)
        tag = f'W/"{key}"'
        asked = request.method in ("GET", "HEAD")
        if asked and tag in [t.strip() for t in request.headers.get("if-none-match", "").split(",")]:
            self.metrics.not_modified += 1
            return Response(status_code=304, headers=_headers(tag))
        found = self.cache.get(key)
        if found is None:
            long = long or draws > self.settings.limits.interactive_draws
            self.metrics.runs += bool(draws)
            self.metrics.draws += draws
            job = self.scheduler.submit(
                key, lambda check: self._made(key, produce, check), long=long, client=client
            )
            found = await self._wait(job, request)
            if found is None:
                return response(499, "the client has gone")
        return self.send(request, found, tag)

    def send(self, request: Request, answer: Answer, tag: str) -> Response:
        """Return an answer as a response, compressed if the client likes that."""
        headers = {**_headers(tag), **dict(answer.headers)}
        body = answer.body
        if len(body) > WORTH and "gzip" in request.headers.get("accept-encoding", ""):
            body = answer.gzipped()
            headers["content-encoding"] = "gzip"
        return Response(body, 200, headers, answer.media)

    def _made(self, key: str, produce: Produce, check: Checkpoint) -> Answer:
        made = produce(check)
        if len(made.body) > WORTH:
            made.gzipped()  # here, not on the thread that serves everybody
        self.cache.put(key, made)
        return made

    async def _wait(self, job: Job, request: Request) -> Answer | None:
        """Wait for a run; a client that goes away frees its work."""
        future = asyncio.wrap_future(job.future)
        future.add_done_callback(lambda f: f.cancelled() or f.exception())
        try:
            while True:
                done, _ = await asyncio.wait({future}, timeout=POLL_SECONDS)
                if done:
                    return future.result()
                if await request.is_disconnected():
                    return None
        except Dropped:
            raise Problem(503, "the server is closing", "ask again in a moment", 1) from None
        finally:
            if not future.done():
                job.leave()
                self.metrics.gone += 1


def _headers(tag: str) -> dict[str, str]:
    # no-cache: keep it, but ask whether it still holds; the question costs no run.
    return {"etag": tag, "cache-control": "no-cache", "vary": "Accept-Encoding"}
