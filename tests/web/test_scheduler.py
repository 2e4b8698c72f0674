"""The scheduler: short runs first, long ones in pieces, newer requests for older ones, nothing for those who left."""

import threading

import pytest

from countervail.web.problems import Problem
from countervail.web.scheduler import Dropped, Scheduler

SOON = 10  # seconds; nothing here takes that long unless it hangs


@pytest.fixture
def scheduler():
    made = Scheduler(4, 2)
    yield made
    made.close()


class Gate:
    """Work that says it began and waits to be let go."""

    def __init__(self):
        self.began, self.go = threading.Event(), threading.Event()

    def __call__(self, check):
        self.began.set()
        assert self.go.wait(SOON)
        check()
        return "done"


def held(scheduler, **options):
    gate = Gate()
    job = scheduler.submit(object(), gate, **options)
    assert gate.began.wait(SOON)
    return gate, job


def test_work_is_done_and_errors_come_back(scheduler):
    assert scheduler.submit("a", lambda check: 7).future.result(SOON) == 7
    with pytest.raises(ZeroDivisionError):
        scheduler.submit("b", lambda check: 1 / 0).future.result(SOON)
    assert scheduler.submit("c", lambda check: 8).future.result(SOON) == 8


def test_the_same_question_at_the_same_time_is_one_run(scheduler):
    gate, _ = held(scheduler)
    runs = []
    jobs = [scheduler.submit("same", lambda check: runs.append(1)) for _ in range(3)]
    assert jobs[0] is jobs[1] is jobs[2]
    jobs[0].leave()  # one of three goes away
    gate.go.set()
    jobs[0].future.result(SOON)
    assert runs == [1]


def test_a_newer_request_takes_the_place_of_the_older_one(scheduler):
    gate, _ = held(scheduler)
    order = []
    old = scheduler.submit("old", lambda check: order.append("old"), client="me")
    other = scheduler.submit("other", lambda check: order.append("other"), client="you")
    new = scheduler.submit("new", lambda check: order.append("new"), client="me")
    with pytest.raises(Problem) as refused:
        old.future.result(SOON)
    assert refused.value.status == 409
    gate.go.set()
    for job in (other, new):
        job.future.result(SOON)
    assert order == ["new", "other"]


def test_requests_without_a_name_do_not_replace_each_other(scheduler):
    gate, _ = held(scheduler)
    jobs = [scheduler.submit(k, lambda check, k=k: k) for k in range(3)]
    gate.go.set()
    assert [j.future.result(SOON) for j in jobs] == [0, 1, 2]


def test_a_run_nobody_waits_for_is_not_begun(scheduler):
    gate, _ = held(scheduler)
    runs = []
    job = scheduler.submit("left", lambda check: runs.append(1))
    after = scheduler.submit("after", lambda check: "after")
    job.leave()
    gate.go.set()
    assert after.future.result(SOON) == "after"
    assert runs == []
    assert scheduler.dropped == 1


@pytest.mark.parametrize("long", [False, True])
def test_a_run_nobody_waits_for_stops_at_its_next_block(scheduler, long):
    gate, job = held(scheduler, long=long)
    job.leave()
    gate.go.set()
    with pytest.raises(Dropped):
        job.future.result(SOON)


def test_a_full_queue_refuses_and_says_when_to_come_back(scheduler):
    gate, _ = held(scheduler)
    for k in range(4):
        scheduler.submit(k, lambda check: None)
    with pytest.raises(Problem) as refused:
        scheduler.submit("more", lambda check: None)
    assert refused.value.status == 503
    assert refused.value.retry_after
    gate.go.set()


def test_those_who_left_make_room_in_a_full_queue(scheduler):
    gate, _ = held(scheduler)
    jobs = [scheduler.submit(k, lambda check: None) for k in range(4)]
    jobs[0].leave()
    late = scheduler.submit("late", lambda check: "late")
    gate.go.set()
    assert late.future.result(SOON) == "late"


def test_a_long_run_lets_short_ones_pass_between_its_blocks(scheduler, monkeypatch):
    monkeypatch.setattr("countervail.web.scheduler.LONGEST_PAUSE", SOON)
    order, first = [], threading.Event()
    short, began = Gate(), threading.Event()

    def long(check):
        order.append("long 1")
        first.set()
        assert began.wait(SOON)
        check()
        order.append("long 2")

    job = scheduler.submit("long", long, long=True)
    assert first.wait(SOON)
    quick = scheduler.submit("short", short)
    assert short.began.wait(SOON)
    began.set()
    waiting = scheduler.submit("short 2", lambda check: order.append("short 2"))
    short.go.set()
    quick.future.result(SOON)
    waiting.future.result(SOON)
    job.future.result(SOON)
    assert order == ["long 1", "short 2", "long 2"]


def test_a_long_run_goes_on_although_short_ones_never_end(scheduler, monkeypatch):
    monkeypatch.setattr("countervail.web.scheduler.LONGEST_PAUSE", 0.01)
    gate, _ = held(scheduler)
    assert (
        scheduler.submit("long", lambda check: check() or "through", long=True).future.result(SOON)
        == "through"
    )
    gate.go.set()


def test_closing_stops_everything():
    scheduler = Scheduler(4, 2)
    gate, job = held(scheduler)
    waiting = scheduler.submit("waiting", lambda check: None)
    scheduler.close()
    gate.go.set()
    for stopped in (job, waiting):
        with pytest.raises(Dropped):
            stopped.future.result(SOON)
    with pytest.raises(Problem):
        scheduler.submit("late", lambda check: None)
