"""The Chinese measures as data: records, loading, and what is in force on a day.

The files in `measures/cn/` hold dates, words, shares and references; `cn_import` holds the logic. A measure
has the id it has in the evidence base. `ended` is the first day on which a measure no longer applies; a
suspension holds through its last day. A proposal applies only where a regime switches it on.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from countervail.errors import UserError, unknown
from countervail.files import parse_yaml, read_yaml
from countervail.rules.outcome import IMPORT_OUTCOMES

Reach = Literal["firms", "customs", "sites"]
Unknown = Literal["fails", "applies", "condition"]


@dataclass(frozen=True, slots=True)
class When:
    """One test of a fact: `op` is the comparison; `unknown` says what a missing fact means for the clause."""

    fact: str
    op: str  # is < <= >=
    threshold: Any
    unknown: Unknown


@dataclass(frozen=True, slots=True)
class Chips:
    """Which chips a clause covers: named parts, vendors, or a class by TPP; all foreign chips where empty.

    `class_tpp` extends a clause that names a part to parts of its class: our reading, said so in the notes.
    """

    names: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    tpp_at_least: float | None = None
    datacentre: bool = False
    class_tpp: float | None = None
    label: frozenset[str] = frozenset()  # the names or vendors as the trace shows them


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a measure. `word` None adds conditions without deciding."""

    id: str
    text: str
    word: str | None
    chips: Chips
    reach: Reach
    kinds: frozenset[str] = frozenset()
    not_kinds: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    when: tuple[When, ...] = ()
    conditions: tuple[str, ...] = ()
    otherwise: str = ""
    from_: date | None = None
    until: date | None = None
    label: frozenset[str] = frozenset()  # the names as the trace shows them
    reading: bool = False  # the sources do not name this part; the word is our reading


@dataclass(frozen=True, slots=True)
class Floor:
    """A least domestic share of what one kind of buyer buys, with its range."""

    buyer: str  # state cloud other
    floor: float
    low: float
    high: float
    basis: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """One input whose export China controls, and towards whom."""

    name: str
    treatment: str  # licence end_use_review ban
    towards: str  # ISO2 or "all"
    clause: str = ""
    end_use: str = ""
    suspended: bool = True  # follows the suspensions of its measure
    from_: date | None = None
    through: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class CnMeasure:
    """One Chinese measure with its dates, clauses, share floors and controlled inputs.

    Compared by identity, so that a set of measures is a cheap key of a cache.
    """

    id: str
    name: str
    citation: str
    role: str  # import_gate input_control
    announced: date
    effective: date
    known_since: date
    ended: date | None = None
    suspensions: tuple[tuple[date, date | None], ...] = ()
    proposal: bool = False
    supersedes: frozenset[str] = frozenset()
    clauses: tuple[Clause, ...] = ()
    floors: tuple[Floor, ...] = ()
    inputs: tuple[Input, ...] = ()
    reference: tuple[dict[str, Any], ...] = ()
    confidence: str = "medium"
    status: str = ""
    note: str = ""

    def in_force(self, on: date) -> bool:
        """Say whether the measure applies on `on`; a proposal does not."""
        return self.begun(on) and not self.suspended(on)

    def begun(self, on: date) -> bool:
        """Say whether the measure has taken effect and not ended, suspended or not."""
        return not self.proposal and self.effective <= on and (self.ended is None or on < self.ended)

    def suspended(self, on: date) -> bool:
        """Say whether `on` falls in a suspension."""
        return any(start <= on and (last is None or on <= last) for start, last in self.suspensions)

    @property
    def source(self) -> str:
        """Return where to read it: the address of the first reference, or the citation."""
        return str(self.reference[0].get("href") or self.citation) if self.reference else self.citation

    def dates(self) -> set[date]:
        """Return every day on which what this measure says may change."""
        days = {self.effective, *([self.ended] if self.ended else [])}
        days |= {c.from_ for c in self.clauses if c.from_} | {c.until for c in self.clauses if c.until}
        for start, last in self.suspensions:
            days |= {start, *([_next(last)] if last else [])}
        for item in self.inputs:
            days |= {item.from_} if item.from_ else set()
            days |= {_next(item.through)} if item.through else set()
        return days


def _next(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


@lru_cache(maxsize=4096)
def tokens(name: str) -> str:
    """Return a name as lower-case words between spaces, so that H20 is not found in H200."""
    return " " + " ".join(re.findall(r"[a-z0-9]+", name.lower())) + " "


@lru_cache(maxsize=1)
def shipped() -> tuple[CnMeasure, ...]:
    """Return the measures that come with the package, by id."""
    folder = resources.files("countervail.rules") / "measures" / "cn"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return tuple(from_data(parse_yaml(f.read_text(encoding="utf-8"), f.name), f.name) for f in files)


def measures_of(regime: Any) -> tuple[CnMeasure, ...]:
    """Return the Chinese measures of a regime (`regime.cn`), or the shipped ones where it has none."""
    own = getattr(regime, "cn", None)
    return shipped() if own is None else tuple(own)


def change_dates(measures: tuple[CnMeasure, ...]) -> list[date]:
    """Return, in order, the days on which something in force may change."""
    return sorted(set().union(*(m.dates() for m in measures if not m.proposal)) if measures else set())


@lru_cache(maxsize=4096)
def in_force(measures: tuple[CnMeasure, ...], on: date) -> tuple[tuple[CnMeasure, Clause], ...]:
    """Return the clauses of the import gate that apply on `on`, in the order of their measures' dates."""
    live = sorted((m for m in measures if m.clauses and m.in_force(on)), key=lambda m: (m.effective, m.id))
    return tuple(
        (m, c)
        for m in live
        for c in m.clauses
        if (c.from_ is None or c.from_ <= on) and (c.until is None or on < c.until)
    )


def load_file(path: Path) -> CnMeasure:
    """Return the measure in a file of the analyst's own, in the same form as the shipped ones."""
    return from_data(read_yaml(path), str(path))


def change(
    measures: tuple[CnMeasure, ...],
    id: str,
    *,
    effective: date | None = None,
    ended: date | None = None,
    enact: bool = False,
    suspensions: tuple[tuple[date, date | None], ...] | None = None,
) -> tuple[CnMeasure, ...]:
    """Return the measures with one of them dated anew, ended, or (a proposal) enacted."""
    if id not in {m.id for m in measures}:
        raise unknown("Chinese measure", id, [m.id for m in measures])
    new: dict[str, Any] = {}
    if effective is not None:
        new["effective"] = effective
    if ended is not None:
        new["ended"] = ended
    if enact:
        new["proposal"] = False
    if suspensions is not None:
        new["suspensions"] = suspensions
    return tuple(replace(m, **new) if m.id == id else m for m in measures)


def from_data(data: Any, where: str) -> CnMeasure:
    """Return a measure from the data of its file; a mistake names the file and the field."""
    if not isinstance(data, dict):
        raise UserError(f"{where}: a measure is a mapping of fields", "start from a file in measures/cn")
    known = set(_KEYS)
    extra = sorted(set(data) - known)
    if extra:
        raise UserError(
            f"{where}: unknown field '{extra[0]}' of a measure", "known: " + ", ".join(sorted(known))
        )
    for field in ("id", "name", "citation", "role", "announced", "effective", "known_since", "reference"):
        if data.get(field) in (None, "", []):
            raise UserError(f"{where}: the field '{field}' is missing", "see docs/chinese-gate.md")

    def day(field: str) -> date | None:
        return _day(data.get(field), where, field)

    return CnMeasure(
        id=str(data["id"]),
        name=str(data["name"]),
        citation=str(data["citation"]),
        role=str(data["role"]),
        announced=_required(day("announced")),
        effective=_required(day("effective")),
        known_since=_required(day("known_since")),
        ended=day("ended"),
        suspensions=tuple(
            (
                _required(_day(s.get("from"), where, "suspensions.from")),
                _day(s.get("through"), where, "through"),
            )
            for s in data.get("suspensions", [])
        ),
        proposal=bool(data.get("proposal", False)),
        supersedes=frozenset(data.get("supersedes", [])),
        clauses=tuple(_clause(c, where) for c in data.get("clauses", [])),
        floors=tuple(Floor(**f) for f in data.get("mandate", [])),
        inputs=tuple(_input(i, where) for i in data.get("inputs", [])),
        reference=tuple(data["reference"]),
        confidence=str(data.get("confidence", "medium")),
        status=str(data.get("status", "")),
        note=str(data.get("note", "")).strip(),
    )


_KEYS = (
    "id actor name citation role announced effective ended date_precision known_since suspensions proposal "
    "status supersedes clauses mandate inputs units_cleared reference confidence note"
).split()


def _clause(data: dict[str, Any], where: str) -> Clause:
    word = data.get("word")
    if word is not None and word not in IMPORT_OUTCOMES:
        raise UserError(
            f"{where}: clause '{data.get('id')}': '{word}' is no import word", ", ".join(IMPORT_OUTCOMES)
        )
    chips, buyers = data.get("chips", {}), data.get("buyers", {})
    return Clause(
        id=str(data["id"]),
        text=str(data.get("text", "")),
        word=word,
        chips=Chips(
            names=tuple(tokens(n) for n in chips.get("names", [])),
            vendors=tuple(v.lower() for v in chips.get("vendors", [])),
            tpp_at_least=chips.get("tpp_at_least"),
            datacentre=bool(chips.get("datacentre", False)),
            class_tpp=chips.get("or_class", {}).get("tpp_at_least"),
            label=frozenset(n.lower() for n in chips.get("names", chips.get("vendors", []))),
        ),
        reach=data.get("reach", "firms"),
        kinds=frozenset(buyers.get("kinds", [])),
        not_kinds=frozenset(buyers.get("not_kinds", [])),
        names=tuple(tokens(n) for n in buyers.get("names", [])),
        label=frozenset(n.lower() for n in buyers.get("names", [])),
        when=tuple(_when(w, where) for w in data.get("when", [])),
        conditions=tuple(data.get("conditions", [])),
        otherwise=str(data.get("otherwise", "")),
        from_=_day(data.get("from"), where, "from"),
        until=_day(data.get("until"), where, "until"),
        reading=bool(data.get("reading", False)),
    )


def _when(data: dict[str, Any], where: str) -> When:
    for key, op in {"is": "is", "below": "<", "at_most": "<=", "at_least": ">="}.items():
        if key in data:
            return When(data["fact"], op, data[key], data.get("unknown", "fails"))
    raise UserError(f"{where}: the test of '{data.get('fact')}' has no is, below, at_most or at_least")


def _input(data: dict[str, Any], where: str) -> Input:
    values = {k: v for k, v in data.items() if k in Input.__slots__}
    values["from_"] = _day(data.get("from"), where, "from")
    values["through"] = _day(data.get("through"), where, "through")
    return Input(**values)


def _day(value: Any, where: str, field: str) -> date | None:
    if value is None or isinstance(value, date):
        return value
    raise UserError(f"{where}: '{field}' is not a date: {value}", "write it as 2025-04-09")


def _required(value: date | None) -> date:
    assert value is not None  # checked by the caller
    return value
