"""Loads the evidence base, as of a date, with a user's own rows added; tables are read when first used."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

from countervail.errors import UserError, unknown
from countervail.evidence import read
from countervail.evidence import records as r
from countervail.evidence.asof import accelerator_as_of, alliance_as_of, measure_as_of, prior_as_of
from countervail.periods import quarter_index

COMPILED = date(2026, 11, 23)
T = TypeVar("T", bound=r.Row)
_shipped: Callable[[str], Any] = cache(
    lambda table: getattr(read, table)()
)  # a table is parsed once a process


class Evidence:
    """All that is known, or was known on a date.

    Parameters
    ----------
    as_of
        Rows whose `known_since` is later do not exist, and later changes of a measure have not happened.
    data_dir
        A folder with a user's own accelerators.csv, measures.yaml or history.csv.
    """

    def __init__(self, as_of: date | None = None, data_dir: Path | None = None) -> None:
        self.as_of = as_of
        self.data_dir = data_dir

    @cached_property
    def user(self) -> Any:
        """The user's own rows and the notices about them, or None."""
        if self.data_dir is None:
            return None
        from countervail.evidence.user import read_user_data

        return read_user_data(Path(self.data_dir))

    @property
    def notices(self) -> list[str]:
        """What the user should know about rows of theirs that replace shipped ones."""
        if self.user is None:
            return []
        notices = []
        for name, rows in (("accelerators", self.user.accelerators), ("measures", self.user.measures)):
            known = {row.id for row in _shipped(name)}
            ids = [row.id for row in rows if row.id in known]
            if ids:
                shown = ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
                notices.append(f"{self.data_dir} replaces {name} of the evidence base: {shown}")
        keys = {_key(o) for o in _shipped("history")}
        replaced = sum(_key(o) in keys for o in self.user.history)
        if replaced:
            notices.append(f"{self.data_dir} replaces history of the evidence base: {replaced} row(s)")
        return notices

    def _known(self, rows: Iterable[T]) -> list[T]:
        if self.as_of is None:
            return list(rows)
        return [row for row in rows if row.known_since <= self.as_of]

    def _own(self, table: str) -> list[Any]:
        return [] if self.user is None else getattr(self.user, table)

    def _trim(self, row: T) -> T:
        """Drop the source keys that did not exist yet, so that a row names only sources that are there."""
        kept = [key for key in row.sources if key in self.sources]
        return row if kept == row.sources else row.model_copy(update={"sources": kept})

    def _table(self, name: str, as_of: Callable[[Any, date], Any] | None = None) -> list[Any]:
        own = self._own(name) if name in ("accelerators", "measures") else []
        replaced = {row.id for row in own}
        rows = self._known([row for row in _shipped(name) if row.id not in replaced] + own)
        if self.as_of is None:
            return rows
        day = self.as_of
        return [self._trim(as_of(row, day) if as_of else row) for row in rows]

    @cached_property
    def accelerators(self) -> dict[str, r.Accelerator]:
        """Chips by id."""
        return {row.id: row for row in self._table("accelerators", accelerator_as_of)}

    @cached_property
    def measures(self) -> dict[str, r.Measure]:
        """Measures of both sides by id; `later` developments known by the date are applied."""
        rows = self._table("measures", None)
        day = self.as_of or COMPILED
        found = [measure_as_of(row, day) for row in rows]
        return {row.id: self._trim(row) if self.as_of else row for row in found}

    @cached_property
    def entities(self) -> list[r.Entity]:
        """Additions to the US Entity List."""
        return self._table("entities")

    @cached_property
    def history(self) -> list[r.Observation]:
        """Observations and forecasts; a user's row replaces shipped ones of its series, actor and period."""
        own = self._own("history")
        replaced = {_key(o) for o in own}
        rows = self._known([o for o in _shipped("history") if _key(o) not in replaced] + own)
        return [self._trim(o) for o in rows] if self.as_of else rows

    @cached_property
    def sources(self) -> dict[str, r.Source]:
        """Sources by key."""
        found = {**_shipped("sources"), **{s.id: s for s in self._own("sources")}}
        if self.as_of is None:
            return found
        return {key: s for key, s in found.items() if s.known_since <= self.as_of}

    def sources_of(self, row: r.Row) -> list[r.Source]:
        """Return the sources of one row, without reading all of them."""
        if "sources" in self.__dict__ or self.as_of or self.data_dir:
            found = self.sources
        else:
            found = read.some_sources(row.sources)
        return [found[key] for key in row.sources if key in found]

    @cached_property
    def priors(self) -> dict[str, dict[str, r.Prior]]:
        """Priors of the model's parameters, by mechanism and parameter.

        Every parameter is there on any date; see `prior_as_of` for those whose sources came later.
        """
        if self.as_of is None:
            return _shipped("priors")
        day = self.as_of
        return {
            mechanism: {name: self._trim(prior_as_of(p, day)) for name, p in rows.items()}
            for mechanism, rows in _shipped("priors").items()
        }

    @cached_property
    def background(self) -> dict[str, dict[str, r.Prior]]:
        """Figures of the literature beside the priors, by mechanism and name."""
        out: dict[str, dict[str, r.Prior]] = {}
        for mechanism, rows in _shipped("background").items():
            known = self._known(rows.values())
            out[mechanism] = {p.parameter: self._trim(p) if self.as_of else p for p in known}
        return out

    @cached_property
    def alliances(self) -> dict[str, r.Alliance]:
        """Alliances by id."""
        return {row.id: row for row in self._table("alliances", alliance_as_of)}

    @cached_property
    def standards(self) -> dict[str, r.Standard]:
        """Standards and measured facts about crossing between them, by id."""
        return {row.id: row for row in self._table("standards", alliance_as_of)}

    @cached_property
    def timeline(self) -> list[r.Event]:
        """Dated moves, oldest first."""
        return sorted(self._table("timeline"), key=lambda e: (e.date, e.id))

    @cached_property
    def prior_models(self) -> dict[str, r.PriorModel]:
        """Published models near this contest, by id."""
        return {row.id: row for row in self._table("prior_models")}

    @cached_property
    def rates(self) -> list[r.Rate]:
        """CNY per USD and the US deflator by quarter."""
        return self._table("rates")

    def rate(self, series: str, quarter: str) -> float:
        """Return a macro rate in a quarter; outside the table the nearest quarter's value."""
        known = {quarter_index(x.quarter): x.value for x in self.rates if x.series == series}
        if not known:
            raise unknown("rate", series, {x.series for x in self.rates})
        index = quarter_index(quarter)
        return known[min(known, key=lambda i: abs(i - index))]

    def find_accelerator(self, text: str) -> r.Accelerator:
        """Return the chip of an id, alias or unique part of a name; anything else is a UserError."""
        chips = self.accelerators
        wanted = text.strip()
        if wanted in chips:
            return chips[wanted]
        squeezed = _squeeze(wanted)
        named = {_squeeze(c.name): c.id for c in chips.values()}
        named |= {_squeeze(a): i for a, i in _shipped("aliases").items() if i in chips}
        named |= {_squeeze(i): i for i in chips}
        if squeezed in named:
            return chips[named[squeezed]]
        hits = [c.id for c in chips.values() if squeezed and squeezed in _squeeze(c.name + " " + c.id)]
        if len(hits) == 1:
            return chips[hits[0]]
        if hits:
            shown = ", ".join(sorted(hits)[:8]) + (", ..." if len(hits) > 8 else "")
            raise UserError(f"'{text}' fits several chips", f"give one of: {shown}")
        raise unknown("chip", text, [*chips, *(a for a, i in _shipped("aliases").items() if i in chips)])

    def aliases_of(self, chip_id: str) -> list[str]:
        """Return the short names that resolve to a chip."""
        return [name for name, target in _shipped("aliases").items() if target == chip_id]

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Return every table as rows ready for JSON, each with an id."""
        from countervail.evidence.show import all_tables

        return all_tables(self)

    def show(self, text: str) -> dict[str, Any]:
        """Return one row of any table by id or chip alias, with its sources written out."""
        from countervail.evidence.show import show

        return show(self, text)


def _squeeze(text: str) -> str:
    return "".join(ch for ch in text.lower() if ch.isalnum())


def _key(o: r.Observation) -> tuple[str, str, str]:
    return o.series_id, o.actor, o.period


def load(as_of: date | None = None, data_dir: Path | None = None) -> Evidence:
    """Return the evidence base, as known on `as_of`, with the rows of `data_dir` added."""
    return Evidence(as_of, data_dir)
