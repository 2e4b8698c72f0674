"""Starts the server: one process, or several that share a socket."""

import ipaddress
import json
import os
import socket
import subprocess
import sys
import threading
import time
import warnings
from typing import Any

from countervail.errors import UserError
from countervail.web.settings import Settings

ENVIRONMENT = "COUNTERVAIL_SERVE"
GRACE_SECONDS = 2
LOOK_SECONDS = 0.5
YOUNG_SECONDS = 5.0


def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    workers: int = 1,
    allow_remote: bool = False,
    embed: tuple[str, ...] = (),
    show: bool = False,
) -> None:
    """Serve until interrupted.

    Parameters
    ----------
    host, port
        Where to listen; port 0 takes a free one.
    workers
        Processes; each holds the model.
    allow_remote
        Needed for a host that other machines can reach.
    embed
        Origins whose pages may show the page in a frame.
    show
        Open the page in a browser.
    """
    check_host(host, allow_remote)
    listening = listen(host, port)
    url = f"http://{_name(host)}:{listening.getsockname()[1]}/"
    told = {"workers": workers, "embed": list(embed)}
    print(f"countervail is at {url}  (stop with Ctrl-C)", file=sys.stderr, flush=True)
    if show:
        import webbrowser

        webbrowser.open(url)
    try:
        if workers == 1:
            run(listening, told)
        else:
            supervise(listening, told)
    finally:
        listening.close()


def run(listening: socket.socket, told: dict[str, Any], stop: Any = None) -> None:
    """Serve in this process until a signal comes, or until the file `stop` ends."""
    import uvicorn

    from countervail.web.app import create_app

    settings = Settings(workers=told["workers"], embed=tuple(told["embed"]))
    config = uvicorn.Config(
        create_app(settings),
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        log_config=_logging(),
    )
    server = uvicorn.Server(config)
    if stop is not None:

        def watch() -> None:
            stop.read()
            server.should_exit = True

        threading.Thread(target=watch, daemon=True).start()
    server.run(sockets=[listening])


def supervise(listening: socket.socket, told: dict[str, Any]) -> None:
    """Keep several processes serving at one socket; one that dies is started again.

    Each ends when its standard input does, so none is left behind whatever becomes of this process.
    """
    if not hasattr(os, "fork"):
        raise UserError("several workers need a Unix system", "leave --workers out")
    workers = [_worker(listening, told) for _ in range(told["workers"])]
    try:
        while True:
            time.sleep(LOOK_SECONDS)
            for i, (process, began) in enumerate(workers):
                if process.poll() is None:
                    continue
                if time.monotonic() - began < YOUNG_SECONDS:
                    raise UserError("a worker ended as soon as it began", "see why with --workers 1")
                workers[i] = _worker(listening, told)
    finally:
        for process, _ in workers:
            if process.stdin is not None:
                process.stdin.close()
        until = time.monotonic() + GRACE_SECONDS + 3
        for process, _ in workers:
            try:
                process.wait(max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()


def _worker(listening: socket.socket, told: dict[str, Any]) -> tuple["subprocess.Popen[bytes]", float]:
    """Start one process; return it and when that was."""
    environment = {**os.environ, ENVIRONMENT: json.dumps({**told, "socket": listening.fileno()})}
    code = "from countervail.web.serve import work; work()"
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", code],
        stdin=subprocess.PIPE,
        pass_fds=[listening.fileno()],
        env=environment,
        start_new_session=True,  # Ctrl-C is for the process that looks after the workers
    )
    return process, time.monotonic()


def work() -> None:
    """Be one of several processes that serve."""
    warnings.simplefilter("ignore")
    told = json.loads(os.environ[ENVIRONMENT])
    run(socket.socket(fileno=told["socket"]), told, sys.stdin)
    os._exit(0)  # a long run may still be in a block; nothing is left to save


def check_host(host: str, allow_remote: bool) -> None:
    """Refuse to be reachable from other machines unless asked to."""
    if not allow_remote and not is_loopback(host):
        raise UserError(
            f"{host} can be reached from other machines, and the server asks nobody who they are",
            "keep to 127.0.0.1, or add --allow-remote if that is what you want",
        )


def is_loopback(host: str) -> bool:
    """Return whether an address is of this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, or say in one sentence why there is none."""
    if not 0 <= port <= 65535:
        raise UserError(f"port is {port}", "give a number from 1 to 65535, or 0 for a free one")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family)
    except OSError as error:
        raise UserError(f"{host} is no address of this machine: {error}", "try 127.0.0.1") from None
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(address)
        made.listen(512)
    except OSError as error:
        made.close()
        raise UserError(
            f"cannot listen at {host}:{port}: {error.strerror or error}",
            "choose another port with --port; 0 takes a free one",
        ) from None
    made.set_inheritable(True)
    return made


def _name(host: str) -> str:
    if host in ("0.0.0.0", "::"):
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _logging() -> dict[str, Any]:
    """Return how the server writes its log: plain lines on stderr."""
    handler = {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "plain"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
        "handlers": {"stderr": handler},
        "loggers": {
            "uvicorn": {"handlers": ["stderr"], "level": "WARNING"},
            "countervail.web": {"handlers": ["stderr"], "level": "WARNING"},
        },
    }
