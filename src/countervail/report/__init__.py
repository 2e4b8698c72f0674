"""What to show: tables, data files and the report of a run, each with what it rests on."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countervail.report.rests_on import sources
    from countervail.report.writer import write

__all__ = ["sources", "write"]

_HOME = {"sources": "rests_on", "write": "writer"}


def __getattr__(name: str) -> Any:
    """Import on first use, so that the command line starts quickly."""
    if name not in _HOME:
        raise AttributeError(f"module 'countervail.report' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(f"countervail.report.{_HOME[name]}"), name)
