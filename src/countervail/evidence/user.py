"""A user's own rows: accelerators.csv, measures.yaml, history.csv in a folder, with the same checks.

The files use the shipped columns and keys, or plainer ones: `source_url` and
`source_title` (or a list of addresses under `sources`) stand in for source keys, which are made from them.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from countervail.errors import UserError, unknown
from countervail.evidence import read
from countervail.evidence import records as r
from countervail.evidence.lines import Lines
from countervail.files import read_yaml
from countervail.periods import last_day, parse_date, quarter_index, quarter_span

FILES = ("accelerators.csv", "measures.yaml", "history.csv")
_VENDOR = {
    "nvidia": "NVIDIA",
    "amd": "AMD",
    "huawei": "Huawei",
    "alibaba": "T-Head",
    "t-head": "T-Head",
    "baidu/kunlunxin": "Kunlunxin",
    "kunlunxin": "Kunlunxin",
    "enflame": "Enflame",
    "cambricon": "Cambricon",
}
_ANNOUNCED = ("announced", "reported", "date", "established", "opened", "effective", "effective_from")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?(?![\d])")
_NOTE_DATE = re.compile(r"published (?:in |mid-)?(\d{4}(?:-\d\d)?(?:-\d\d)?)")


@dataclass
class UserData:
    """What the folder held."""

    accelerators: list[r.Accelerator] = field(default_factory=list)
    measures: list[r.Measure] = field(default_factory=list)
    history: list[r.Observation] = field(default_factory=list)
    sources: list[r.Source] = field(default_factory=list)
    lines: dict[str, tuple[str, int]] = field(default_factory=dict)  # id -> (file, line)


def read_user_data(folder: Path) -> UserData:
    """Read a user's folder; the first mistake is a UserError naming file, line and field."""
    if not folder.is_dir():
        what = "is a file, a folder is expected" if folder.exists() else "does not exist"
        raise UserError(f"{folder} {what}", "give a folder that holds " + ", ".join(FILES))
    present = [name for name in FILES if (folder / name).exists()]
    if not present:
        raise UserError(f"{folder} holds none of {', '.join(FILES)}", "name the files so")
    data = UserData()
    keys = _Sources(data.sources)
    if "accelerators.csv" in present:
        _accelerators(folder / "accelerators.csv", data, keys)
    if "measures.yaml" in present:
        _measures(folder / "measures.yaml", data, keys)
    if "history.csv" in present:
        _history(folder / "history.csv", data, keys)
    return data


class _Sources:
    """Turns addresses into source keys, reusing a shipped source of the same address."""

    def __init__(self, found: list[r.Source]) -> None:
        self.shipped = read.sources()
        self._by_url = {s.url.rstrip("/"): key for key, s in self.shipped.items() if s.url}
        self._keys = set(self.shipped)
        self._found = found

    def key(self, text: str, title: str, known: date, grade: str = "medium") -> str:
        """Return the key of an address or of a key that exists."""
        text = text.strip()
        if text in self._keys:
            return text
        if not re.match(r"https?://[^\s]+\.[^\s]+", text):
            raise unknown("source", text, self._keys)
        url = text.rstrip("/")
        if url not in self._by_url:
            host = (urlparse(url).hostname or "source").removeprefix("www.")
            base = re.sub(r"[^a-z0-9]+", "_", host.lower()).strip("_")
            key, n = f"user_{base}", 2
            while key in self._keys:
                key, n = f"user_{base}_{n}", n + 1
            self._found.append(
                r.Source.model_validate(
                    {"id": key, "title": title or host, "url": url, "known_since": known, "grade": grade}
                )
            )
            self._keys.add(key)
            self._by_url[url] = key
        return self._by_url[url]


def _checked(model: type, data: dict[str, Any], where: str) -> Any:
    from countervail.evidence.checks import row_problem

    row = read.build(model, data, where)
    problem = row_problem(row)
    if problem:
        raise UserError(f"{where}: {problem.message}", problem.hint)
    return row


@contextmanager
def _at(where: str, column: str) -> Iterator[None]:
    """Put file, line and field before the message of a UserError raised inside."""
    try:
        yield
    except UserError as error:
        raise UserError(f"{where}: {column}: {error.message}", error.hint) from None


def _day(value: Any) -> date:
    """Return a date, given as one or as text."""
    return value if isinstance(value, date) else parse_date(str(value))


def _unknown_columns(row: dict[str, str], model: type[r.Row], extra: tuple[str, ...], path: Path) -> None:
    allowed = {*model.model_fields, *extra}
    for column in row:
        if column not in allowed:
            error = unknown("column", column, allowed)
            raise UserError(f"{path}, line 1: {error.message}", error.hint)


def _register(data: UserData, key: str, path: Path, line: int) -> None:
    if key in data.lines:
        other, first = data.lines[key]
        raise UserError(
            f"{path}, line {line}: {key} is there twice, first in {other}, line {first}", "remove one"
        )
    data.lines[key] = (path.name, line)


def _accelerators(path: Path, data: UserData, keys: _Sources) -> None:
    for line, raw in read.csv_rows(path):
        where = f"{path}, line {line}"
        _unknown_columns(raw, r.Accelerator, ("source_url", "source_title"), path)
        row = read.filled(raw)
        url, title = row.pop("source_url", None), row.pop("source_title", "")
        given = [*row.get("sources", []), *([url] if url else [])]
        if not given:
            raise UserError(f"{where}: sources is missing", "give an address or a source key")
        release = row.get("release_quarter")
        known = date(2000, 1, 1)
        if "known_since" in row:
            with _at(where, "known_since"):
                known = _day(row["known_since"])
        elif "announced" in row:
            with _at(where, "announced"):
                known = _day(row["announced"])
        elif release:
            with _at(where, "release_quarter"):
                known = quarter_span(quarter_index(release))[1]
            row["known_since_basis"] = "release_quarter"
        row["known_since"] = known
        with _at(where, "sources"):
            row["sources"] = [keys.key(item, title, known) for item in given]
        designer = row.get("designer", "")
        country = row.get("designer_country", "")
        row.setdefault(
            "vendor", _VENDOR.get(designer.lower(), "CN other" if country == "CN" else "US in-house")
        )
        row.setdefault("confidence", "medium")
        row.setdefault("status", "announced")
        chip = _checked(r.Accelerator, row, where)
        _register(data, chip.id, path, line)
        data.accelerators.append(chip)


def _history(path: Path, data: UserData, keys: _Sources) -> None:
    seen: dict[str, int] = {}
    for line, raw in read.csv_rows(path):
        where = f"{path}, line {line}"
        _unknown_columns(raw, r.Observation, ("source_url", "source_title", "region_or_actor"), path)
        if "region_or_actor" in raw:
            raw["actor"] = raw.pop("region_or_actor")
        url, title = raw.pop("source_url", ""), raw.pop("source_title", "")
        with _at(where, "unit"):
            row = read.observation_data(raw, seen)
        with _at(where, "period"):
            end = last_day(row.get("period", ""), "period")
        stated = _NOTE_DATE.search(row.get("notes", ""))
        if stated and row.get("series_id", "").endswith("_forecast"):
            row.setdefault("published", last_day(stated[1]))
        if "known_since" not in row:
            lag = timedelta(days=60 if "Q" in row["period"] else 90)
            row["known_since"] = last_day(stated[1]) if stated else end + lag
            row["known_since_basis"] = "source" if stated else "reporting_lag"
        row.setdefault("known_since_basis", "source")
        with _at(where, "known_since"):
            known = _day(row["known_since"])
        row["forecast"] = row.get("forecast", row.get("series_id", "").endswith("_forecast"))
        given = row.get("source") or url
        if not given:
            raise UserError(f"{where}: source_url is missing", "give an address or a source key")
        with _at(where, "source_url"):
            row["source"] = keys.key(given, title, known)
        row["sources"] = [row["source"]]
        row.setdefault("confidence", "medium")
        observation = _checked(r.Observation, row, where)
        _register(data, observation.id, path, line)
        data.history.append(observation)


def _measures(path: Path, data: UserData, keys: _Sources) -> None:
    document = read_yaml(path)
    rows = document.get("measures") if isinstance(document, dict) else document
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UserError(
            f"{path}: a list of measures is expected", "start the file with 'measures:' and a list"
        )
    lines = Lines(path)
    prefix: tuple[str, ...] = ("measures",) if isinstance(document, dict) else ()
    for i, raw in enumerate(rows):

        def at(column: str, i: int = i) -> str:
            return f"{path}, line {lines.of(*prefix, i, *column.split('.'))}"

        row = measure_data(raw, at, keys)
        try:
            measure = r.Measure.model_validate(row)
        except ValueError:
            try:
                read.build(r.Measure, row, "")
            except UserError as error:
                fieldname = error.message.removeprefix(": ").split(" ")[0].split(".")[0]
                message = error.message.removeprefix(": ")
                raise UserError(f"{at(fieldname)}: {message}", error.hint) from None
            raise
        from countervail.evidence.checks import row_problem

        problem = row_problem(measure)
        if problem:
            raise UserError(f"{at(problem.field)}: {problem.message}", problem.hint)
        _register(data, measure.id, path, lines.of(*prefix, i))
        data.measures.append(measure)


def measure_data(raw: dict[str, Any], at: Callable[[str], str], keys: _Sources) -> dict[str, Any]:
    """Return the data of a Measure; keys that are no field (`thresholds`, `demand`) go to `details`."""
    row: dict[str, Any] = {}
    details: dict[str, Any] = dict(raw.get("details") or {})
    for name, value in raw.items():
        if name in r.Measure.model_fields and name not in ("details", "sources"):
            row[name] = value
        elif name not in (
            "details",
            "sources",
            "mechanism",
            "dates",
            "suspended",
            "legislation",
            "after_2025",
        ):
            details[name] = value
    dates = raw.get("dates") or {}
    if not isinstance(dates, dict):
        raise UserError(f"{at('dates')}: dates must be a mapping", "write announced: 2025-11-05 under it")
    if dates:
        details["dates"] = dates
        found = [dates[k] for k in _ANNOUNCED if k in dates] or [
            v for v in dates.values() if _DATE.match(str(v))
        ]
        row.setdefault("announced", found[0] if found else None)
        row.setdefault("effective", dates.get("effective", dates.get("effective_from")))
    for name in ("announced", "published", "effective", "ended", "known_since"):
        _read_day(row, name, details, at)
    dated = [row[name] for name in ("published", "effective") if name in row]
    row["sources"], latest = _measure_sources(raw, at, keys, row.get("announced", min(dated, default=None)))
    if "announced" not in row:
        row["announced"] = min(dated, default=latest)
    if row["announced"] is None:
        raise UserError(f"{at('id')}: announced is missing", "give the date it was announced")
    row.setdefault("known_since", row["announced"])
    suspended = raw.get("suspended")
    if isinstance(suspended, dict):
        row["suspensions"] = [suspended]
    if isinstance(raw.get("mechanism"), list):
        row.setdefault("mechanisms", raw["mechanism"])
    identity = str(raw.get("id", ""))
    row.setdefault("actor", "CN" if identity.startswith("cn-") else "US")
    controls = raw.get("controls")
    row.setdefault("summary", controls if isinstance(controls, str) else str(raw.get("name", "")))
    row.setdefault("confidence", "medium")
    if isinstance(row.get("from_memory"), bool):
        row["from_memory"] = ["all"] if row["from_memory"] else []
    row["details"] = details
    return row


def _read_day(row: dict[str, Any], name: str, details: dict[str, Any], at: Callable[[str], str]) -> None:
    """Turn a date of a measure into a date; a sentence such as "staged, see text" moves to the details."""
    value = row.get(name)
    if value is None:
        row.pop(name, None)
    elif not isinstance(value, date):
        text = str(value).strip()
        match = _DATE.match(text)
        if match is None and name in ("effective", "ended"):
            details[f"{name}_text"] = row.pop(name)
            return
        with _at(at(name), name):
            row[name] = parse_date(match[0] if match and not re.fullmatch(r"[\d\-]+", text) else text)


def _measure_sources(
    raw: dict[str, Any], at: Callable[[str], str], keys: _Sources, known: date | None
) -> tuple[list[str], date | None]:
    """Return the source keys of a measure and the latest date among sources that carry one."""
    given = raw.get("sources") or ([raw["source_url"]] if raw.get("source_url") else [])
    if not given and raw.get("from_memory") is True:
        given = ["memory"]
    if not isinstance(given, list) or not given:
        raise UserError(f"{at('sources')}: sources is missing", "give a list of addresses or source keys")
    found, days = [], []
    for item in given:
        text, title = item, str(raw.get("source_title", ""))
        if isinstance(item, dict):
            text, title = item.get("url") or "memory", str(item.get("title", ""))
            if _DATE.match(str(item.get("date", ""))):
                days.append(last_day(_DATE.match(str(item["date"]))[0]))  # pyright: ignore[reportOptionalSubscript]
        with _at(at("sources"), "sources"):
            found.append(keys.key(str(text), title, known or max(days, default=date.today())))
        if not isinstance(item, dict) and text in keys.shipped:
            days.append(keys.shipped[text].known_since)
    return list(dict.fromkeys(found)), max(days, default=None)
