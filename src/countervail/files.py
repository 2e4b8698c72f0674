"""Reading and writing files: safe YAML, atomic writes, errors in the analyst's words."""

import os
import re
import tempfile
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from countervail.errors import UserError

if TYPE_CHECKING:
    import ast

MAX_BYTES = 16 * 1024 * 1024
MAX_NODES = 400_000
_PARSING = threading.Lock()
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_text(path: Path) -> str:
    """Return the text of a file, or a clear error when it is no readable text file."""
    if path.is_dir():
        raise UserError(f"{path} is a folder, a file is expected")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(
                f"{path} is larger than {MAX_BYTES // 1024 // 1024} MB",
                "split it or remove what is not needed",
            )
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(f"{path} does not exist", "check the path") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8 text") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}") from None


def parse_yaml(text: str, where: str) -> Any:
    """Return the data of a YAML text; aliases count as often as they are used, so a bomb is refused."""
    try:
        data = yaml.load(text, Loader=_LOADER)  # noqa: S506 - CSafeLoader is a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise UserError(
            f"{where}{line}: not valid YAML: {problem}", "check indentation and quotes there"
        ) from None
    except (RecursionError, ValueError) as error:
        line, words = _impossible_date(text)
        if line:
            raise UserError(
                f"{where}, line {line}: '{words}' holds an impossible date", "write 2025-04-09"
            ) from None
        raise UserError(f"{where}: not valid YAML: {error}") from None
    _count(data, where)
    return data


def _impossible_date(text: str) -> tuple[int, str]:
    """Return the line and text of the first date that no calendar has, or (0, "")."""
    for number, line in enumerate(text.splitlines(), start=1):
        for year, month, day in re.findall(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", line):
            try:
                date(int(year), int(month), int(day))
            except ValueError:
                return number, line.strip()
    return 0, ""


def read_yaml(path: Path) -> Any:
    """Return the data of a YAML file, refusing bombs and giving the line of a mistake."""
    return parse_yaml(read_text(path), str(path))


def _count(data: Any, where: str) -> None:
    """Refuse data whose expansion is absurdly large (a YAML bomb) or that holds itself."""
    sizes: dict[int, int] = {}
    open_ids: set[int] = set()

    def size(node: Any) -> int:
        if not isinstance(node, (dict, list)):
            return 1
        if id(node) in open_ids:
            raise UserError(f"{where}: an anchor contains itself", "remove the alias")
        if id(node) not in sizes:
            open_ids.add(id(node))
            children = node.values() if isinstance(node, dict) else node
            sizes[id(node)] = min(1 + sum(size(c) for c in children), MAX_NODES + 1)
            open_ids.discard(id(node))
        return sizes[id(node)]

    try:
        total = size(data)
    except RecursionError:
        raise UserError(f"{where}: nested too deeply") from None
    if total > MAX_NODES:
        raise UserError(
            f"{where}: expands to more than {MAX_NODES} values", "remove the aliases that multiply it"
        )


def parse_python(text: str) -> "ast.Module":
    """Return the syntax tree of Python code.

    Python 3.11 keeps one depth of nesting for all threads while it makes a tree, so that two at once can fail.
    """
    import ast

    with _PARSING:
        return ast.parse(text)


def write_atomic(path: Path, write: Callable[[Path], object]) -> None:
    """Call `write` on a temporary file beside `path`, then move it into place; nothing half-written stays.

    The temporary file keeps the suffix of `path`, since some writers choose the format by it.
    """
    path = Path(path)
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        write(temporary)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
    except OSError as error:
        raise UserError(
            f"cannot write {path}: {error.strerror or error}", "choose a folder you may write to, with --out"
        ) from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically."""
    write_atomic(path, lambda p: p.write_text(text, encoding="utf-8", newline="\n"))
