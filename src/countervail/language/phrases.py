"""Sentences that the rules and the claims make, told in another language by the English they are made of.

`data/phrases.<lang>.yaml` holds pairs of English and translation; `{name}` stands for what is filled in, which is
looked up again. What has no pair stays as it is.
"""

import re
from collections.abc import Collection
from functools import cache, lru_cache
from typing import Any

from countervail.files import read_yaml
from countervail.language import english as tables
from countervail.language.catalogue import DATA, DEFAULT, MAIN, catalogue, check_language

# What a hole of some names may hold; any other takes what is there.
SHAPES = {name: r"\d{4}-\d\d-\d\d" for name in ("day", "later", "then")} | {"id": "[a-z0-9-]+"}
# Keys of documents (rules check, claims) under which such sentences stand.
KEYS = frozenset(
    "test text reason notes clause note of base meaning label title name without method members what cite".split()
)
VALUES = KEYS | {"from", "to"}  # and where these are words of a scenario, as in `why`


def phrase(english: str, lang: str) -> str:
    """Return a sentence in a language."""
    return english if check_language(lang) == DEFAULT else _said(english, lang)


def phrased(document: Any, lang: str, keys: Collection[str] = KEYS) -> Any:
    """Return a document of JSON with the sentences under `keys` in a language."""
    if lang == DEFAULT:
        return document
    if isinstance(document, dict):
        return {k: _told(v, lang, keys) if k in keys else phrased(v, lang, keys) for k, v in document.items()}
    if isinstance(document, (list, tuple)):
        return [phrased(x, lang, keys) for x in document]
    return document


def _told(value: Any, lang: str, keys: Collection[str]) -> Any:
    if isinstance(value, str):
        return phrase(value, lang)
    if isinstance(value, (list, tuple)) and all(isinstance(x, str) for x in value):
        return [phrase(x, lang) for x in value]
    return phrased(value, lang, keys)


@lru_cache(maxsize=4096)
def _said(english: str, lang: str) -> str:
    exact, patterns = _pairs(lang)
    if english in exact:
        return exact[english]
    for pattern, template in patterns:
        if match := pattern.fullmatch(english):
            return template.format(**{k: _said(v, lang) for k, v in match.groupdict().items()})
    return english


@cache
def _pairs(lang: str) -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """Return plain pairs, and patterns in the order of the file: the more special ones stand first."""
    exact, patterns = _names(lang), []
    for english, said in read_yaml(DATA / f"phrases.{lang}.yaml")["phrases"]:
        if "{" not in english:
            exact[english] = said
            continue
        parts = re.split(r"\{(\w+)\}", english)
        written = "".join(
            f"(?P<{p}>{SHAPES.get(p, '.+?')})" if i % 2 else re.escape(p) for i, p in enumerate(parts)
        )
        patterns.append((re.compile(written, re.S), said))
    return exact, patterns


def _names(lang: str) -> dict[str, str]:
    """Return English names of measures, moves and alliances, and the words of outcomes, with their translations."""
    said = catalogue(lang)
    found = {word: row["label"] for word, row in said["outcome_word"].items()}
    for kind in ("measure", "event", "alliance", "lever", "parameter", "mechanism", "scenario"):
        main = MAIN.get(kind, "label")
        for id, row in tables.table(kind).items():
            if id in said[kind]:
                found[row[main]] = said[kind][id][main]
    return found
