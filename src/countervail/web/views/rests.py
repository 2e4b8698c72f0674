"""What rests on a source: chips, measures, rules, priors, observations, alliances, moves, claims."""

from collections import defaultdict
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from countervail.errors import unknown
from countervail.files import read_yaml
from countervail.language import DEFAULT, text

Entry = dict[str, Any]
_RULES = Path(str(resources.files("countervail.rules"))) / "data"
KINDS = ("chip", "measure", "rule", "parameter", "background", "series", "alliance", "standard", "event")
KINDS += ("entity", "group", "rate", "claim", "prior_model")


@cache
def index() -> dict[str, list[Entry]]:
    """Return source -> what names it, each entry `{kind, id, name, detail, confidence}`."""
    from countervail.evidence import load

    ev = load()
    by_address = addresses()
    found: dict[str, dict[tuple[str, str], Entry]] = defaultdict(dict)

    def note(source: str, kind: str, id: str, name: str, detail: str = "", confidence: str = "") -> None:
        row = {"kind": kind, "id": id, "name": name, "detail": detail, "confidence": confidence}
        held = found[by_address.get(source, source)].setdefault((kind, id), row)
        if detail and detail not in held["detail"].split("; "):
            held["detail"] = f"{held['detail']}; {detail}".strip("; ")

    for c in ev.accelerators.values():
        for s in [*c.sources, *(e.source for e in c.earlier)]:
            note(s, "chip", c.id, c.name, "", c.confidence)
    for m in ev.measures.values():
        for s in [*m.sources, *(s for later in m.later for s in later.sources)]:
            note(s, "measure", m.id, m.name, "", m.confidence)
    _rules(note)
    for kind, table in (("parameter", ev.priors), ("background", ev.background)):
        for rows in table.values():
            for p in rows.values():
                for s in p.sources:
                    note(s, kind, p.key, p.label, p.basis, p.confidence)
    for o in ev.history:
        for s in {o.source, *o.sources}:
            note(s, "series", f"{o.series_id}|{o.actor}", f"{o.series_id}, {o.actor}", o.period, o.confidence)
    for kind, rows in (
        ("alliance", ev.alliances),
        ("standard", ev.standards),
        ("prior_model", ev.prior_models),
    ):
        for x in rows.values():
            for s in x.sources:
                note(s, kind, x.id, x.name, "", x.confidence)
    for x in ev.timeline:
        for s in x.sources:
            note(s, "event", x.id, x.text, x.date.isoformat(), x.confidence)
    for x in ev.entities:
        for s in x.sources:
            note(s, "entity", x.id, x.entity, x.listed.isoformat(), x.confidence)
    for x in ev.rates:
        for s in x.sources:
            note(s, "rate", x.series, x.series, x.quarter, x.confidence)
    from countervail.web.views.known import claims

    for c in claims()["claims"]:
        for s in c["sources"]:
            note(s["id"], "claim", c["id"], c["text"], c["verdict"], c["confidence"] or "")
    return {source: list(rows.values()) for source, rows in found.items()}


@cache
def addresses() -> dict[str, str]:
    """Return address -> key of the sources of the evidence base: rules name some of them by address."""
    from countervail.evidence import load

    return {s.url: key for key, s in load().sources.items() if s.url}


def _rules(note: Any) -> None:
    """Note the lines of the rule files and the outcome words."""
    from countervail.rules.regime import Regime
    from countervail.rules.words import outcome_words

    for m in Regime.load().measures.values():
        for s in m.data.get("reference") or ():
            key = s["href"] if isinstance(s, dict) else s
            note(str(key), "rule", m.id, m.name, "", str(m.data.get("confidence", "")))
        for p in (m.data.get("parameters") or {}).values():
            if p.get("source"):
                detail = str(p.get("label", ""))
                note(p["source"], "rule", m.id, m.name, detail, str(p.get("confidence", "")))
    groups = read_yaml(_RULES / "country_groups.yaml")["groups"]
    for id, g in groups.items():
        for s in g.get("sources") or ():
            note(
                s,
                "group",
                str(id),
                f"{id}: {g.get('title', '')}".rstrip(": "),
                "",
                str(g.get("confidence", "")),
            )
    for w in outcome_words().values():
        for s in w.sources:
            note(s, "parameter", w.parameter or f"trade.{w.word}", w.meaning, w.basis)


@cache
def _legal() -> dict[str, Any]:
    """Return the sources that only the rules name."""
    return read_yaml(_RULES / "sources.yaml")["sources"]


@cache
def _pages() -> dict[str, dict[str, Any]]:
    """Return the pages that a rule file names by address and no table of sources lists."""
    from countervail.rules.regime import Regime

    found = {}
    for m in Regime.load().measures.values():
        for page in m.data.get("reference") or ():
            if isinstance(page, dict):
                about = {"id": page["href"], "title": page["title"], "url": page["href"], "seen": "quoted"}
                found[page["href"]] = about | {"date": str(page.get("date", ""))}
    return found


def source(key: str) -> dict[str, Any]:
    """Return what is known of a source: of the evidence base, of the rules, or a bare address."""
    from countervail.evidence import load
    from countervail.evidence.show import plain

    key = addresses().get(key, key)
    held = load().sources.get(key)
    if held is not None:
        return plain(held)
    if key in _legal():
        row = _legal()[key]
        return {"id": key, **{k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in row.items()}}
    if key in _pages():
        return _pages()[key]
    raise unknown("source", key, [*load().sources, *_legal()])


def rests_on(key: str, lang: str = DEFAULT) -> dict[str, Any]:
    """Return a source and everything that rests on it, by kind, named in a language."""
    rows = sorted(index().get(addresses().get(key, key), []), key=lambda r: (KINDS.index(r["kind"]), r["id"]))
    return {"source": source(key), "rests_on": [{**r, "name": _named(r, lang)} for r in rows]}


def _named(row: Entry, lang: str) -> str:
    kind = {"rule": "measure", "background": "parameter"}.get(row["kind"], row["kind"])
    if kind not in ("measure", "parameter", "alliance", "event", "claim"):
        return row["name"]
    return text(kind, row["id"], lang=lang, default=row["name"]) if lang != DEFAULT else row["name"]


def used_sources() -> list[dict[str, Any]]:
    """Return every source with how many things rest on it."""
    from countervail.evidence import load

    counts = {key: len(rows) for key, rows in index().items()}
    pages = [k for k in _pages() if k not in addresses()]
    known = [*load().sources, *(k for k in _legal() if k != "scenario"), *pages]
    return [{**source(key), "rests": counts.get(key, 0)} for key in known]
