"""Rows as plain data for the command line and the page."""

from typing import TYPE_CHECKING, Any

from countervail.errors import UserError, unknown
from countervail.evidence import records as r

if TYPE_CHECKING:
    from countervail.evidence.load import Evidence


def plain(row: r.Row | r.Source, *, table: str = "") -> dict[str, Any]:
    """Return a record as JSON-able data, its id first, empty fields left out."""
    data = row.model_dump(mode="json", by_alias=True, exclude_none=True)
    identity = row.key if isinstance(row, r.Prior) else data.pop("id")
    last = [
        key for key in r.Row.model_fields if key in data
    ]  # what every row carries comes after its own fields
    data = {"id": identity, **{k: v for k, v in data.items() if k not in last}, **{k: data[k] for k in last}}
    if isinstance(row, r.Accelerator) and row.performance_density is not None:
        data["performance_density"] = round(row.performance_density, 3)
    if table:
        data["table"] = table
    return {key: value for key, value in data.items() if value not in ("", [], {})}


def all_tables(ev: "Evidence") -> dict[str, list[dict[str, Any]]]:
    """Return the tables of `countervail evidence list --json`."""
    return {
        "accelerators": [plain(x) for x in ev.accelerators.values()],
        "measures": [plain(x) for x in ev.measures.values()],
        "history": [plain(x) for x in ev.history],
        "sources": [plain(x) for x in ev.sources.values()],
        "priors": [plain(p) for p in _all_priors(ev)],
        "alliances": [plain(x) for x in ev.alliances.values()],
        "timeline": [plain(x) for x in ev.timeline],
        "standards": [plain(x) for x in ev.standards.values()],
        "entities": [plain(x) for x in ev.entities],
        "rates": [plain(x) for x in ev.rates],
        "prior_models": [plain(x) for x in ev.prior_models.values()],
    }


def show(ev: "Evidence", text: str) -> dict[str, Any]:
    """Return the row of an id or alias; chips first, so that the usual question reads one table."""
    wanted = text.strip()
    try:
        row, table = ev.find_accelerator(wanted), "accelerators"
    except UserError as error:
        found = _find(ev, wanted)
        if found is None:
            if "several" in error.message:
                raise
            raise unknown("evidence id", wanted, _ids(ev)) from None
        row, table = found
    data = plain(row, table=table)
    if isinstance(row, r.Accelerator):
        data["aliases"] = ev.aliases_of(row.id)
    if isinstance(row, r.Row):
        data["sources"] = [plain(source) for source in ev.sources_of(row)]
    return data


def _find(ev: "Evidence", wanted: str) -> tuple[r.Row | r.Source, str] | None:
    """Look through the other tables, the small ones first."""
    for table in ("measures", "alliances", "standards", "prior_models"):
        rows = getattr(ev, table)
        if wanted in rows:
            return rows[wanted], table
    for table in ("timeline", "entities", "rates", "history"):
        for row in getattr(ev, table):
            if row.id == wanted:
                return row, table
    if "." in wanted:
        for prior in _all_priors(ev):
            if prior.key == wanted:
                return prior, "priors"
    if wanted in ev.sources:
        return ev.sources[wanted], "sources"
    return None


def _ids(ev: "Evidence") -> list[str]:
    """Return the ids and short names worth suggesting."""
    priors = [p.key for p in _all_priors(ev)]
    short = [name for chip in ev.accelerators for name in ev.aliases_of(chip)]
    return [*short, *ev.accelerators, *ev.measures, *ev.alliances, *ev.standards, *priors, *ev.sources]


def _all_priors(ev: "Evidence") -> list[r.Prior]:
    """Return the priors and background figures known by the date."""
    rows = [p for table in (ev.priors, ev.background) for known in table.values() for p in known.values()]
    return [p for p in rows if not p.hindsight]
