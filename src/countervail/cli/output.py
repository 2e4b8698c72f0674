"""What the commands print: one JSON document or readable tables on stdout, messages on stderr."""

import math
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


def console() -> "Console":
    """Return the console for results; piped output gets room for whole rows."""
    from rich.console import Console

    class Results(Console):
        def on_broken_pipe(self) -> None:
            """Leave it to `main`, which ends quietly."""
            raise BrokenPipeError

    plain = Results(highlight=False, soft_wrap=False)
    if not plain.is_terminal and "COLUMNS" not in plain._environ:
        plain.width = 160
    return plain


def say(message: str) -> None:
    """Print a message on stderr."""
    print(message, file=sys.stderr)


def print_json(document: Any) -> None:
    """Print one JSON document; a figure that does not exist is null."""
    from countervail.api.json_text import json_text

    sys.stdout.write(json_text(document))


def table(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "", right: Iterable[int] = ()
) -> None:
    """Print rows under column names; long cells are folded, never cut.

    Parameters
    ----------
    right
        Positions of the columns set to the right, such as numbers.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    at_right = set(right)
    for position, column in enumerate(columns):
        shown.add_column(column, overflow="fold", justify="right" if position in at_right else "left")
    for row in rows:
        shown.add_row(*[Text(cell_text(cell)) for cell in row])
    out = console()
    if title:
        out.print(Text(title, style="bold"))
    out.print(shown)


def cell_text(value: Any) -> str:
    """Return a value as it stands in a table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(cell_text(v) for v in value)
    return str(value)


def number(value: float) -> str:
    """Return a number with three significant digits, thousands grouped; `-` when there is none."""
    if value is None or not math.isfinite(value):
        return "-"
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 1e9:
        return f"{value / 1e9:.3g} bn"
    if size >= 1e6:
        return f"{value / 1e6:.3g} m"
    if size >= 100:
        return f"{float(f'{value:.3g}'):,.0f}"
    if size < 1e-3:
        return "<0.001" if value > 0 else ">-0.001"
    return f"{value:.3g}"


def facts_of(title: str, facts: dict[str, Any]) -> None:
    """Print a title and the facts below it, one a line; empty ones are left out."""
    from rich.table import Table
    from rich.text import Text

    out = console()
    out.print(Text(title, style="bold"))
    shown = Table.grid(padding=(0, 2))
    shown.add_column(no_wrap=True)
    shown.add_column(overflow="fold")
    for name, value in facts.items():
        if value not in (None, "", [], ()):
            shown.add_row(Text(f"  {name}"), Text(cell_text(value)))
    out.print(shown)
