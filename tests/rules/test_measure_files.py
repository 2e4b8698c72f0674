"""The files of measures say what they mean."""

from pathlib import Path
from typing import Any

import countervail
from countervail.files import read_yaml

PACKAGE = Path(countervail.__file__).parent


def cut_texts(data: Any) -> list[str]:
    """Return keys of several words that have no value: the rest of a text cut at an unquoted comma."""
    if isinstance(data, list):
        return [found for item in data for found in cut_texts(item)]
    if not isinstance(data, dict):
        return []
    own = [str(key) for key, value in data.items() if value is None and " " in str(key)]
    return own + [found for value in data.values() for found in cut_texts(value)]


def test_no_text_is_cut_at_a_comma():
    assert cut_texts({"a": [{"text": "one", "and two": None}]}) == ["and two"]
    found = {path.name: cut_texts(read_yaml(path)) for path in sorted(PACKAGE.rglob("*.yaml"))}
    assert len(found) > 50
    assert {name: cut for name, cut in found.items() if cut} == {}
