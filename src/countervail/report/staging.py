"""All files of a run or none: they are made in a hidden folder and moved into place at the end."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from countervail.errors import UserError

HINT = "choose a folder you may write to and that has room, with --out"


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """Give a hidden folder inside `out`; what lies in it at the end moves to `out`.

    If anything fails, or the user interrupts, `out` is as it was: older files stay, new ones are gone, and a folder
    made here is removed.
    """
    out = Path(out)
    made = _missing(out)
    stage: Path | None = None
    finished = False
    try:
        try:
            out.mkdir(parents=True, exist_ok=True)
            stage = Path(tempfile.mkdtemp(prefix=".countervail-", dir=out))
        except OSError as error:
            raise UserError(f"cannot write to {out}: {error.strerror or error}", HINT) from None
        try:
            yield stage
            for path in sorted(stage.iterdir()):
                path.replace(out / path.name)
        except UserError as error:
            message = error.message.replace(str(stage), str(out))
            raise UserError(message, error.hint) from None
        except OSError as error:
            raise UserError(f"cannot write to {out}: {error.strerror or error}", HINT) from None
        finished = True
    finally:
        if stage is not None:
            shutil.rmtree(stage, ignore_errors=True)
        if not finished:
            for folder in made:
                _remove_if_empty(folder)


def _missing(out: Path) -> list[Path]:
    """Return the folders that making `out` would make, innermost first."""
    return [p for p in (out, *out.absolute().parents) if not p.exists()]


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        pass
