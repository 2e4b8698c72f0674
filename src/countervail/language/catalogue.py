"""Texts by kind, id and field. A text that a language lacks is given in English, so a user's own rows work too."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from countervail.errors import unknown
from countervail.files import read_yaml
from countervail.language import english

DATA = Path(__file__).parent / "data"
DEFAULT = "en"
LANGUAGES = {"en": "English", "zh-Hans": "简体中文"}
Texts = Mapping[str, Mapping[str, str]]
# What a kind's own name is called in its table; `label` asks for it, and a bare text in a file of ours is it.
MAIN = {
    "measure": "name", "alliance": "name", "standard": "name", "scenario": "title", "mechanism": "title",
    "section": "title", "chart": "title", "event": "text", "claim": "text",
}  # fmt: skip
# Other names that faces have for a field of ours.
ALSO = {("mechanism", "description"): "first", ("scenario", "description"): "summary"}


def check_language(lang: str) -> str:
    """Return the language, or raise the error that names the known ones."""
    if lang not in LANGUAGES:
        raise unknown("language", lang, LANGUAGES)
    return lang


def text(kind: str, id: str, field: str = "label", lang: str = DEFAULT, default: str | None = None) -> str:
    """Return one text.

    Parameters
    ----------
    kind
        What it is about: `lever`, `scenario`, `outcome`, `mechanism`, `parameter`, `measure`, `unit`, ...
    id
        The id in its table; of a unit or a word the English word itself.
    field
        `label`, `title`, `description`, ... as the table calls it.
    default
        The English, where the caller has it at hand: given when the language has no text of its own.
    """
    check_language(lang)
    if (found := _find(kind, id, field, lang)) is not None:
        return found
    if default is not None:
        return default
    found = _find(kind, id, field, DEFAULT)
    return id if found is None else found


def localised(kind: str, row: Mapping[str, Any], lang: str, key: str = "id") -> dict[str, Any]:
    """Return a row of a table with its texts in a language; what has no translation stays as it is.

    Units, sides, groups, bases and other words are kinds of their own; ask `text` for them.
    """
    out = dict(row)
    if lang == DEFAULT:
        return out
    for field, value in row.items():
        if isinstance(value, str) and field != key:
            found = _find(kind, str(row[key]), field, check_language(lang))
            out[field] = value if found is None else found
    return out


@cache
def catalogue(lang: str) -> dict[str, dict[str, Mapping[str, str]]]:
    """Return all texts that stand under a language's own folder: kind -> id -> field -> text."""
    check_language(lang)
    return {kind: dict(_own(kind, lang)) for kind in _files(lang)}


@cache
def glossary() -> list[dict[str, Any]]:
    """Return the terms in both languages: id, en, zh, note, sources, from_memory."""
    return read_yaml(DATA / "glossary.yaml")["terms"]


def _find(kind: str, id: str, field: str, lang: str) -> str | None:
    table = _table(kind, lang)
    row = table.get(id)
    if row is None and kind == "outcome":
        return _filled(id, field, lang, table)
    if row is None:
        return None
    field = ALSO.get((kind, field), MAIN.get(kind, field) if field == "label" else field)
    return row.get(field)


def _filled(id: str, field: str, lang: str, table: Texts) -> str | None:
    """Return the text of an outcome whose name has a vendor, stack or dimension in it."""
    for name, row in table.items():
        for hole in re.findall("<([a-z]+)>", name):
            pattern = re.escape(name).replace(re.escape(f"<{hole}>"), "(.+)")
            if (match := re.fullmatch(pattern, id)) and field in row:
                return row[field].replace(f"<{hole}>", text(hole, match[1], lang=lang))
    return None


def _table(kind: str, lang: str) -> Texts:
    own = _own(kind, lang)
    if lang != DEFAULT:
        return own
    return own or english.table(kind)


@cache
def _own(kind: str, lang: str) -> Texts:
    """Return the texts of a kind from the language's folder; a bare text is a label."""
    path = _files(lang).get(kind)
    if path is None:
        return {}
    rows = _read(path)[kind]
    main = MAIN.get(kind, "label")
    return {str(id): {main: row} if isinstance(row, str) else row for id, row in rows.items()}


@cache
def _files(lang: str) -> dict[str, Path]:
    """Return which file holds which kind. The kinds are the keys at the left margin, found without parsing."""
    found = {}
    for path in sorted((DATA / lang).glob("*.yaml")):
        for kind in re.findall(r"^([a-z_]+):", path.read_text(encoding="utf-8"), re.M):
            found[kind] = path
    return found


@cache
def _read(path: Path) -> dict[str, Any]:
    return read_yaml(path)
