"""Scenario files: what they may say, and how one builds on another."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from countervail.errors import UserError, unknown
from countervail.files import parse_yaml, read_yaml
from countervail.periods import parse_date, quarter_index, quarter_name
from countervail.scenario.levers import QUARTERS, Setting, Step, Value, check_quarter, lever, steps_of

KEYS = (
    "id title summary base as_of expiries reactions fragmented measures levers assumptions regime sources"
    " note"
).split()
MEASURE_KEYS = "use end from to on probability id name actor text levers rule sources note".split()
FUTURE = quarter_index("2027Q1")  # scenarios may part from history here
MAX_UNCERTAIN = 3  # measures with a probability: at most 8 variants


@dataclass(frozen=True)
class Change:
    """One entry of `measures`: a measure switched on, ended, or written here.

    `id` is a measure id; for an end it may hold `*`. `start` and `stop` are first and last quarter.
    """

    kind: str  # use | end | own
    id: str
    start: int | None = None
    stop: int | None = None
    probability: float = 1.0
    name: str = ""
    actor: str = ""
    levers: tuple[tuple[str, tuple[Step, ...]], ...] = ()
    rule: Any = None
    sources: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True)
class Scenario:
    """A scenario with everything it inherits. `layers` are its files, the base first."""

    id: str
    title: str
    summary: str = ""
    as_of: str | None = None
    renewed: bool = False  # temporary suspensions are taken as renewed
    reactions: int | None = None  # first quarter in which governments answer events; None: they do not
    fragmented: bool = True
    changes: tuple[Change, ...] = ()
    levers: tuple[tuple[str, tuple[Step, ...]], ...] = ()
    assumptions: dict[str, Any] = field(default_factory=dict)
    regime: tuple[tuple[str, Any], ...] = ()
    sources: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()

    @property
    def uncertain(self) -> tuple[Change, ...]:
        """Return the changes that hold with a probability below one."""
        return tuple(c for c in self.changes if 0 < c.probability < 1)


@dataclass(frozen=True)
class Listed:
    """What a list of scenarios shows."""

    id: str
    title: str
    summary: str
    base: str | None


def _folder() -> Any:
    return resources.files("countervail.scenario") / "data" / "scenarios"


@cache
def _shipped_texts() -> dict[str, str]:
    files = sorted((f for f in _folder().iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return {f.name.removesuffix(".yaml"): f.read_text(encoding="utf-8") for f in files}


def list_scenarios() -> list[Listed]:
    """Return the shipped scenarios: the two baselines first, then by name."""
    first = ("status-quo", "current-law")
    names = [*first, *(n for n in _shipped_texts() if n not in first)]
    rows = [(n, parse_yaml(_shipped_texts()[n], f"{n}.yaml")) for n in names]
    return [Listed(n, d["title"], str(d.get("summary", "")).strip(), d.get("base")) for n, d in rows]


def load_scenario(scenario: str | Path) -> Scenario:
    """Return a shipped scenario by id, or the one in a file of the user's own."""
    return _load(str(scenario), (), None) if _is_path(str(scenario)) else _shipped(str(scenario))


@cache
def _shipped(name: str) -> Scenario:
    return _load(name, (), None)


def read_scenario(text: str, where: str = "scenario") -> Scenario:
    """Return the scenario written in a text from anywhere; its base may be a shipped one, no file of this machine."""
    data = parse_yaml(text, where)
    base = data.get("base") if isinstance(data, dict) else None
    if base is not None and str(base) not in _shipped_texts():
        error = unknown("scenario", str(base), _shipped_texts())
        raise UserError(f"{where}: base: {error.message}", error.hint)
    return _read(data, where, (), None)


def as_yaml(base: str, settings: Sequence[Setting], as_of: date | None = None) -> str:
    """Return a scenario file that says the same as a shipped scenario with settings laid over it.

    A fixed parameter becomes an assumption. Settings whose spans overlap are cut at their edges, later ones on top.
    """
    levers: dict[str, dict[str, Value]] = {}
    for id in dict.fromkeys(s.id for s in settings if not s.is_parameter):
        steps = [s.step for s in settings if s.id == id]
        edges = sorted({q for s in steps for q in (s.start, s.end + 1) if q < QUARTERS})
        points: dict[str, Value] = {}
        for q in edges:
            over = [s.value for s in steps if s.start <= q <= s.end]
            points[quarter_name(q)] = over[-1] if over else _underneath(base, id, q)
        levers[id] = points
    data: dict[str, Any] = {
        "id": f"{base}-changed",
        "title": f"{load_scenario(base).title}, changed",
        "base": base,
    }
    if as_of is not None:
        data["as_of"] = as_of.isoformat()
    if levers:
        data["levers"] = levers
    believed = {s.id: s.belief for s in settings if s.is_parameter}
    if believed:
        data["assumptions"] = believed
    import yaml

    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)


def _underneath(base: str, id: str, quarter: int) -> Value:
    """Return what the scenario itself sets for a lever in a quarter, or its default."""
    steps = [s for own, steps in load_scenario(base).levers if own == id for s in steps]
    over = [s.value for s in steps if s.start <= quarter <= s.end]
    return over[-1] if over else lever(id).default


def _is_path(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name


def _load(name: str, above: tuple[str, ...], folder: Path | None) -> Scenario:
    if _is_path(name):
        path = Path(name) if folder is None or Path(name).is_absolute() else folder / name
        key, text_name = str(path.resolve()), str(path)
    else:
        path, key, text_name = None, name, f"{name}.yaml"
    if key in above:
        raise UserError(
            f"scenario '{above[0]}' inherits from itself: {' -> '.join([*above, key])}", "remove one `base:`"
        )
    if path is not None:
        data, here = read_yaml(path), path.parent
    else:
        texts = _shipped_texts()
        if name not in texts:
            error = unknown("scenario", name, texts)
            raise error if not above else UserError(f"{above[-1]}: base: {error.message}", error.hint)
        data, here = parse_yaml(texts[name], text_name), None
    return _read(data, text_name, (*above, key), here)


def _read(data: Any, where: str, above: tuple[str, ...], folder: Path | None) -> Scenario:
    if not isinstance(data, dict):
        raise UserError(f"{where}: a scenario is a mapping", "start with id:, title:, base: status-quo")
    for key in data:
        if key not in KEYS:
            error = unknown("field", str(key), KEYS)
            raise UserError(f"{where}: {error.message}", error.hint)
    for key in ("id", "title"):
        if not isinstance(data.get(key), str):
            raise UserError(f"{where}: the field '{key}' is missing or not a text", f"write {key}: ...")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", data["id"]):
        raise UserError(f"{where}: id '{data['id']}' is not a plain name", "use a-z, 0-9 and -")
    base = Scenario(data["id"], data["title"])
    if data.get("base") is not None:
        base = _load(str(data["base"]), above, folder)
    return replace(
        base,
        id=data["id"],
        title=data["title"],
        summary=str(data.get("summary", base.summary)).strip(),
        as_of=_as_of(data, where) or base.as_of,
        renewed=_choice(data, where, "expiries", {"renewed": True, "as_written": False}, base.renewed),
        reactions=_reactions(data, where, base.reactions),
        fragmented=_flag(data, where, "fragmented", base.fragmented),
        changes=base.changes + tuple(_change(c, where) for c in _listed(data, where, "measures")),
        levers=base.levers + _lever_paths(data.get("levers"), where),
        assumptions={**base.assumptions, **_mapping(data, where, "assumptions")},
        regime=base.regime + tuple(_mapping(data, where, "regime").items()),
        sources=tuple(str(s) for s in _listed(data, where, "sources")) or base.sources,
        layers=base.layers + (where,),
    )


def _as_of(data: dict[str, Any], where: str) -> str | None:
    if data.get("as_of") is None:
        return None
    try:
        return parse_date(str(data["as_of"])).isoformat()
    except UserError as error:
        raise UserError(f"{where}: as_of: {error.message}", error.hint) from None


def _flag(data: dict[str, Any], where: str, key: str, default: bool) -> bool:
    value = data.get(key, default)
    if not isinstance(value, bool):
        raise UserError(f"{where}: {key} is '{value}'", "write true or false")
    return value


def _reactions(data: dict[str, Any], where: str, default: int | None) -> int | None:
    """Return from when governments answer; true means after history, whose answers are in the measures."""
    value = data.get("reactions", default)
    if value is default:
        return default
    if isinstance(value, bool):
        return FUTURE if value else None
    return check_quarter(value, f"{where}: reactions")


def _choice(data: dict[str, Any], where: str, key: str, words: dict[str, bool], default: bool) -> bool:
    if key not in data:
        return default
    if data[key] not in words:
        raise UserError(f"{where}: {key} is '{data[key]}'", f"write {' or '.join(words)}")
    return words[data[key]]


def _mapping(data: dict[str, Any], where: str, key: str) -> dict[str, Any]:
    value = data.get(key) or {}
    if not isinstance(value, dict):
        raise UserError(f"{where}: {key} is not a mapping", f"write {key}: {{name: value}}")
    return {str(k): v for k, v in value.items()}


def _listed(data: dict[str, Any], where: str, key: str) -> list[Any]:
    value = data.get(key) or []
    if not isinstance(value, list):
        raise UserError(f"{where}: {key} is not a list", f"write each entry of {key} after a dash")
    return value


def _lever_paths(data: Any, where: str) -> tuple[tuple[str, tuple[Step, ...]], ...]:
    if data is None:
        return ()
    if not isinstance(data, dict):
        raise UserError(f"{where}: levers is not a mapping", "write levers: {us_export_fee: 0.25}")
    return tuple((str(id), steps_of(str(id), value, where)) for id, value in data.items())


def _change(data: Any, where: str) -> Change:
    if not isinstance(data, dict):
        raise UserError(
            f"{where}: an entry of measures is not a mapping", "write - use: us-2026-01-h200-rule"
        )
    data = {"on" if key is True else key: value for key, value in data.items()}  # YAML 1.1 reads on: as true
    for key in data:
        if key not in MEASURE_KEYS:
            error = unknown("field of a measure", str(key), MEASURE_KEYS)
            raise UserError(f"{where}: {error.message}", error.hint)
    kinds = [k for k in ("use", "end", "id") if k in data]
    if len(kinds) != 1:
        raise UserError(
            f"{where}: an entry of measures has one of use, end, id, not {len(kinds)}",
            "see docs/scenarios.md",
        )
    name = str(data[kinds[0]])
    probability = data.get("probability", 1.0)
    if (
        isinstance(probability, bool)
        or not isinstance(probability, (int, float))
        or not 0 <= probability <= 1
    ):
        raise UserError(f"{where}: measure '{name}': probability {probability} is not from 0 to 1")
    start, stop = data.get("on" if kinds[0] == "end" else "from"), data.get("to")
    first = None if start is None else check_quarter(start, f"{where}: measure '{name}'")
    last = None if stop is None else check_quarter(stop, f"{where}: measure '{name}'")
    if first is not None and last is not None and last < first:
        raise UserError(
            f"{where}: measure '{name}': {start} is after {stop}", "write the earlier quarter first"
        )
    return Change(
        kind={"use": "use", "end": "end", "id": "own"}[kinds[0]],
        id=name,
        start=first,
        stop=last,
        probability=float(probability),
        name=str(data.get("name", "")),
        actor=str(data.get("actor", "")),
        levers=_lever_paths(data.get("levers"), f"{where}: measure '{name}'"),
        rule=data.get("rule"),
        sources=tuple(str(s) for s in data.get("sources") or []),
        where=where,
    )
