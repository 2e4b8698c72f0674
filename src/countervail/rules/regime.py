"""The regime: every measure as dated data, what is in force on a day, and a scenario's changes to it.

`Regime` holds the measures; `regime.at(day, scope)` gives the `Law` of that day, which the logic reads. Laws
are built once per stretch between two boundary dates and kept. A regime is never changed in place: each
`with_...` method returns a new one, so that a scenario cannot disturb another.
"""

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from countervail.errors import UserError, unknown
from countervail.files import read_yaml
from countervail.rules.groups import Groups, Place, load_groups
from countervail.rules.measure import (
    FIRST_DAY,
    LAST_DAY,
    Active,
    Measure,
    Parameter,
    Stretch,
    as_known,
    first_reference,
    read_measure,
)
from countervail.rules.outcome import OUTCOMES
from countervail.rules.register import Register, load_register

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
    "Active",
    "Law",
    "Measure",
    "Parameter",
    "Regime",
    "read_measure",
]

SCOPES = ("enforced", "de-jure")
_DAY = timedelta(days=1)


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


class _Shared:
    """What a regime and all that are made from it have in common, by day: built once, never changed."""

    def __init__(self, groups: Groups, register: Register) -> None:
        self.groups, self.parties = groups, register
        self._places: dict[tuple[date, frozenset[str]], dict[str, Place]] = {}
        self._distinct: dict[tuple[tuple[str, Place], ...], dict[str, Place]] = {}
        self._registers: dict[date, Register] = {}
        self._active: dict[tuple[str, date], Active] = {}

    def places(self, day: date, named: frozenset[str]) -> dict[str, Place]:
        """Return the place of every country on a day; days that are alike give the same object."""
        if (day, named) not in self._places:
            found = self.groups.places(day, named)
            self._places[day, named] = self._distinct.setdefault(tuple(found.items()), found)
        return self._places[day, named]

    def register(self, day: date) -> Register:
        """Return the register of a day."""
        if day not in self._registers:
            self._registers[day] = self.parties.on(day)
        return self._registers[day]

    def active(self, measure: Measure, day: date) -> Active:
        """Return a measure in force on a day; one that a scenario has changed is built anew."""
        held = self._active.get((measure.id, day))
        if held is None:
            held = self._active[measure.id, day] = Active(measure, day)
        return held if held.measure is measure else Active(measure, day)


class Regime:
    """All measures, country groups and named parties, as known on `as_of` (None: everything in the files)."""

    def __init__(
        self,
        measures: dict[str, Measure],
        groups: Groups,
        register: Register,
        as_of: date | None = None,
        shared: "_Shared | None" = None,
    ) -> None:
        self.measures = measures
        self.groups = groups
        self.register = register
        self.as_of = as_of
        self._laws: dict[tuple[int, str], Law] = {}
        self._shared = shared or _Shared(groups, register)
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
            in_force = (m for m in self.measures.values() if m.in_force(day, scope))
            active = {m.id: self._shared.active(m, day) for m in in_force}
            places = self._shared.places(day, self._named)
            sources = {m: first_reference(a.data) for m, a in active.items()}
            law = Law(day, through, scope, active, places, self._shared.register(day), sources)
            self._laws[key] = law
        return law

    # changing

    def _changed(self, measure: Measure) -> "Regime":
        measures = {**self.measures, measure.id: measure}
        return Regime(measures, self.groups, self.register, self.as_of, self._shared)

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


@lru_cache(maxsize=16)
def _load(as_of: date | None) -> Regime:
    folder = Path(str(resources.files("countervail.rules"))) / "measures"
    measures: dict[str, Measure] = {}
    for path in sorted(folder.glob("*/*.yaml")):
        measure = read_measure(read_yaml(path), f"{path.parent.name}/{path.name}")
        if measure.id in measures:
            raise UserError(f"{path.name}: measure {measure.id} exists twice")
        known = as_known(measure, as_of)
        if known:
            measures[known.id] = known
    return Regime(measures, load_groups(as_of), load_register(as_of), as_of)
