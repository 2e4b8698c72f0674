"""The record of a run: every input, version and hash, so that it can be made again and traced to its sources."""

import hashlib
import json
import platform
import sys
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail import __version__
from countervail.evidence import load
from countervail.files import write_text
from countervail.periods import quarter_name

if TYPE_CHECKING:
    from countervail.ensemble import Result
    from countervail.scenario import ScenarioInputs

PACKAGES = ("jax", "jaxlib", "numpy", "scipy", "pydantic", "xarray", "h5netcdf", "openpyxl", "jinja2")


def record(results: "list[Result]", command: str | None = None) -> dict[str, Any]:
    """Return what the run was made of, ready for JSON.

    Parameters
    ----------
    results
        The scenarios of the run, the base first.
    command
        What made the run; by default the command line of this process.
    """
    base = results[0]
    parameters = parameter_rows(results)
    measures = measure_rows(results)
    chips = chip_rows(base)
    keys = {k for row in (*parameters, *measures, *chips) for k in row["sources"]}
    return {
        "program": "countervail",
        "version": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command if command is not None else _command(),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "packages": {name: _version(name) for name in PACKAGES},
        "scenario": base.scenario.id,
        "draws": base.draws,
        "draws_held": int(base.rows.shape[-1]),
        "seed": base.seed,
        "until": base.until,
        "as_of": base.as_of,
        "posterior": base.provenance.get("posterior"),
        "discrepancy": base.provenance.get("discrepancy"),
        "hashes": dict(base.provenance.get("inputs", {}), parameters=base.provenance.get("parameters", "")),
        "scenarios": [_scenario(r) for r in results],
        "parameters": parameters,
        "measures": measures,
        "chips": chips,
        "sources": source_rows(keys),
    }


def write(data: dict[str, Any], path: Path, made: dict[str, str]) -> None:
    """Write the record with the SHA-256 of the other files of the run."""
    text = json.dumps({**data, "files": made}, indent=1, ensure_ascii=False, default=_plain)
    write_text(path, text + "\n")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def parameter_rows(results: "list[Result]") -> list[dict[str, Any]]:
    """Return a row per parameter: what was believed, on what basis, and the range of the draws of the base."""
    base = results[0]
    origin = base.provenance.get("beliefs", {})
    priors = {p.key: p for rows in load(base.scenario.as_of).priors.values() for p in rows.values()}
    low, middle, high = np.quantile(base.parameters, (0.05, 0.5, 0.95), axis=1)
    rows = []
    for i, name in enumerate(base.parameter_names):
        prior = priors[name]
        rows.append(
            {
                "id": name,
                "label": prior.label,
                "unit": prior.unit,
                "prior": prior.prior,
                "origin": origin.get(name, "prior"),
                "origins": {
                    r.scenario.id: r.provenance.get("beliefs", {}).get(name, "prior") for r in results
                },
                "p5": float(low[i]),
                "p50": float(middle[i]),
                "p95": float(high[i]),
                "basis": prior.basis,
                "confidence": prior.confidence,
                "favours": prior.favours,
                "sources": prior.sources,
                "note": prior.note,
                "known_since": prior.known_since.isoformat(),
            }
        )
    return rows


def measure_rows(results: "list[Result]") -> list[dict[str, Any]]:
    """Return a row per measure of any scenario, with the scenarios that hold it."""
    known = load().measures
    rows: dict[str, dict[str, Any]] = {}
    for result in results:
        for use in result.scenario.measures:
            measure = known.get(use.id)
            row = rows.setdefault(
                use.id,
                {
                    "id": use.id,
                    "actor": use.actor,
                    "name": use.name,
                    "citation": measure.citation if measure else "",
                    "confidence": measure.confidence if measure else "scenario",
                    "summary": measure.summary if measure else "",
                    "sources": measure.sources if measure else [],
                    "scenarios": [],
                },
            )
            row["scenarios"].append(result.scenario.id)
    return list(rows.values())


def chip_rows(base: "Result") -> list[dict[str, Any]]:
    """Return a row per accelerator on the vendors' roadmaps."""
    from countervail.scenario.products import roadmaps

    chips = {}
    for vendor, parts in roadmaps(load(base.scenario.as_of)).items():
        for chip in (c for part in parts for c in part.chips):
            chips[chip.id] = {
                "id": chip.id,
                "name": chip.name,
                "vendor": vendor,
                "status": chip.status,
                "release_quarter": chip.release_quarter,
                "h100e": chip.h100e,
                "memory_bandwidth_gb_s": chip.memory_bandwidth_gb_s,
                "confidence": chip.confidence,
                "sources": chip.sources,
            }
    return list(chips.values())


def source_rows(keys: set[str]) -> list[dict[str, Any]]:
    """Return a row per source key, by key; a key that the evidence does not hold has no title."""
    known = load().sources
    rows = []
    for key in sorted(keys):
        s = known.get(key)
        rows.append(
            {
                "id": key,
                "title": s.title if s else "",
                "publisher": s.publisher if s else "",
                "date": s.date if s else None,
                "url": s.url if s else None,
                "seen": s.seen if s else "no",
                "licence": s.licence if s else "",
            }
        )
    return rows


def _scenario(result: "Result") -> dict[str, Any]:
    """Return the inputs of one scenario: measures, levers by span of quarters, assumptions, settings."""
    s = result.scenario
    return {
        "id": s.id,
        "title": s.title,
        "summary": s.summary,
        "files": s.provenance.get("scenario", ""),
        "as_of": None if s.as_of is None else s.as_of.isoformat(),
        "settings": s.settings,
        "parameter_overrides": s.parameter_overrides,
        "assumptions": s.assumptions,
        "extrapolation_from": s.extrapolation_from,
        "measures": [asdict(m) for m in s.measures],
        "variants": [
            {"label": label, "probability": p, "levers": _levers(policy), "policy_hash": _policy_hash(policy)}
            for label, (policy, p) in zip(_labels(s), s.variants, strict=True)
        ],
    }


def _labels(s: "ScenarioInputs") -> list[str]:
    return s.variant_labels or [""] * len(s.variants)


def _levers(policy: Any) -> dict[str, list[list[Any]]]:
    """Return every lever as spans `[from, to, value]`."""
    out = {}
    for field in fields(policy):
        path = np.asarray(getattr(policy, field.name))
        if path.ndim == 2 and path.shape[1] == 1:
            out[field.name] = _spans(path[:, 0])
        elif path.ndim == 3 and field.name == "cn_domestic_share":
            for i, buyer in enumerate(("state", "cloud", "other")):
                out[f"cn_{buyer}_domestic_share"] = _spans(path[:, i, 0])
    return out


def _spans(path: np.ndarray) -> list[list[Any]]:
    edges = [0, *(np.flatnonzero(np.diff(path)) + 1).tolist(), len(path)]
    return [
        [quarter_name(a), quarter_name(b - 1), float(f"{path[a]:.6g}")]
        for a, b in zip(edges[:-1], edges[1:], strict=True)
    ]


def _policy_hash(policy: Any) -> str:
    """Return a hash of all arrays of a policy, those that the rules made among them."""
    hashed = hashlib.sha256()
    for field in fields(policy):
        hashed.update(np.ascontiguousarray(np.asarray(getattr(policy, field.name), np.float32)).tobytes())
    return hashed.hexdigest()[:16]


def _command() -> str:
    """Return the command line, without the folder of the program."""
    return " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]).strip()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be written")
