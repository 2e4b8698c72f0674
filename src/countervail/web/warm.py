"""Makes the model ready while the server already answers: compile, judge the rules, run once."""

import logging
import threading
import time

from countervail.web.answers import Desk
from countervail.web.scheduler import be_nice

log = logging.getLogger("countervail.web")


def warm(desk: Desk) -> None:
    """Start to make the model ready, on a thread of its own.

    What both this thread and the first requests need is imported before there are two threads: modules that import
    one another may be seen half made by the second of two threads that import them at once.
    """
    from importlib import import_module

    from countervail.web.stamp import stamp

    for name in ("ensemble", "web.meta", "web.series"):
        import_module(f"countervail.{name}")
    stamp()
    threading.Thread(target=_warm, args=(desk,), name="warm", daemon=True).start()


def _warm(desk: Desk) -> None:
    began = time.perf_counter()
    try:
        from countervail.ensemble import run
        from countervail.web.meta import default_outcomes, observed
        from countervail.web.series import series_document
        from countervail.web.stamp import stamp

        stamp()
        series_document(run("status-quo", draws=256), default_outcomes())
        observed()
        desk.ready = True
        desk.warmed.set()
        log.info("ready after %.1f s", time.perf_counter() - began)
        _tables()
        _others(desk)
    except Exception:  # the server goes on: a request meets the same fault and says so
        log.exception("the model could not be made ready")
    finally:
        desk.warmed.set()


def _tables() -> None:
    """Read what the views show, so that the first reader does not wait for it."""
    from countervail.web.views import beliefs, known, lines, mechanisms

    known.chips()
    known.tables()
    lines.options()
    lines.rules_map("CN")
    beliefs.parameters()
    for name in mechanisms.names():
        mechanisms.mechanism(name)


def _others(desk: Desk) -> None:
    """Judge the rules of the other scenarios and compile the long horizon, between requests."""
    from countervail.ensemble import run
    from countervail.periods import LAST_QUARTER
    from countervail.scenario import build, list_scenarios
    from countervail.web.meta import default_outcomes
    from countervail.web.series import series_document

    be_nice()
    for row in list_scenarios():
        if not desk.scheduler.open:
            return
        while desk.scheduler.interactive.busy:
            time.sleep(0.05)
        build(row.id)
    if desk.scheduler.open:
        series_document(run("status-quo", draws=1, until=LAST_QUARTER), default_outcomes())
        desk.far_ready = True
