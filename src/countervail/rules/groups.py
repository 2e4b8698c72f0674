"""Countries and the dated groups they belong to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from countervail.errors import UserError, unknown
from countervail.files import read_yaml

_DATA = Path(str(resources.files("countervail.rules"))) / "data"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """The groups of a country on a day. The logic reads this and never the country itself.

    Members of A:5 or A:6 do not count as D:5 (Cyprus). `restricted` is Macau or D:5; `controlled` is D:1 or
    D:4 outside A:5 and A:6.
    """

    groups: frozenset[str]
    us: bool
    china: bool
    macau: bool
    restricted: bool
    controlled: bool
    embargo: bool
    meu: bool
    tier1: bool
    friendly: bool  # the US, A:5 or A:6


@dataclass(frozen=True, slots=True)
class Member:
    """One country's stay in a group."""

    code: str
    start: date | None
    through: date | None


class Groups:
    """All groups with their dated members."""

    def __init__(self, members: dict[str, list[Member]], countries: dict[str, str]) -> None:
        self.members = members
        self.countries = countries

    def codes(self) -> frozenset[str]:
        """Return all country codes."""
        return frozenset(self.countries)

    def boundaries(self) -> Iterable[date]:
        """Yield the days on which a membership starts or has ended."""
        for members in self.members.values():
            for member in members:
                if member.start:
                    yield member.start
                if member.through:
                    yield member.through + _DAY

    def places(self, day: date, named: frozenset[str]) -> dict[str, Place]:
        """Return the place of every country on a day; countries alike share one `Place`."""
        found: dict[str, set[str]] = {code: set() for code in self.countries}
        for group, members in self.members.items():
            for m in members:
                if (m.start is None or m.start <= day) and (m.through is None or day <= m.through):
                    found[m.code].add(group)
        for code in named:
            found[code].add(code)
        shared: dict[frozenset[str], Place] = {}
        places = {}
        for code, groups in found.items():
            key = frozenset(groups)
            if key not in shared:
                shared[key] = _place(key)
            places[code] = shared[key]
        return places


@lru_cache(maxsize=4096)
def _place(groups: frozenset[str]) -> Place:
    ally = "A:5" in groups or "A:6" in groups
    if ally:
        groups = groups - {"D:5"}
    return Place(
        groups=groups,
        us="US" in groups,
        china="CHINA" in groups,
        macau="MACAU" in groups,
        restricted="MACAU" in groups or "D:5" in groups,
        controlled=("D:1" in groups or "D:4" in groups) and not ally,
        embargo="EMBARGO" in groups,
        meu="MEU" in groups,
        tier1="TIER1" in groups,
        friendly=ally or "US" in groups,
    )


@lru_cache(maxsize=1)
def _countries() -> tuple[dict[str, str], dict[str, str]]:
    data = read_yaml(_DATA / "countries.yaml")
    names = {str(code): str(name) for code, name in data["countries"].items()}
    spellings = {name.upper(): code for code, name in names.items()}
    spellings.update({str(k).upper(): str(v) for k, v in data["aliases"].items()})
    return names, spellings


def countries() -> dict[str, str]:
    """Return the name of every country by its two-letter code."""
    return _countries()[0]


@lru_cache(maxsize=1024)
def country_code(text: str, what: str = "country") -> str:
    """Return the two-letter code of a country given as code or name; anything else is an error."""
    names, spellings = _countries()
    key = str(text).strip().upper()
    if key in names:
        return key
    if key in spellings:
        return spellings[key]
    raise unknown(what, str(text), [*names, *names.values()])


def _member(row: Any, where: str) -> Member:
    if isinstance(row, str):
        return Member(row, None, None)
    if not isinstance(row, dict) or "code" not in row:
        raise UserError(f"{where}: a member is neither a code nor a mapping with code")
    return Member(str(row["code"]), row.get("from"), row.get("through"))


@lru_cache(maxsize=16)
def load_groups(as_of: date | None = None) -> Groups:
    """Return the groups as known on a day: later entries do not exist, later exits have not happened."""
    data = read_yaml(_DATA / "country_groups.yaml")["groups"]
    members: dict[str, list[Member]] = {}
    for group, body in data.items():
        rows = [_member(row, f"country_groups.yaml, {group}") for row in body["members"]]
        if as_of is not None:
            rows = [
                Member(m.code, m.start, m.through if m.through and m.through < as_of else None)
                for m in rows
                if m.start is None or m.start <= as_of
            ]
        for m in rows:
            if m.code not in countries():
                raise UserError(
                    f"country_groups.yaml, {group}: '{m.code}' is no country code", 'quote NO as "NO"'
                )
        members[str(group)] = rows
    return Groups(members, countries())
