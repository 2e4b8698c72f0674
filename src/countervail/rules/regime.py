"""The regime: every measure as dated data, what is in force on a day, and a scenario's changes to it.

`Regime` holds the measures; `regime.at(day, scope)` gives the `Law` of that day, which the logic reads. Laws
are built once per stretch between two boundary dates and kept. A regime is never changed in place: each
`with_...` method returns a new one, so that a scenario cannot disturb another.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from countervail.errors import UserError, unknown
from countervail.files import read_yaml
from countervail.rules.groups import Groups, Place, load_groups
from countervail.rules.outcome import OUTCOMES
from countervail.rules.register import Register, load_register

FIRST_DAY, LAST_DAY = date(2018, 1, 1), date(2040, 12, 31)
SCOPES = ("enforced", "de-jure")
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


@dataclass
class Law:
    """What is in force between two boundary dates, in one scope."""

    start: date
    through: date
    scope: str
    active: dict[str, Active]
    places: dict[str, Place]
    register: Register
    sources: dict[str, str] = field(default_factory=dict)  # measure -> its first reference

    def get(self, measure: str) -> Active | None:
        """Return a measure if it is in force, else None."""
        return self.active.get(measure)

    def place(self, iso2: str) -> Place:
        """Return the groups a country belongs to."""
        return self.places[iso2]


class Regime:
    """All measures, country groups and named parties, as known on `as_of` (None: everything in the files)."""

    def __init__(
        self, measures: dict[str, Measure], groups: Groups, register: Register, as_of: date | None = None
    ) -> None:
        self.measures = measures
        self.groups = groups
        self.register = register
        self.as_of = as_of
        self._laws: dict[tuple[int, str], Law] = {}
        codes = groups.codes()
        named = set()
        for measure in measures.values():
            named.update(v for v in measure.data.get("destinations") or () if v in codes)
            for values in measure.parameters.values():
                for _, value in values:
                    named.update(v for v in value if v in codes) if isinstance(value, list) else None
        self._named = frozenset(named)  # countries that a measure names singly
        days = {FIRST_DAY}
        for measure in measures.values():
            days.update(measure.boundaries())
        days.update(groups.boundaries())
        days.update(register.boundaries())
        self.boundaries: list[date] = sorted(d for d in days if FIRST_DAY <= d <= LAST_DAY)
        self._ordinals = [d.toordinal() for d in self.boundaries]

    # reading

    @staticmethod
    def load(as_of: date | None = None) -> "Regime":
        """Return the shipped regime as known on a day."""
        return _load(as_of)

    def stretch(self, day: date) -> int:
        """Return the index of the stretch between boundaries that holds `day`."""
        return bisect_right(self._ordinals, day.toordinal()) - 1

    def at(self, day: date, scope: str = "enforced") -> Law:
        """Return the law of a day. Days outside 2018-2040 are refused."""
        if not FIRST_DAY <= day <= LAST_DAY:
            raise UserError(f"{day} lies outside {FIRST_DAY} to {LAST_DAY}", "choose a date in that range")
        return self.law(self.stretch(day), scope)

    def law(self, stretch: int, scope: str = "enforced") -> Law:
        """Return the law of a stretch by its index in `boundaries`."""
        key = (stretch, scope)
        law = self._laws.get(key)
        if law is None:
            if scope not in SCOPES:
                raise unknown("scope", scope, SCOPES)
            day = self.boundaries[stretch]
            last = stretch + 1 == len(self.boundaries)
            through = LAST_DAY if last else self.boundaries[stretch + 1] - _DAY
            active = {m.id: Active(m, day) for m in self.measures.values() if m.in_force(day, scope)}
            places = self.groups.places(day, self._named)
            sources = {m: first_reference(a.data) for m, a in active.items()}
            law = Law(day, through, scope, active, places, self.register.on(day), sources)
            self._laws[key] = law
        return law

    # changing

    def _changed(self, measure: Measure) -> "Regime":
        return Regime({**self.measures, measure.id: measure}, self.groups, self.register, self.as_of)

    def measure(self, measure_id: str) -> Measure:
        """Return a measure by id, or say which ids are near."""
        if measure_id not in self.measures:
            raise unknown("measure", measure_id, self.measures)
        return self.measures[measure_id]

    def with_parameter(
        self, measure_id: str, name: str, value: Any, from_date: date | None = None
    ) -> "Regime":
        """Return a regime in which a parameter has another value from a day on (None: from the start)."""
        measure = self.measure(measure_id)
        if name not in measure.parameters:
            raise unknown(f"parameter of {measure_id}", name, measure.parameters)
        start = from_date or FIRST_DAY
        kept = tuple((d, v) for d, v in measure.parameters[name] if from_date is not None and d < start)
        parameters = {**measure.parameters, name: (*kept, (start, value))}
        return self._changed(replace(measure, parameters=parameters))

    def ending(self, measure_id: str, on: date) -> "Regime":
        """Return a regime in which a measure no longer binds from `on` on."""
        return self._changed(replace(self.measure(measure_id), ended=on - _DAY))

    def starting(self, measure_id: str, on: date) -> "Regime":
        """Return a regime in which a measure (a bill, a lever) binds from `on` on."""
        measure = self.measure(measure_id)
        months = measure.data.get("duration_months")
        ended = None
        if months:
            year, month = on.year + (on.month - 1 + months) // 12, (on.month - 1 + months) % 12 + 1
            ended = date(year, month, min(on.day, 28)) - _DAY
        return self._changed(replace(measure, effective=on, ended=ended, ended_known=None))

    def suspending(self, measure_id: str, start: date, through: date | None = None) -> "Regime":
        """Return a regime in which a measure is suspended from `start` to the day `through`."""
        measure = self.measure(measure_id)
        stay = Stretch(start, through, start)
        return self._changed(replace(measure, suspended=(*measure.suspended, stay)))

    def renewing(self, measure_id: str) -> "Regime":
        """Return a regime in which the last suspension of a measure is renewed without end."""
        measure = self.measure(measure_id)
        if not measure.suspended:
            raise UserError(f"{measure_id} has no suspension to renew")
        last = replace(measure.suspended[-1], through=None)
        return self._changed(replace(measure, suspended=(*measure.suspended[:-1], last)))

    def adding(self, data: dict[str, Any]) -> "Regime":
        """Return a regime with one more measure, written in the schema of the measure files.

        Its logic is the general one: `match: all|any` over its parameters, `destinations`, `outcome`, and
        `relaxes: true` where it makes an outcome more permissive instead of stricter.
        """
        measure = read_measure(data, f"measure {data.get('id', '?')}")
        word = data.get("outcome")
        if word is not None and word not in OUTCOMES:
            raise UserError(
                f"measure {measure.id}: '{word}' is no outcome word", "use one of " + ", ".join(OUTCOMES)
            )
        places = {*self.groups.members, *self.groups.codes()}
        for name in data.get("destinations") or ():
            if str(name) not in places:
                raise unknown(f"destination of measure {measure.id}", str(name), places)
        return self._changed(measure)

    def with_ceilings(
        self,
        tpp: float | None = None,
        bandwidth: float | None = None,
        policy: str = "licence_required_case_by_case",
        from_date: date = FIRST_DAY,
    ) -> "Regime":
        """Return a regime with the levers `us_tpp_ceiling` and `us_bandwidth_ceiling` set from a day on."""
        out = self
        for name, value in (("tpp_lt", tpp), ("bandwidth_lt", bandwidth), ("policy", policy)):
            out = out.with_parameter("lever-us-ceilings", name, value, from_date)
        lever = out.measures["lever-us-ceilings"]
        return out if lever.effective and lever.effective <= from_date else out.starting(lever.id, from_date)


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


def _as_known(measure: Measure, as_of: date | None) -> Measure | None:
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


@lru_cache(maxsize=16)
def _load(as_of: date | None) -> Regime:
    folder = Path(str(resources.files("countervail.rules"))) / "measures"
    measures: dict[str, Measure] = {}
    for path in sorted(folder.glob("*/*.yaml")):
        measure = read_measure(read_yaml(path), f"{path.parent.name}/{path.name}")
        if measure.id in measures:
            raise UserError(f"{path.name}: measure {measure.id} exists twice")
        known = _as_known(measure, as_of)
        if known:
            measures[known.id] = known
    return Regime(measures, load_groups(as_of), load_register(as_of), as_of)
