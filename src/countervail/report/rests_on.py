"""What a run rests on: measures, chips, priors and their sources, read from its record."""

import json
from pathlib import Path
from typing import Any

from countervail.errors import UserError
from countervail.files import read_text

KINDS = ("measure", "chip", "prior", "source")


def sources(run_dir: Path | str) -> list[dict[str, Any]]:
    """Return a row per measure, chip, prior and source of a run.

    Each row has `kind, id, name, basis, confidence, sources, url`. A chip's basis is its status, a measure's the
    government that took it, a source's whether its page was opened.
    """
    folder = Path(run_dir)
    path = folder if folder.name == "run.json" else folder / "run.json"
    if not path.is_file():
        raise UserError(f"{folder} holds no run.json", "give the folder that --out named")
    data = _read(path)
    rows = []
    for m in data["measures"]:
        rows.append(_row("measure", m, m["name"], m["actor"], m["confidence"]))
    for c in data["chips"]:
        rows.append(_row("chip", c, c["name"], c["status"], c["confidence"]))
    for p in data["parameters"]:
        basis = p["basis"] if p["origin"] == "prior" else f"{p['basis']} ({p['origin']})"
        rows.append(_row("prior", p, p["label"], basis, p["confidence"]))
    for s in data["sources"]:
        title = ", ".join(x for x in (s["title"], s["publisher"], s["date"]) if x)
        rows.append(
            {**_row("source", s, title, f"page opened: {s['seen']}", ""), "sources": [], "url": s["url"]}
        )
    return rows


def _row(kind: str, item: dict[str, Any], name: str, basis: str, confidence: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "id": item["id"],
        "name": name,
        "basis": basis,
        "confidence": confidence,
        "sources": item.get("sources", []),
        "url": None,
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise UserError(f"{path}, line {error.lineno}: not valid JSON", "run again to make it anew") from None
    if not isinstance(data, dict) or not {"measures", "chips", "parameters", "sources"} <= data.keys():
        raise UserError(f"{path} is no record of a run", "give the folder that --out named")
    return data
