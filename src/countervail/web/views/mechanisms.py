"""The mechanisms as the page shows them: equation and limits from the docstring, parameters, sources, outcomes.

The files are read as text, so that the page of a mechanism needs no JAX.
"""

import ast
import inspect
import re
from functools import cache
from pathlib import Path
from typing import Any

from countervail.errors import unknown
from countervail.evidence import load
from countervail.files import parse_python
from countervail.language import DEFAULT, text
from countervail.report.typeset import mathml
from countervail.web.views import beliefs

HOME = Path(__file__).parent.parent.parent / "model" / "mechanisms"


@cache
def names() -> tuple[str, ...]:
    """Return the names of the mechanisms that have a file, in the order of the alphabet."""
    return tuple(p.stem for p in sorted(HOME.glob("*.py")) if p.stem != "__init__")


@cache
def _tree(name: str) -> ast.Module:
    return parse_python((HOME / f"{name}.py").read_text(encoding="utf-8"))


def blocks(doc: str) -> list[dict[str, str]]:
    """Return a docstring as blocks: `text`, or `equation`, as MathML too, where the source is indented."""
    found = []
    for paragraph in re.split(r"\n\s*\n", doc):
        lines = paragraph.splitlines()
        indented = all(line.startswith("    ") for line in lines)
        body = inspect.cleandoc(paragraph) if indented else " ".join(lines).replace("`", "")
        found.append({"kind": "equation" if indented else "text", "text": body})
        if indented:
            found[-1]["mathml"] = mathml(body)
    return found


def told(name: str, doc: str, lang: str) -> list[dict[str, str]]:
    """Return the blocks of a mechanism in a language; equations are the same in all."""
    english = blocks(doc)
    if lang == DEFAULT:
        return english
    first, *rest = (text("mechanism", name, f, lang, default="") for f in ("first", "prose", "limits"))
    if not first:
        return english
    equations = [b for b in english if b["kind"] == "equation"]
    return [{"kind": "text", "text": first}, *equations, *({"kind": "text", "text": t} for t in rest if t)]


def _title(name: str, lang: str) -> str:
    return text("mechanism", name, "title", lang, default=_english_title(name))


def _english_title(name: str) -> str:
    return text("mechanism", name, "title", default=name.replace("_", " ").capitalize())


def _outcomes() -> list[dict[str, Any]]:
    from countervail.ensemble.outcomes import list_outcomes

    return list_outcomes()


def listing(lang: str = DEFAULT) -> dict[str, Any]:
    """Return every mechanism with its title, what it does, and how many parameters and outcomes hang on it."""
    rows = []
    for name in names():
        doc = (ast.get_docstring(_tree(name)) or "").replace("`", "")
        own = load().priors.get(name, {})
        moved = sum(beliefs.numbers(p.key)[1] is not None for p in own.values() if p.prior)
        rows.append(
            {
                "id": name,
                "title": _title(name, lang),
                "sentence": text("mechanism", name, "first", lang, default=doc.split("\n", 1)[0]),
                "parameters": len(own),
                "moved_by_history": moved,
                "outcomes": sum(name in o["mechanisms"] for o in _outcomes()),
            }
        )
    return {"mechanisms": rows}


def mechanism(name: str, lang: str = DEFAULT) -> dict[str, Any]:
    """Return the page of one mechanism."""
    if name not in names():
        raise unknown("mechanism", name, names())
    tree = _tree(name)
    ev = load()
    own = [beliefs.row_of(p, lang) for p in ev.priors.get(name, {}).values() if p.prior]
    for row in own:
        row["density"] = beliefs.density(row["id"])
    keys = {s for row in own for s in row["sources"]}
    background = ev.background.get(name, {}).values()
    keys |= {s for p in background for s in p.sources}
    ids = {row["id"] for row in own}
    return {
        "id": name,
        "title": _title(name, lang),
        "sentence": "",
        "blocks": told(name, ast.get_docstring(tree) or "", lang),
        "file": f"model/mechanisms/{name}.py",
        "functions": _functions(tree),
        "parameters": own,
        "background": [_background(p, lang) for p in background],
        "confounded": [c for c in beliefs.confounded() if c["a"] in ids or c["b"] in ids],
        "sources": [
            {"id": k, "title": s.title, "publisher": s.publisher, "date": s.date, "url": s.url}
            for k in sorted(keys)
            if (s := ev.sources.get(k))
        ],
        "outcomes": [
            {
                "variable": o["variable"],
                "label": text("outcome", o["variable"], "label", lang, default=o["label"]),
                "regions": o["regions"],
            }
            for o in _outcomes()
            if name in o["mechanisms"]
        ],
    }


def _background(p: Any, lang: str) -> dict[str, Any]:
    label = text("parameter", p.key, "label", lang, default=p.label)
    return {
        "id": p.key,
        "label": label,
        "unit": p.unit,
        "note": text("parameter", p.key, "note", lang, default=p.note),
        "sources": p.sources,
        "basis": p.basis,
    }


def _functions(tree: ast.Module) -> list[dict[str, str]]:
    """Return the public functions, each with its signature and the first sentence of its docstring."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            names_ = ", ".join(a.arg for a in node.args.args)
            doc = (ast.get_docstring(node) or "").split("\n\n", 1)[0]
            found.append({"signature": f"{node.name}({names_})", "text": " ".join(doc.split())})
    return found
