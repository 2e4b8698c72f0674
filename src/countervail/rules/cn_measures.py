"""The Chinese measures: what their files say beyond dates, and what applies on a day.

The files in `measures/cn/` hold dates, words, shares and references; the regime dates them and carries a
scenario's changes; this module reads their clauses, share floors and controlled inputs, with the numbers that
stand on the day. A measure has the id it has in the evidence base. A proposal applies only where a regime
switches it on.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Literal
from weakref import WeakKeyDictionary

from countervail.errors import UserError
from countervail.rules.outcome import IMPORT_OUTCOMES
from countervail.rules.regime import Measure, Regime

Reach = Literal["firms", "customs", "sites"]
Unknown = Literal["fails", "applies", "condition"]
Number = float | str  # a number, or the name of a parameter of the measure


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
    tpp_at_least: Number | None = None
    datacentre: bool = False
    class_tpp: Number | None = None
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
    through: date | None = None
    label: frozenset[str] = frozenset()  # the names as the trace shows them
    reading: bool = False  # the sources do not name this part; the word is our reading

    def runs(self, day: date) -> bool:
        """Say whether the clause, dated by itself, applies on a day on which its measure does."""
        return (self.from_ is None or self.from_ <= day) and (self.through is None or day <= self.through)


@dataclass(frozen=True, slots=True)
class Floor:
    """A least domestic share of what one kind of buyer buys, with its range."""

    buyer: str  # state cloud other
    floor: Number
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


@dataclass(frozen=True, slots=True)
class Content:
    """What the file of one measure says beyond its dates."""

    id: str
    effective: date  # the day that orders acts: when the measure took effect
    supersedes: frozenset[str]
    clauses: tuple[Clause, ...]
    floors: tuple[Floor, ...]
    inputs: tuple[Input, ...]
    source: str
    confidence: str


@lru_cache(maxsize=4096)
def tokens(name: str) -> str:
    """Return a name as lower-case words between spaces, so that H20 is not found in H200."""
    return " " + " ".join(re.findall(r"[a-z0-9]+", name.lower())) + " "


def regime_of(regime: Regime | None) -> Regime:
    """Return the regime, or the shipped one for None."""
    return Regime.load() if regime is None else regime


def chinese(regime: Regime) -> list[Measure]:
    """Return the Chinese measures of a regime."""
    return [m for m in regime.measures.values() if m.actor == "CN"]


def change_dates(regime: Regime) -> list[date]:
    """Return, in order, the days on which something Chinese in force may change."""
    return sorted({day for m in chinese(regime) for day in m.boundaries()})


_CLAUSES: WeakKeyDictionary[Regime, dict[int, tuple[tuple[Content, Clause], ...]]] = WeakKeyDictionary()


def in_force(regime: Regime, day: date) -> tuple[tuple[Content, Clause], ...]:
    """Return the clauses that apply on a day, with its numbers, in the order of their measures' dates."""
    kept = _CLAUSES.get(regime)
    if kept is None:
        kept = _CLAUSES[regime] = {}
    stretch = regime.stretch(day)
    found = kept.get(stretch)
    if found is None:
        live = [(content(m), m) for m in chinese(regime) if m.in_force(day, "enforced")]
        live.sort(key=lambda x: (x[0].effective, x[0].id))
        found = tuple((c, _numbered(k, m, day)) for c, m in live for k in c.clauses if k.runs(day))
        kept[stretch] = found
    return found


def number(value: Any, measure: Measure, day: date) -> Any:
    """Return a number, looking up the name of a parameter of the measure as it stands on a day."""
    if not isinstance(value, str):
        return value
    if value not in measure.parameters:
        raise UserError(f"{measure.id}: no parameter '{value}'", "add it under parameters")
    dated = [v for start, v in measure.parameters[value] if start <= day]
    return dated[-1] if dated else measure.parameters[value][0][1]


def _numbered(clause: Clause, measure: Measure, day: date) -> Clause:
    chips = replace(
        clause.chips,
        tpp_at_least=number(clause.chips.tpp_at_least, measure, day),
        class_tpp=number(clause.chips.class_tpp, measure, day),
    )
    when = tuple(
        w if w.op == "is" else replace(w, threshold=number(w.threshold, measure, day)) for w in clause.when
    )
    return replace(clause, chips=chips, when=when)


_CONTENT: dict[int, tuple[Any, Content]] = {}  # by identity of the raw data, which is kept alive here


def content(measure: Measure) -> Content:
    """Return what the file of a measure says; a mistake names the measure and the field."""
    kept = _CONTENT.get(id(measure.data))
    if kept is None:
        kept = _CONTENT[id(measure.data)] = (measure.data, _read(measure.data, measure.id))
    found = kept[1]
    return replace(found, effective=measure.effective or measure.announced)


def _read(data: dict[str, Any], where: str) -> Content:
    reference = data.get("reference") or [{}]
    return Content(
        id=where,
        effective=date.min,
        supersedes=frozenset(data.get("supersedes", [])),
        clauses=tuple(_clause(c, where) for c in data.get("clauses", [])),
        floors=tuple(Floor(**f) for f in data.get("mandate", [])),
        inputs=tuple(_input(i, where) for i in data.get("inputs", [])),
        source=str(reference[0].get("href") or data.get("citation", "")),
        confidence=str(data.get("confidence", "medium")),
    )


_CLAUSE_KEYS = set("id text word chips reach buyers when conditions otherwise from through reading".split())


def _clause(data: Any, where: str) -> Clause:
    if not isinstance(data, dict) or "id" not in data:
        raise UserError(f"{where}: each clause is a mapping with an id", "see docs/chinese-gate.md")
    extra = sorted(set(data) - _CLAUSE_KEYS)
    if extra:
        raise UserError(
            f"{where}: unknown field '{extra[0]}' in clause '{data['id']}'", ", ".join(sorted(_CLAUSE_KEYS))
        )
    word = data.get("word")
    if word is not None and word not in IMPORT_OUTCOMES:
        raise UserError(
            f"{where}: clause '{data['id']}': '{word}' is no import word", ", ".join(IMPORT_OUTCOMES)
        )
    reach = data.get("reach", "firms")
    if reach not in ("firms", "customs", "sites"):
        raise UserError(f"{where}: clause '{data['id']}': unknown reach '{reach}'", "firms, customs or sites")
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
            class_tpp=chips.get("or_class"),
            label=frozenset(n.lower() for n in chips.get("names", chips.get("vendors", []))),
        ),
        reach=reach,
        kinds=frozenset(buyers.get("kinds", [])),
        not_kinds=frozenset(buyers.get("not_kinds", [])),
        names=tuple(tokens(n) for n in buyers.get("names", [])),
        label=frozenset(n.lower() for n in buyers.get("names", [])),
        when=tuple(_when(w, where) for w in data.get("when", [])),
        conditions=tuple(data.get("conditions", [])),
        otherwise=str(data.get("otherwise", "")),
        from_=_day(data.get("from"), where, "from"),
        through=_day(data.get("through"), where, "through"),
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


def floors_on(regime: Regime, day: date) -> Iterable[tuple[Content, Floor, float]]:
    """Yield the domestic share floors in force on a day, with their value on it."""
    for measure in chinese(regime):
        if measure.in_force(day, "enforced"):
            found = content(measure)
            for floor in found.floors:
                yield found, floor, float(number(floor.floor, measure, day))


def inputs_on(regime: Regime, day: date) -> Iterable[tuple[Content, Input]]:
    """Yield the input controls in force on a day; a suspended measure may keep parts in force."""
    for measure in chinese(regime):
        if measure.effective is None or day < measure.effective:
            continue
        if measure.ended is not None and day > measure.ended:
            continue
        found = content(measure)
        applied = measure.in_force(day, "enforced")
        for item in found.inputs:
            dated = (item.from_ is None or item.from_ <= day) and (
                item.through is None or day <= item.through
            )
            if dated and (applied or not item.suspended):
                yield found, item
