"""Which bloc a country belongs to, and its weight in the bloc's demand. Read from `data/destinations.csv`."""

import csv
import io
from dataclasses import dataclass
from functools import cache
from importlib import resources

from countervail.errors import unknown


@dataclass(frozen=True)
class Destination:
    """One country: ISO2, bloc (US, CN, AL, RW) and its share of the bloc's demand."""

    iso2: str
    bloc: str
    weight: float
    basis: str
    source: str
    note: str


@cache
def destinations() -> dict[str, Destination]:
    """Return all countries by ISO2 code."""
    text = (resources.files("countervail.scenario") / "data" / "destinations.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text))
    return {r["iso2"]: Destination(**{**r, "weight": float(r["weight"])}) for r in rows}


def bloc_of(iso2: str) -> str:
    """Return the bloc of a country."""
    table = destinations()
    if iso2.upper() not in table:
        raise unknown("country", iso2, table)
    return table[iso2.upper()].bloc


@cache
def weights(bloc: str) -> dict[str, float]:
    """Return the countries of a bloc that have a weight; the weights sum to one."""
    rows = {d.iso2: d.weight for d in destinations().values() if d.bloc == bloc and d.weight > 0}
    total = sum(rows.values())
    return {k: w / total for k, w in rows.items()}
