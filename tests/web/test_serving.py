"""The server as a process: it starts, serves, frees the work of those who leave, and ends cleanly."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing

import pytest

from countervail.cli import main
from countervail.errors import UserError
from countervail.web.serve import check_host, is_loopback, listen

PROGRAM = [sys.executable, "-c", "from countervail.cli import main; main()", "serve", "--port", "0"]
SOON = 120  # seconds; a machine that does much else may be slow


class Server:
    """A server process on a free port."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen([*PROGRAM, *options], stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        first = self.process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", first)
        assert found, first
        self.port = int(found[1])

    def get(self, path: str) -> tuple[int, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=SOON)) as talk:
            talk.request("GET", path)
            answer = talk.getresponse()
            return answer.status, answer.read()

    def metric(self, name: str) -> float:
        text = self.get("/api/v1/metrics")[1].decode()
        return float(re.search(rf"^countervail_{name} (\S+)$", text, re.M)[1])

    def wait_for(self, name: str, least: float) -> None:
        until = time.monotonic() + SOON
        while self.metric(name) < least:
            assert time.monotonic() < until, f"{name} stays below {least}"
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGINT) -> tuple[int, str]:
        self.process.send_signal(number)
        rest = self.process.communicate(timeout=SOON)[1]
        return self.process.returncode, rest


@pytest.fixture(scope="module")
def server():
    made = Server()
    yield made
    made.process.kill()
    made.process.communicate()


def test_it_becomes_ready_and_answers(server):
    server.wait_for("ready", 1)
    health = json.loads(server.get("/api/v1/health")[1])
    assert health["status"] == "ready"
    status, body = server.get("/api/v1/series?draws=40&outcome=Compute|Stock@CN")
    assert status == 200
    assert json.loads(body)["series"][0]["region"] == "CN"


def test_a_client_that_leaves_frees_its_work_and_a_huge_run_lets_others_pass(server):
    server.wait_for("ready", 1)
    before = server.metric("dropped_total")
    with socket.create_connection(("127.0.0.1", server.port)) as talk:
        talk.sendall(b"GET /api/v1/run?draws=20000&seed=9 HTTP/1.1\r\nHost: x\r\n\r\n")
        server.wait_for("draws_total", 20_000)
        status, _ = server.get("/api/v1/series?draws=40&seed=9&outcome=Compute|Stock@CN")
        assert status == 200
        assert server.metric("dropped_total") == before  # the huge one still runs
    server.wait_for("dropped_total", before + 1)
    assert server.metric("clients_gone_total") >= 1


@pytest.mark.parametrize("options", [(), ("--workers", "2")], ids=["one process", "two"])
def test_an_interrupt_ends_it_cleanly(options):
    server = Server(*options)
    until = time.monotonic() + SOON
    while True:
        try:
            assert server.get("/api/v1/health")[0] == 200
            break
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)
    ended, rest = server.stop()
    assert ended == 130
    assert "Traceback" not in rest
    with pytest.raises(OSError):
        server.get("/api/v1/health")


def test_a_taken_port_is_said_in_one_sentence(capsys):
    taken = listen("127.0.0.1", 0)
    port = taken.getsockname()[1]
    with pytest.raises(SystemExit) as left:
        main(["serve", "--port", str(port)])
    taken.close()
    assert left.value.code == 2
    error = capsys.readouterr().err
    assert f"127.0.0.1:{port}" in error
    assert "--port" in error


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_other_machines_are_kept_out_without_the_flag(host, capsys):
    with pytest.raises(SystemExit) as left:
        main(["serve", "--host", host, "--port", "0"])
    assert left.value.code == 2
    assert "--allow-remote" in capsys.readouterr().err
    check_host(host, allow_remote=True)


def test_loopback_needs_no_flag():
    assert all(map(is_loopback, ("127.0.0.1", "127.8.8.8", "::1", "localhost")))


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(UserError, match="port"):
        listen("127.0.0.1", port)


@pytest.mark.skipif(os.getuid() == 0 if hasattr(os, "getuid") else True, reason="root may take any port")
def test_a_port_one_may_not_take_is_said():
    with pytest.raises(UserError, match="cannot listen"):
        listen("127.0.0.1", 80)
