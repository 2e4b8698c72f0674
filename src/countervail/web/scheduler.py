"""Runs of the model in their order: short ones first, long ones in small pieces that let short ones pass.

One thread does the interactive runs, one the long ones. A long run stops between blocks of draws while anything
interactive waits or runs, so a huge request never blocks others. A newer request of a client takes the place of its
older ones in the queue; a run that nobody waits for any more is dropped, or stopped at the next block.
"""

import contextlib
import os
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from countervail.web.problems import Problem

NICER = 5  # steps by which the system puts the thread of long runs behind others
LONGEST_PAUSE = 0.5  # seconds after which a long run does one block although others wait
Checkpoint = Callable[[], None]
Work = Callable[[Checkpoint], Any]


class Dropped(Exception):
    """A run that nobody waits for any more."""


@dataclass(eq=False)
class Job:
    """One run: what to do, and for how many."""

    key: Hashable
    work: Work
    client: str | None = None
    waiters: int = 1
    future: "Future[Any]" = field(default_factory=Future)

    def __post_init__(self) -> None:
        self.future.set_running_or_notify_cancel()  # from now on nobody who waits can cancel it for the others

    def leave(self) -> None:
        """Say that one who waited has gone."""
        self.waiters -= 1

    @property
    def wanted(self) -> bool:
        """Return whether anybody still waits."""
        return self.waiters > 0


class Lane:
    """A queue and the thread that works it off."""

    def __init__(self, name: str, most: int, condition: threading.Condition) -> None:
        self.name, self.most, self.condition = name, most, condition
        self.queue: list[Job] = []
        self.running: Job | None = None

    @property
    def busy(self) -> bool:
        """Return whether anything runs or waits."""
        return self.running is not None or bool(self.queue)


class Scheduler:
    """The one place of a process where the model is run."""

    def __init__(self, most: int, most_long: int) -> None:
        self.condition = threading.Condition()
        self.interactive = Lane("interactive", most, self.condition)
        self.long = Lane("long", most_long, self.condition)
        self.open, self._turn = False, 0  # the threads of an earlier turn end, even if a new one has begun
        self.dropped = 0  # runs dropped unstarted or stopped, for the metrics
        self.start()

    def start(self) -> None:
        """Begin to work; after `close` begin again."""
        if self.open:
            return
        self.open, self._turn = True, self._turn + 1
        for lane, check in ((self.interactive, self._check), (self.long, self._check_long)):
            told = (lane, check, self._turn)
            threading.Thread(target=self._serve, args=told, name=lane.name, daemon=True).start()

    def submit(self, key: Hashable, work: Work, *, long: bool = False, client: str | None = None) -> Job:
        """Put a run into its queue; the same key joins a run that already waits or runs.

        Raises
        ------
        Problem
            503 when the queue is full, or the server is closing.
        """
        lane = self.long if long else self.interactive
        with self.condition:
            if not self.open:
                raise Problem(503, "the server is closing", "ask again in a moment", 1)
            for job in (*lane.queue, lane.running):
                if job is not None and job.key == key and (job.wanted or job in lane.queue):
                    job.waiters += 1
                    return job
            job = Job(key, work, client)
            lane.queue[:] = [j for j in lane.queue if j.wanted or self._drop(j)]
            place = self._supersede(lane, client) if client else None
            if place is None and len(lane.queue) >= lane.most:
                raise Problem(503, "the server has more to do than it can hold", "ask again in a moment", 1)
            lane.queue.insert(len(lane.queue) if place is None else place, job)
            self.condition.notify_all()
            return job

    def close(self) -> None:
        """Drop everything; running work stops at its next block."""
        with self.condition:
            self.open = False
            for lane in (self.interactive, self.long):
                for job in lane.queue:
                    self._drop(job)
                lane.queue.clear()
                if lane.running is not None:
                    lane.running.waiters = 0
            self.condition.notify_all()

    def _supersede(self, lane: Lane, client: str) -> int | None:
        """Drop the older waiting runs of a client; return the place of the first, which the new one takes."""
        old = [j for j in lane.queue if j.client == client]
        if not old:
            return None
        place = lane.queue.index(old[0])
        for job in old:
            lane.queue.remove(job)
            self._drop(job, Problem(409, "a newer request of this client took its place"))
        return place

    def _drop(self, job: Job, why: BaseException | None = None) -> bool:
        """Give up a waiting run; return False, so that it can stand in a filter."""
        self.dropped += 1
        job.future.set_exception(why or Dropped())
        return False

    def _serve(self, lane: Lane, check: Callable[[Job], None], turn: int) -> None:
        if lane is self.long:
            be_nice()
        while True:
            with self.condition:
                self.condition.wait_for(lambda: lane.queue or not self.open or self._turn != turn)
                if not self.open or self._turn != turn:
                    return
                job = lane.queue.pop(0)
                if not job.wanted:
                    self._drop(job)
                    continue
                lane.running = job
            try:
                check(job)
                result = job.work(lambda job=job: check(job))
            except BaseException as error:
                self.dropped += isinstance(error, Dropped)
                outcome, failed = error, True
            else:
                outcome, failed = result, False
            with self.condition:
                lane.running = None
                self.condition.notify_all()
            (job.future.set_exception if failed else job.future.set_result)(outcome)

    def _check(self, job: Job) -> None:
        """Stop a run that nobody waits for."""
        if not job.wanted or not self.open:
            raise Dropped

    def _check_long(self, job: Job) -> None:
        """Stop a long run that nobody waits for; let interactive ones pass."""
        self._check(job)
        with self.condition:
            self.condition.wait_for(
                lambda: not self.interactive.busy or not job.wanted or not self.open, LONGEST_PAUSE
            )
        self._check(job)


def be_nice() -> None:
    """Put this thread behind others where the system can do so for one thread."""
    if hasattr(os, "setpriority") and os.uname().sysname == "Linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICER)
