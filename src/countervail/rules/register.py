"""Named parties: where they are based, when they were put on the Entity List, which approvals they hold."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path

from countervail.files import read_yaml

_DATA = Path(str(resources.files("countervail.rules"))) / "data"


@dataclass(frozen=True, slots=True)
class Listing:
    """An entry on the Entity List."""

    start: date
    policy: str  # an outcome word
    cite: str
    measure: str


@dataclass(frozen=True, slots=True)
class Named:
    """A party the register knows by name."""

    key: str
    name: str
    headquarters: str | None
    kind: str
    approvals: frozenset[str]
    listing: Listing | None


@dataclass(frozen=True)
class Register:
    """The parties as they stand on a day (`on`), found by name."""

    parties: dict[str, Named]
    words: tuple[tuple[str, str], ...]  # (spelling, key), longest spelling first
    listed: dict[str, Listing]

    def boundaries(self) -> Iterable[date]:
        """Yield the days on which a party was listed."""
        return (p.listing.start for p in self.parties.values() if p.listing)

    def on(self, day: date) -> "Register":
        """Return the register with the listings in force on a day."""
        listed = {k: p.listing for k, p in self.parties.items() if p.listing and p.listing.start <= day}
        return Register(self.parties, self.words, listed)

    def find(self, name: str) -> Named | None:
        """Return the party whose spelling starts the name as whole words, the longest spelling first."""
        cleaned = " ".join(re.findall(r"[\w.\-]+", name.lower()))
        for spelling, key in self.words:
            if cleaned == spelling or cleaned.startswith(spelling + " "):
                return self.parties[key]
        return None

    def names(self) -> list[str]:
        """Return the names of all parties."""
        return [p.name for p in self.parties.values()]


OWN_MEASURES = {"huawei": "us-2019-05-huawei-entity-list", "smic": "us-2020-12-smic-entity-list"}


@lru_cache(maxsize=16)
def load_register(as_of: date | None = None) -> Register:
    """Return the register as known on a day: later listings do not exist."""
    data = read_yaml(_DATA / "parties.yaml")
    policies = data["policies"]
    parties: dict[str, Named] = {}
    words: list[tuple[str, str]] = []
    for key, row in data["parties"].items():
        listing = None
        entry = row.get("listed")
        if entry and (as_of is None or entry["from"] <= as_of):
            measure = OWN_MEASURES.get(key, "us-entity-list")
            listing = Listing(entry["from"], policies[entry["policy"]], entry["cite"], measure)
        parties[key] = Named(
            key,
            row["name"],
            row.get("headquarters"),
            row.get("kind", "commercial"),
            frozenset(row.get("approvals", ())),
            listing,
        )
        words += [(" ".join(re.findall(r"[\w.\-]+", str(w).lower())), key) for w in row["words"]]
    words.sort(key=lambda pair: -len(pair[0]))
    return Register(parties, tuple(words), {})
