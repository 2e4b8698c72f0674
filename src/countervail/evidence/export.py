"""Writes the evidence base as a Frictionless data package: CSV files, table schemas, licences, sources."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from countervail.errors import UserError
from countervail.evidence.load import Evidence
from countervail.evidence.show import all_tables
from countervail.files import write_text

DESCRIPTIONS = {
    "accelerators": "AI accelerators: dense rates in 10^12 operations per second, memory in 10^9 bytes",
    "measures": "Acts of the US and Chinese governments on AI chips",
    "entities": "Additions to the US Entity List",
    "history": "Observations and forecasts by series, actor and period",
    "sources": "Sources by key",
    "priors": "Priors of the model's parameters and background figures",
    "alliances": "Alliances of cloud firms, model firms and chip makers",
    "standards": "Standards, and measured facts about crossing between software stacks",
    "timeline": "Dated moves",
    "prior_models": "Published models near this contest",
    "rates": "CNY per USD and the US deflator by quarter",
}


def export(ev: Evidence, folder: Path) -> Path:
    """Write the package into `folder` and return the path of datapackage.json."""
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file, a folder is expected", "choose another name")
    resources = []
    for table, rows in all_tables(ev).items():
        text, fields = _table(rows)
        write_text(folder / f"{table}.csv", text)
        resources.append(_resource(table, fields))
    from countervail import __version__

    package = {
        "profile": "data-package",
        "name": "countervail-evidence",
        "title": "Evidence base of countervail: AI chips, export controls, history, priors",
        "version": __version__,
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "contributors": [{"title": "countervail contributors", "role": "author"}],
        "sources": _sources(ev),
        "resources": resources,
    }
    if ev.as_of:
        package["as_of"] = ev.as_of.isoformat()
    path = folder / "datapackage.json"
    write_text(path, json.dumps(package, indent=1, ensure_ascii=False) + "\n")
    return path


def _sources(ev: Evidence) -> list[dict[str, str]]:
    return [{"title": s.title or s.id, "path": s.url} for s in ev.sources.values() if s.url]


def _resource(table: str, fields: list[dict[str, Any]]) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": fields, "primaryKey": ["id"]}
    if table == "history":
        schema["foreignKeys"] = [
            {"fields": ["source"], "reference": {"resource": "sources", "fields": ["id"]}}
        ]
    return {
        "name": table,
        "path": f"{table}.csv",
        "description": DESCRIPTIONS[table],
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _table(rows: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Return (CSV text, field descriptions); lists and mappings become JSON texts."""
    columns = list(dict.fromkeys(key for row in rows for key in row)) or ["id"]
    if "id" in columns:
        columns.remove("id")
    columns.insert(0, "id")
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(c)) for c in columns])
    fields = []
    for column in columns:
        kind = _kind([row[column] for row in rows if row.get(column) is not None])
        field: dict[str, Any] = {"name": column, "type": kind}
        if column == "id":
            field["constraints"] = {"required": True, "unique": True}
        fields.append(field)
    return buffer.getvalue(), fields


def _kind(values: list[Any]) -> str:
    if values and all(isinstance(v, bool) for v in values):
        return "boolean"
    if values and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values):
        return "number"
    if values and all(isinstance(v, str) and len(v) == 10 and v[4] == v[7] == "-" for v in values):
        return "date"
    return "string"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        if isinstance(value, list) and all(isinstance(v, str) and ";" not in v for v in value):
            return ";".join(value)
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)
