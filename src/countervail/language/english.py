"""Where the English stands: the tables of the other packages, read as files, so that there is one copy of it."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from countervail.files import read_yaml

ROOT = Path(__file__).parent.parent
EVIDENCE = ROOT / "evidence" / "data"
Rows = dict[str, dict[str, str]]


@cache
def table(kind: str) -> Mapping[str, Mapping[str, str]]:
    """Return id -> field -> text of a kind; empty for one whose English is its id."""
    return _READERS[kind]() if kind in _READERS else {}


def kinds() -> list[str]:
    """Return the kinds that have a table of their own in English."""
    return list(_READERS)


def _levers() -> Rows:
    rows = read_yaml(ROOT / "scenario" / "data" / "levers.yaml")["levers"]
    return {id: _fields(row, "label", "description", "current") for id, row in rows.items()}


def _scenario_files() -> list[dict[str, Any]]:
    return [read_yaml(p) for p in sorted((ROOT / "scenario" / "data" / "scenarios").glob("*.yaml"))]


def _scenarios() -> Rows:
    return {row["id"]: _fields(row, "title", "summary") for row in _scenario_files()}


def _outcomes() -> Rows:
    rows = read_yaml(ROOT / "ensemble" / "data" / "outcomes.yaml")["outcomes"]
    return {row["variable"]: _fields(row, "label", "description") for row in rows}


def _prior_files() -> list[dict[str, Any]]:
    return [read_yaml(p) for p in sorted((EVIDENCE / "priors").glob("*.yaml"))]


def _mechanisms() -> Rows:
    return {row["mechanism"]: _fields(row, "title") for row in _prior_files()}


def _parameters() -> Rows:
    found = {}
    for file in _prior_files():
        for name, row in file["parameters"].items():
            found[f"{file['mechanism']}.{name}"] = _fields(row, "label", "note")
        for name, row in (file.get("background") or {}).items():
            found[f"{file['mechanism']}.background.{name}"] = _fields(row, "label", "note")
    return found


def _measures() -> Rows:
    found = {}
    for side in ("us", "cn"):
        data = read_yaml(EVIDENCE / "measures" / f"{side}.yaml")
        found |= {row["id"]: _fields(row, "name", "summary", "status") for row in _rows(data)}
    for scenario in _scenario_files():
        for row in scenario.get("measures", []):
            if "name" in row:
                found[row["id"]] = _fields(row, "name")
    return found


def _alliances() -> Rows:
    fields = ("name", "kind", "started", "aim", "openness", "effect_type", "notes")
    return {row["id"]: _fields(row, *fields) for row in _rows(read_yaml(EVIDENCE / "alliances.yaml"))}


def _standards() -> Rows:
    """Return what is said of software stacks and fabrics; most of their names and owners are the same everywhere."""
    fields = ("layer", "openness", "compat", "notes")
    return {row["id"]: _fields(row, *fields) for row in _rows(read_yaml(EVIDENCE / "standards.yaml"))}


def _events() -> Rows:
    return {row["id"]: _fields(row, "text") for row in _rows(read_yaml(EVIDENCE / "timeline.yaml"))}


def _claims() -> Rows:
    files = sorted((ROOT / "claims" / "data").glob("*.yaml"))
    return {row["id"]: _fields(row, "text", "note") for path in files for row in read_yaml(path)["claims"]}


def _rows(data: Any) -> list[dict[str, Any]]:
    """Return the rows of a file that is a list, or holds one under some key."""
    if isinstance(data, list):
        return data
    return [row for part in data.values() if isinstance(part, list) for row in part]


def _fields(row: Mapping[str, Any], *names: str) -> dict[str, str]:
    return {name: " ".join(str(row[name]).split()) for name in names if row.get(name)}


_READERS: dict[str, Callable[[], Rows]] = {
    "lever": _levers,
    "scenario": _scenarios,
    "outcome": _outcomes,
    "mechanism": _mechanisms,
    "parameter": _parameters,
    "measure": _measures,
    "alliance": _alliances,
    "standard": _standards,
    "event": _events,
    "claim": _claims,
}
