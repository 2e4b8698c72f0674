"""Checks the whole evidence base and returns findings with file, line and what to do about each."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from countervail.evidence import read
from countervail.evidence import records as r
from countervail.evidence.checks import row_problems
from countervail.evidence.lines import Lines
from countervail.evidence.load import Evidence

# Shipment, revenue and share figures after this period are held out for scoring and may not be in the data.
LAST_OUTCOME = "2026Q1"
_YAML = {
    "measures": ("measures/us.yaml", "measures"),
    "alliances": ("alliances.yaml", "alliances"),
    "standards": ("standards.yaml", "standards"),
    "entities": ("entities.yaml", "entities"),
    "timeline": ("timeline.yaml", "events"),
    "prior_models": ("prior_models.yaml", "models"),
}
# Annual revenue of a vendor against its counted units x price: the ratio must lie within this factor.
REVENUE_FACTOR = 3.0


@dataclass(frozen=True)
class Finding:
    """One thing to look at."""

    severity: Literal["error", "warning"]
    table: str
    id: str
    file: str
    line: int
    message: str
    hint: str

    def to_json(self) -> dict[str, Any]:
        """Return the finding as plain data."""
        return asdict(self)


class _Places:
    """Where rows stand in the files; lines are only looked up for rows that have a finding."""

    def __init__(self, ev: Evidence) -> None:
        self._user = ev.user.lines if ev.user else {}
        self._dir = str(ev.data_dir) if ev.data_dir else ""

    def of(
        self, table: str, row_id: str, field: str = "", mechanism: str = "", section: str = ""
    ) -> tuple[str, int]:
        """Return (file, line) of a row."""
        if row_id in self._user and table in ("accelerators", "measures", "history"):
            name, line = self._user[row_id]
            return f"{self._dir}/{name}", line
        if table in ("accelerators", "history", "rates"):
            return f"{table}.csv", _csv_lines(table).get(row_id, 1)
        if table == "priors":
            name = f"priors/{mechanism}.yaml"
            path = read.DATA / name
            return name, Lines(path).of(section, row_id, field) if path.exists() else 1
        if table == "sources":
            return "sources.yaml", _yaml("sources.yaml").of("sources", row_id, field)
        names = [_YAML[table]] if table in _YAML else []
        if table == "measures":
            names.append(("measures/cn.yaml", "measures"))
        for name, key in names:
            index = _yaml_index(name, key).get(row_id)
            if index is not None:
                nested = ("details", *field.split(".")) if "." in field else (field,)
                return name, _yaml(name).of(key, index, *nested)
        return (names[0][0] if names else table), 1


@cache
def _yaml(name: str) -> Lines:
    return Lines(read.DATA / name)


@cache
def _yaml_index(name: str, key: str) -> dict[str, int]:
    return {row["id"]: i for i, row in enumerate(read.read_yaml(read.DATA / name)[key])}


@cache
def _csv_lines(table: str) -> dict[str, int]:
    seen: dict[str, int] = {}
    found: dict[str, int] = {}
    for line, row in read.csv_rows(read.DATA / f"{table}.csv"):
        if table == "history":
            found[read.observation_data(row, seen)["id"]] = line
        else:
            found[row.get("id") or f"{row['series']}:{row['quarter']}"] = line
    return found


def validate(ev: Evidence) -> list[Finding]:
    """Return every finding, errors first; an empty list means nothing is wrong."""
    places = _Places(ev)
    found: list[Finding] = []

    def add(
        severity: Any, table: str, row_id: str, field: str, message: str, hint: str, **where: str
    ) -> None:
        file, line = places.of(table, row_id, field, **where)
        found.append(Finding(severity, table, row_id, file, line, message, hint))

    for table, rows in _tables(ev):
        counts = Counter(row.id for row in rows)
        for row_id, n in counts.items():
            if n > 1:
                add("error", table, row_id, "id", f"{row_id} is there {n} times", "ids are unique in a table")
        for row in rows:
            for problem in row_problems(row):
                add(problem.severity, table, row.id, problem.field, problem.message, problem.hint)
            for key in row.sources:
                if key not in ev.sources:
                    add(
                        "error",
                        table,
                        row.id,
                        "sources",
                        f"source '{key}' does not exist",
                        "add it to sources.yaml",
                    )
            if not row.sources and ev.as_of is None:
                add("error", table, row.id, "sources", "no source", "name a key of sources.yaml")
            if ev.as_of and row.known_since > ev.as_of:
                add("error", table, row.id, "known_since", f"known only since {row.known_since}", "a leak")
    for table in (ev.priors, ev.background):
        for prior in (p for rows in table.values() for p in rows.values()):
            name = prior.parameter
            section = "background" if prior.background else "parameters"
            where = {"mechanism": prior.mechanism, "section": section}
            for problem in row_problems(prior):
                add(problem.severity, "priors", name, problem.field, problem.message, problem.hint, **where)
            for key in prior.sources:
                if key not in ev.sources:
                    text = f"source '{key}' does not exist"
                    add("error", "priors", name, "sources", text, "add it to sources.yaml", **where)
            if prior.basis == "measured" and not prior.sources and ev.as_of is None and not prior.from_memory:
                add("error", "priors", name, "sources", f"{name} is measured but has no source", "", **where)
    for o in ev.history:
        own = ev.user is not None and o.id in ev.user.lines  # a user's own later observations are theirs
        if not own and not o.forecast and _after(o.period):
            add("error", "history", o.id, "period", f"an outcome after {LAST_OUTCOME}", "held out; remove it")
    for message, row_id in _revenue_problems(ev):
        add("warning", "history", row_id, "value", message, "check unit and period")
    for chip in ev.accelerators.values():
        for change in chip.earlier:
            if change.source not in ev.sources:
                text = f"source '{change.source}' of an earlier figure does not exist"
                add("error", "accelerators", chip.id, "earlier", text, "add it to sources.yaml")
            unknown_fields = sorted(set(change.values) - set(type(chip).model_fields))
            if unknown_fields:
                add(
                    "error",
                    "accelerators",
                    chip.id,
                    "earlier",
                    f"no field {unknown_fields[0]}",
                    "revisions.yaml",
                )
    _urls(ev, add)
    return sorted(found, key=lambda f: (f.severity != "error", f.table, f.file, f.line))


def _after(period: str) -> bool:
    """Say whether any part of the period lies after the last quarter whose outcomes may be in the data."""
    return period > LAST_OUTCOME if "Q" in period else period >= LAST_OUTCOME[:4]


def _tables(ev: Evidence) -> Iterator[tuple[str, list[Any]]]:
    yield "accelerators", list(ev.accelerators.values())
    yield "measures", list(ev.measures.values())
    yield "alliances", list(ev.alliances.values())
    yield "standards", list(ev.standards.values())
    yield "entities", ev.entities
    yield "timeline", ev.timeline
    yield "history", ev.history
    yield "rates", ev.rates
    yield "prior_models", list(ev.prior_models.values())


def _urls(ev: Evidence, add: Any) -> None:
    """Two keys for one address are a duplicate; an address must look like one."""
    seen: dict[str, str] = {}
    for key, source in ev.sources.items():
        if not source.url:
            continue
        url = source.url.rstrip("/")
        if not url.startswith(("http://", "https://")):
            add("error", "sources", key, "url", f"'{url}' is no address", "start it with https://")
        if url in seen:
            add("error", "sources", key, "url", f"the same address as {seen[url]}", "use one key")
        seen[url] = key


def _revenue_problems(ev: Evidence) -> Iterator[tuple[str, str]]:
    """Compare NVIDIA's data-centre compute revenue of a quarter with counted units x mid price."""
    price = _mid_prices(ev.accelerators.values())
    parts = {"a100": "nvidia-a100-sxm-80gb", "h100_h200": "nvidia-h100-sxm", "b200": "nvidia-b200"}
    parts |= {
        "b300": "nvidia-b300",
        "h20": "nvidia-h20-96gb",
        "h800": "nvidia-h800-sxm",
        "a800": "nvidia-a800-sxm",
    }
    value: dict[str, float] = {}
    for o in ev.history:
        name = o.series_id.removeprefix("nvidia_units_")
        if name in parts and name != o.series_id and "Q" in o.period and parts[name] in price:
            value[o.period] = value.get(o.period, 0.0) + o.value * price[parts[name]] / 1e9
    for o in ev.history:
        if o.series_id != "nvidia_revenue_dc_compute" or not value.get(o.period):
            continue
        ratio = o.value / value[o.period]
        if not 1 / REVENUE_FACTOR <= ratio <= REVENUE_FACTOR:
            yield f"{o.value:g} USD bn of revenue against {value[o.period]:.1f} from units x price", o.id


def _mid_prices(chips: Iterable[r.Accelerator]) -> dict[str, float]:
    return {
        c.id: (c.price_usd_low + c.price_usd_high) / 2 for c in chips if c.price_usd_low and c.price_usd_high
    }


def data_files() -> list[Path]:
    """Return the data files, for hashes in a run record."""
    return sorted(p for p in read.DATA.rglob("*") if p.suffix in (".csv", ".yaml"))
