"""`countervail serve`: the page and the REST API on this machine."""

from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example: countervail serve --port 8000 --open")(serve)


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to listen at; 0 takes a free one.")] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=64, help="Processes; each holds the model.")
    ] = 1,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = False,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Listen at an address other machines can reach.")
    ] = False,
    embed: Annotated[
        list[str] | None,
        typer.Option("--embed", metavar="ORIGIN", help="A site whose pages may show this one in a frame."),
    ] = None,
) -> None:
    """Serve the page and the REST API; nothing leaves this machine."""
    from countervail.web.serve import serve as start

    start(host, port, workers=workers, allow_remote=allow_remote, embed=tuple(embed or ()), show=open_)
