"""The command line: words in, one call of the library, a table or one JSON document out."""

from countervail.cli.main import main

__all__ = ["main"]
