"""Turns the data files into records; one function per table, each called only when its table is asked for."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from countervail.errors import UserError
from countervail.evidence import records as r
from countervail.evidence.units import split_unit
from countervail.files import parse_yaml, read_text, read_yaml

DATA = Path(__file__).parent / "data"
MECHANISMS = (
    "demand technology fabrication hbm expansion upstream power trade leakage workloads procurement retirement "
    "ecosystem alliances investment rivalry spillovers capability economy military input_controls reactions leadership"
).split()
_LISTS = ("sources", "from_memory", "not_opened")
T = TypeVar("T", bound=BaseModel)


def csv_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, row) of a CSV file with a header; blank lines are skipped."""
    reader = csv.reader(io.StringIO(read_text(path).removeprefix("\ufeff"), newline=""), strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            start, line = line, reader.line_num + 1
            if not cells:
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                if len(set(header)) < len(header):
                    raise UserError(f"{path}, line {start}: a column is named twice", "remove one")
                continue
            if len(cells) != len(header):
                raise UserError(
                    f"{path}, line {start}: {len(cells)} fields, not as many fields as the header",
                    "quote fields that contain a comma",
                )
            yield start, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise UserError(f"{path}, line {reader.line_num}: not valid CSV: {error}") from None
    if header is None:
        raise UserError(f"{path} is empty", "the first line must name the columns")


def filled(row: dict[str, str], lists: tuple[str, ...] = _LISTS) -> dict[str, Any]:
    """Drop the empty cells of a CSV row and split its lists at semicolons."""
    out: dict[str, Any] = {}
    for key, cell in row.items():
        text = cell.strip()
        if text:
            out[key] = [p.strip() for p in text.split(";") if p.strip()] if key in lists else text
    return out


def first_problem(error: ValidationError) -> tuple[str, str]:
    """Return (field, sentence) of the first mistake pydantic found."""
    problem = error.errors()[0]
    field = ".".join(str(p) for p in problem["loc"]) or "row"
    kind = problem["type"]
    if kind == "missing":
        return field, "is missing"
    if kind == "extra_forbidden":
        return field, "is not a known field"
    return field, f"is {problem['input']!r}: {problem['msg'][0].lower()}{problem['msg'][1:]}"


def build(model: type[T], data: dict[str, Any], where: str) -> T:
    """Return the record, or an error that names the place and the field."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        field, says = first_problem(error)
        raise UserError(
            f"{where}: {field} {says}", "see docs/evidence.md for the columns and units"
        ) from None


def _all(model: type[T], rows: list[dict[str, Any]], where: str) -> list[T]:
    try:
        return TypeAdapter(list[model]).validate_python(rows)  # pyright: ignore[reportInvalidTypeForm]
    except ValidationError:
        return [build(model, row, f"{where}, {row.get('id', '')}") for row in rows]


def _yaml_list(name: str, key: str, model: type[T]) -> list[T]:
    path = DATA / name
    return _all(model, read_yaml(path)[key], name)


def accelerators() -> list[r.Accelerator]:
    """Read the chips, each with its disputed figures and what its row said before later revisions."""
    earlier: dict[str, list[Any]] = {}
    for change in read_yaml(DATA / "revisions.yaml")["revisions"]:
        earlier.setdefault(change.pop("id"), []).append(change)
    ranges: dict[str, dict[str, Any]] = {}
    for span in read_yaml(DATA / "ranges.yaml")["ranges"]:
        ranges.setdefault(span.pop("id"), {})[span.pop("field")] = span
    rows = [filled(row) for _, row in csv_rows(DATA / "accelerators.csv")]
    for row in rows:
        row |= {"earlier": earlier.get(row["id"], []), "ranges": ranges.get(row["id"], {})}
    return _all(r.Accelerator, rows, "accelerators.csv")


def aliases() -> dict[str, str]:
    """Read the short names of chips: name -> id."""
    return read_yaml(DATA / "aliases.yaml")["aliases"]


def measures() -> list[r.Measure]:
    """Read the measures of both sides."""
    return _yaml_list("measures/us.yaml", "measures", r.Measure) + _yaml_list(
        "measures/cn.yaml", "measures", r.Measure
    )


def entities() -> list[r.Entity]:
    """Read the Entity List additions."""
    return _yaml_list("entities.yaml", "entities", r.Entity)


def alliances() -> list[r.Alliance]:
    """Read the alliances."""
    return _yaml_list("alliances.yaml", "alliances", r.Alliance)


def standards() -> list[r.Standard]:
    """Read standards and the measured facts about crossing between them."""
    return _yaml_list("standards.yaml", "standards", r.Standard)


def timeline() -> list[r.Event]:
    """Read the dated moves."""
    return _yaml_list("timeline.yaml", "events", r.Event)


def prior_models() -> list[r.PriorModel]:
    """Read the published models near this contest."""
    return _yaml_list("prior_models.yaml", "models", r.PriorModel)


def observation_data(row: dict[str, str], seen: dict[str, int]) -> dict[str, Any]:
    """Return the data of an Observation: unit split from its qualifier, id numbered where a key repeats."""
    data = filled(row, ())
    unit, basis = split_unit(data.get("unit", ""))
    data["unit"] = unit
    data.setdefault("basis", basis)
    key = f"{data.get('series_id')}:{data.get('actor')}:{data.get('period')}"
    seen[key] = seen.get(key, 0) + 1
    data["id"] = key if seen[key] == 1 else f"{key}#{seen[key]}"
    if "source" in data:
        data["sources"] = [data["source"]]
    return data


def history() -> list[r.Observation]:
    """Read the observed and forecast values."""
    seen: dict[str, int] = {}
    rows = [observation_data(row, seen) for _, row in csv_rows(DATA / "history.csv")]
    return _all(r.Observation, rows, "history.csv")


def rates() -> list[r.Rate]:
    """Read the CNY/USD rates and the deflator."""
    rows = []
    for _, row in csv_rows(DATA / "rates.csv"):
        data = filled(row, ("sources",))
        data["id"] = f"{data['series']}:{data['quarter']}"
        rows.append(data)
    return _all(r.Rate, rows, "rates.csv")


def sources() -> dict[str, r.Source]:
    """Read the sources: key -> Source."""
    raw = read_yaml(DATA / "sources.yaml")["sources"]
    rows = [{"id": key, **value} for key, value in raw.items()]
    return {s.id: s for s in _all(r.Source, rows, "sources.yaml")}


def some_sources(keys: list[str]) -> dict[str, r.Source]:
    """Read only the named sources; the file has one line for each, so the rest need not be parsed."""
    wanted = tuple(f"  {key}: {{" for key in keys)
    path = DATA / "sources.yaml"
    lines = [line for line in read_text(path).splitlines() if wanted and line.startswith(wanted)]
    found = parse_yaml("\n".join(lines), str(path)) or {}
    return {key: build(r.Source, {"id": key, **value}, "sources.yaml") for key, value in found.items()}


def priors_file(path: Path, section: str = "parameters") -> dict[str, r.Prior]:
    """Read one section of a priors file: `parameters` of the model, or `background` figures beside them."""
    document = read_yaml(path)
    found: dict[str, r.Prior] = {}
    for name, entry in (document.get(section) or {}).items():
        data = {
            "mechanism": document["mechanism"],
            "parameter": name,
            "background": section == "background",
            **entry,
        }
        found[name] = build(r.Prior, data, f"{path.name}, {section}.{name}")
    return found


def _priors(section: str) -> dict[str, dict[str, r.Prior]]:
    paths = {name: DATA / "priors" / f"{name}.yaml" for name in MECHANISMS}
    return {name: priors_file(path, section) if path.exists() else {} for name, path in paths.items()}


def priors() -> dict[str, dict[str, r.Prior]]:
    """Read the priors of every mechanism: mechanism -> parameter -> Prior."""
    return _priors("parameters")


def background() -> dict[str, dict[str, r.Prior]]:
    """Read the figures of the literature that are no parameter of the model: mechanism -> name -> Prior."""
    return _priors("background")
