"""Starts the server: one process, or several that share a socket."""

import ipaddress
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

from countervail.errors import UserError
from countervail.web.settings import Settings

ENVIRONMENT = "COUNTERVAIL_SERVE"
GRACE_SECONDS = 2


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
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    os.environ[ENVIRONMENT] = json.dumps({"workers": workers, "embed": list(embed)})
    config = uvicorn.Config(
        "countervail.web.serve:app",
        factory=True,
        workers=workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        log_config=_logging(),
    )
    print(f"countervail is at {url}  (stop with Ctrl-C)", file=sys.stderr, flush=True)
    if show:
        import webbrowser

        webbrowser.open(url)
    try:
        if workers == 1:
            uvicorn.Server(config).run(sockets=[listening])
        else:
            Multiprocess(config, target=uvicorn.Server(config).run, sockets=[listening]).run()
    finally:
        listening.close()


def app() -> Any:
    """Return the app of one process, with the settings the starting process left."""
    from countervail.web.app import create_app

    told = json.loads(os.environ.get(ENVIRONMENT, "{}"))
    return create_app(Settings(workers=told.get("workers", 1), embed=tuple(told.get("embed", ()))))


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


def folder_of_page() -> Path:
    """Return where the built page lies."""
    return Settings().static
