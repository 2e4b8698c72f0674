"""The report: one HTML file that needs nothing else."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from countervail.files import write_text

if TYPE_CHECKING:
    from countervail.ensemble import Result


@dataclass
class Page:
    """A finished page and the sentences of its summary."""

    text: str
    sentences: list[str] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write the page."""
        write_text(path, self.text)


def page(results: "list[Result]") -> Page:
    """Return the report of a run."""
    return Page(f"<!doctype html><title>countervail: {results[0].scenario.title}</title>")
