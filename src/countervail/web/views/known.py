"""What is known, row by row: chips, measures, alliances, moves, claims, each with its sources and confidence."""

from functools import cache
from typing import Any

from countervail.evidence import load
from countervail.evidence.show import plain
from countervail.language import DEFAULT, text

# Figures of a chip that the page shows, compares and draws: column, unit, digits that matter.
FIGURES: tuple[tuple[str, str], ...] = (
    ("tpp", "TPP"),
    ("h100e", "H100e"),
    ("performance_density", "TPP/mm2"),
    ("fp16_tflops_dense", "TFLOPS"),
    ("fp8_or_int8_tops_dense", "TOPS"),
    ("fp4_tops_dense", "TOPS"),
    ("memory_gb", "GB"),
    ("memory_bandwidth_gb_s", "GB/s"),
    ("interconnect_gb_s", "GB/s"),
    ("die_area_mm2", "mm2"),
    ("n_logic_dies", "1"),
    ("hbm_stacks", "1"),
    ("tdp_w", "W"),
    ("price_usd_low", "USD"),
    ("price_usd_high", "USD"),
)


@cache
def chips() -> dict[str, Any]:
    """Return every accelerator with its figures, sources, and which of them were written from memory."""
    ev = load()
    rows = []
    for c in ev.accelerators.values():
        row = plain(c)
        if c.h100e is not None:
            row["h100e"] = round(c.h100e, 4)
        if c.performance_density is not None:
            row["performance_density"] = round(c.performance_density, 3)
        row["aliases"] = ev.aliases_of(c.id)
        rows.append(row)
    return {"figures": [{"column": name, "unit": unit} for name, unit in FIGURES], "chips": rows}


@cache
def claims() -> dict[str, Any]:
    """Return the verdicts on the claims of the shipped article, as known when it was written and today."""
    from countervail.claims import check_file
    from countervail.claims.check import shipped_files

    name = next(iter(shipped_files()))
    now = check_file(name).to_json()
    then = check_file(name, as_of=_written(name)).to_json()
    before = {c["id"]: c["verdict"] for c in then["claims"]}
    return {
        **now,
        "file": name,
        "written": then["as_of"],
        "claims": [{**c, "then": before[c["id"]]} for c in now["claims"]],
    }


def _written(name: str) -> Any:
    """Return the last day of the month in the name of a claims file."""
    from countervail.periods import last_day

    return last_day(name[-7:], "date")


@cache
def tables(lang: str = DEFAULT) -> dict[str, Any]:
    """Return all rows that the search looks through, in a language: measures, moves, alliances, standards, claims."""
    from countervail.web.views.rests import used_sources

    ev = load()
    return {
        "measures": [
            _told(plain(m), "measure", lang, "name", "summary", "status") for m in ev.measures.values()
        ],
        "events": [_told(plain(e), "event", lang, "text") for e in ev.timeline],
        "alliances": [_joined(plain(a), lang) for a in ev.alliances.values()],
        "standards": [
            _told(plain(s), "standard", lang, "name", "layer", "owner", "openness", "compat", "notes")
            for s in ev.standards.values()
        ],
        "claims": [_told(c, "claim", lang, "text") for c in claims()["claims"]],
        "written": claims()["written"],
        "sources": [
            {k: s.get(k) for k in ("id", "title", "publisher", "date", "url", "seen", "grade", "rests")}
            for s in used_sources()
        ],
    }


def _joined(row: dict[str, Any], lang: str) -> dict[str, Any]:
    """Return an alliance in a language, its members by the names they call themselves."""
    said = _told(row, "alliance", lang, "name", "kind", "started", "aim", "effect_type", "notes")
    return {**said, "members": [text("organisation", m, lang=lang, default=m) for m in row["members"]]}


def _told(row: dict[str, Any], kind: str, lang: str, *fields: str) -> dict[str, Any]:
    """Return a row with some of its texts in a language."""
    if lang == DEFAULT:
        return row
    return {**row, **{f: text(kind, row["id"], f, lang, default=row.get(f, "")) for f in fields}}


@cache
def series(key: str) -> dict[str, Any]:
    """Return the observations of one series of one actor, `series|actor`."""
    from countervail.errors import unknown

    name, _, actor = key.partition("|")
    rows = [plain(o) for o in load().history if o.series_id == name and (not actor or o.actor == actor)]
    if not rows:
        raise unknown("series", name, {o.series_id for o in load().history})
    return {"series": name, "actor": actor, "rows": rows}


def measure(key: str, lang: str = DEFAULT) -> dict[str, Any]:
    """Return one measure: its row in the evidence, its clauses and lines in the rules, the levers that rest on it."""
    from countervail import api
    from countervail.errors import unknown
    from countervail.rules.regime import Regime

    rows, rules = load().measures, Regime.load().measures
    if key not in rows and key not in rules:
        raise unknown("measure", key, {*rows, *rules})
    held = rules.get(key)
    found = _told(plain(rows[key]), "measure", lang, "name", "summary", "status") if key in rows else None
    return {
        "id": key,
        "name": found["name"] if found else held.name if held else key,
        "evidence": found,
        "rule": _rule(held) if held else None,
        "levers": [
            {"id": x["id"], "label": text("lever", x["id"], "label", lang, default=x["label"])}
            for x in api.levers()
            if key in x["sources"]
        ],
    }


def _rule(held: Any) -> dict[str, Any]:
    """Return a rule file as plain data: dates, clauses, lines with their values by date."""
    data = held.data
    clauses = data.get("clauses") or {}
    listed = clauses.items() if isinstance(clauses, dict) else ((c.get("id", ""), c) for c in clauses)
    lines = []
    for name, dated in held.parameters.items():
        meta = data["parameters"][name]
        values = [
            {"from": d.isoformat(), "value": v if isinstance(v, (int, float)) else str(v)} for d, v in dated
        ]
        keys = ("label", "op", "unit", "source")
        lines.append({**{k: meta.get(k, "") for k in keys}, "name": name, "values": values})
    return {
        "name": held.name,
        "actor": held.actor,
        "citation": held.citation,
        "announced": held.announced.isoformat(),
        "effective": held.effective.isoformat() if held.effective else None,
        "ended": held.ended.isoformat() if held.ended else None,
        "proposal": held.proposal,
        "confidence": data.get("confidence", ""),
        "from_memory": bool(data.get("from_memory")),
        "clauses": [{"id": str(i), "cite": c.get("cite", ""), "text": c.get("text", "")} for i, c in listed],
        "lines": lines,
        "sources": [s["href"] if isinstance(s, dict) else s for s in data.get("reference") or ()],
    }


def _value(value: Any) -> Any:
    """Return a number as it is, a list as text."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(str(v) for v in value)
    return value if isinstance(value, (int, float)) else str(value)
