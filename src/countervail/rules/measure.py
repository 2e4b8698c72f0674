"""One measure as dated data: when it binds, its parameters by start date, its clauses; and how a file is read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from countervail.errors import UserError

FIRST_DAY, LAST_DAY = date(2018, 1, 1), date(2040, 12, 31)
OPS = (">=", ">", "<=", "<")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number or list of a measure as it stands on one day, with its clause and source."""

    name: str
    label: str
    value: Any
    op: str = ""
    quantity: str = ""
    unit: str = ""
    clause: str = ""
    cite: str = ""
    measure: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of days in which a measure is suspended or not enforced; `known` is when that was announced."""

    start: date
    through: date | None
    known: date
    source: str = ""


@dataclass(frozen=True)
class Measure:
    """One measure as data: when it binds, its parameters by start date, its clauses, and the raw file."""

    id: str
    actor: str
    name: str
    citation: str
    announced: date
    effective: date | None
    ended: date | None
    ended_known: date | None
    suspended: tuple[Stretch, ...]
    not_enforced: tuple[Stretch, ...]
    parameters: dict[str, tuple[tuple[date, Any], ...]]
    data: dict[str, Any]
    proposal: bool = False

    def in_force(self, day: date, scope: str) -> bool:
        """Return whether the measure binds on `day`; `de-jure` counts what is printed but not enforced."""
        if self.effective is None or day < self.effective or (self.ended is not None and day > self.ended):
            return False
        stays = self.suspended if scope == "de-jure" else self.suspended + self.not_enforced
        return not any(s.start <= day and (s.through is None or day <= s.through) for s in stays)

    def boundaries(self) -> Iterable[date]:
        """Yield the days on which something about the measure changes."""
        if self.effective is None:
            return
        yield self.effective
        if self.ended:
            yield self.ended + _DAY
        for stay in self.suspended + self.not_enforced:
            yield stay.start
            if stay.through:
                yield stay.through + _DAY
        for values in self.parameters.values():
            yield from (start for start, _ in values)
        for clause in self.data.get("clauses") or ():
            if isinstance(clause, dict):  # Chinese measures date single clauses
                for key in ("from", "effective"):
                    if isinstance(clause.get(key), date):
                        yield clause[key]
                if isinstance(clause.get("through"), date):
                    yield clause["through"] + _DAY


class Active:
    """A measure in force on a day: `active["tpp_lt"]` is its parameter, `active.cite("limits")` a clause."""

    __slots__ = ("clauses", "conditions", "data", "id", "measure", "parameters")

    def __init__(self, measure: Measure, day: date) -> None:
        self.id = measure.id
        self.measure = measure
        self.data = measure.data
        self.conditions: tuple[dict[str, Any], ...] = tuple(measure.data.get("conditions") or ())
        clauses = measure.data.get("clauses") or {}
        self.clauses: dict[str, dict[str, Any]] = clauses if isinstance(clauses, dict) else {}
        self.parameters = {name: p for name in measure.parameters if (p := self._parameter(name, day))}

    def _parameter(self, name: str, day: date) -> Parameter | None:
        value, found = None, False
        for start, dated in self.measure.parameters[name]:
            if start <= day:
                value, found = dated, True
        if not found or value is None:
            return None
        meta = self.data["parameters"][name]
        clause = meta.get("clause", "")
        if isinstance(value, list):
            value = frozenset(str(v) for v in value)
        return Parameter(
            name=name,
            label=meta.get("label", name),
            value=value,
            op=meta.get("op", ""),
            quantity=meta.get("quantity", ""),
            unit=meta.get("unit", ""),
            clause=clause,
            cite=self.cite(clause or next(iter(self.clauses), "")),
            measure=self.id,
            source=meta.get("source", ""),
        )

    def __getitem__(self, name: str) -> Parameter:
        return self.parameters[name]

    def get(self, name: str) -> Parameter | None:
        """Return a parameter, or None where it has no value on this day."""
        return self.parameters.get(name)

    def cite(self, clause: str) -> str:
        """Return how a clause is cited."""
        return self.clauses.get(clause, {}).get("cite", clause)


def first_reference(data: dict[str, Any]) -> str:
    """Return the first reference of a measure: a source key, or the address of a page."""
    first = next(iter(data.get("reference") or ()), "")
    return str(first.get("href", "")) if isinstance(first, dict) else str(first)


def _day(value: Any, where: str, name: str) -> date | None:
    if value is None or isinstance(value, date):
        return value
    raise UserError(f"{where}: {name} is not a date", "write it as 2025-04-09")


def _stretches(rows: Any, where: str) -> tuple[Stretch, ...]:
    found = []
    for row in rows or ():
        start = _day(row.get("from"), where, "from")
        if start is None:
            raise UserError(f"{where}: a suspension has no start", "add from: 2025-11-10")
        found.append(
            Stretch(
                start,
                _day(row.get("through"), where, "through"),
                row.get("announced") or start,
                row.get("source", ""),
            )
        )
    return tuple(found)


def read_measure(data: Any, where: str) -> Measure:
    """Return a measure from the data of its file, checking the keys that every measure has."""
    if not isinstance(data, dict):
        raise UserError(f"{where} is not a mapping", "start with id, actor, name, announced, effective")
    for key in ("id", "name", "announced"):
        if not data.get(key):
            raise UserError(f"{where} has no {key}", f"add {key}: ...")
    parameters: dict[str, tuple[tuple[date, Any], ...]] = {}
    raw = data.get("parameters") or {}
    if not isinstance(raw, dict):
        raise UserError(f"{where}: parameters is not a mapping of names")
    for name, meta in raw.items():
        values = meta.get("values") if isinstance(meta, dict) else None
        if not isinstance(values, dict):
            raise UserError(
                f"{where}: parameter {name} has no values by date", "write values: {2026-01-15: 21000}"
            )
        if meta.get("op", ">=") not in OPS:
            raise UserError(
                f"{where}: parameter {name} has the comparison '{meta['op']}'", "use one of " + " ".join(OPS)
            )
        dated = sorted((_day(d, where, f"a start date of {name}") or FIRST_DAY, v) for d, v in values.items())
        parameters[str(name)] = tuple(dated)
    announced = _day(data["announced"], where, "announced")
    assert announced is not None
    ended = _day(data.get("ended"), where, "ended")
    return Measure(
        id=str(data["id"]),
        actor=str(data.get("actor", "US")),
        name=str(data["name"]),
        citation=str(data.get("citation", "")),
        announced=_day(data.get("known_since"), where, "known_since") or announced,
        effective=_day(data.get("effective"), where, "effective"),
        ended=ended,
        ended_known=_day(data.get("ended_announced"), where, "ended_announced") or ended,
        suspended=_stretches(data.get("suspended"), where),
        not_enforced=_stretches(data.get("not_enforced"), where),
        parameters=parameters,
        data=data,
        proposal=bool(data.get("proposal", False)),
    )


def as_known(measure: Measure, as_of: date | None) -> Measure | None:
    """Return the measure as one could know it on a day: later endings and suspensions do not exist yet."""
    if as_of is None:
        return measure
    if measure.announced > as_of:
        return None
    ended = measure.ended
    if ended is not None and measure.ended_known is not None and measure.ended_known > as_of:
        ended = None
    parameters = {}
    for name, dated in measure.parameters.items():
        known = measure.data["parameters"][name].get("announced") or {}  # start date -> day it was announced
        parameters[name] = tuple((d, v) for d, v in dated if known.get(d, measure.announced) <= as_of)
    return replace(
        measure,
        ended=ended,
        parameters=parameters,
        suspended=tuple(s for s in measure.suspended if s.known <= as_of),
        not_enforced=tuple(s for s in measure.not_enforced if s.known <= as_of),
    )
