"""Turn what a user gives (an id, a name, a spec, a case) into the `Chip` that the rules read."""

import math
import re
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from countervail.errors import UserError, unknown
from countervail.files import read_yaml
from countervail.rules.outcome import Chip

_DATA = Path(str(resources.files("countervail.rules"))) / "data"

# spec key -> field of Chip: the columns of accelerators.csv, and the keys of the case file
NUMBERS = {
    "tpp": "tpp",
    "performance_density": "performance_density",
    "die_area_mm2": "die_area_mm2",
    "applicable_die_area_mm2": "die_area_mm2",
    "memory_bandwidth_gb_s": "memory_bandwidth_gb_s",
    "total_dram_bandwidth_gbs": "memory_bandwidth_gb_s",
    "interconnect_gb_s": "interconnect_gb_s",
    "chip_to_chip_io_gbs": "interconnect_gb_s",
    "memory_gb": "memory_gb",
    "memory_bandwidth_density": "memory_bandwidth_density",
    "node_nm": "node_nm",
    "transistors_bn": "transistors_bn",
}
RATES = {"fp16_tflops_dense": 16, "fp8_or_int8_tops_dense": 8, "fp4_tops_dense": 4}  # bits per operation
FLAGS = {
    "designed_or_marketed_for_datacentre": "datacentre",
    "designed_for_datacentre": "datacentre",
    "approved_designer": "approved_designer",
    "authorised_designer": "approved_designer",
    "authorized_designer": "approved_designer",
    "approved_osat": "approved_osat",
    "packaged_outside_d5_by_fab": "packaged_outside_d5_by_fab",
    "planar": "planar",
    "has_hbm": "has_hbm",
    "contains_hbm": "has_hbm",
    "hbm": "has_hbm",
}
TEXTS = {
    "name": "name",
    "id": "id",
    "designer": "designer",
    "vendor": "designer",
    "designer_country": "designer_country",
    "memory_type": "memory_type",
    "for_market": "for_market",
    "status": "status",
    "release_quarter": "release_quarter",
    "foundry": "foundry",
    "eccn": "eccn",
    "classification": "eccn",
}
READ_ONLY = {  # accepted and not read by any rule
    "eol_quarter", "process_node", "n_logic_dies", "tdp_w", "price_usd_low", "price_usd_high", "confidence",
    "sources", "notes", "note", "tpp_basis", "figures_source", "figures_from_memory", "memory_bandwidth_gbs",
    "package_area_mm2", "hbm_stacks", "packages_per_cowos_wafer", "announced", "known_since", "prc_designed",
    "packaging_location",
}  # fmt: skip
SPEC_KEYS = sorted({*NUMBERS, *RATES, *FLAGS, *TEXTS, *READ_ONLY})


@lru_cache(maxsize=1)
def _knowledge() -> dict[str, Any]:
    data = read_yaml(_DATA / "classifications.yaml")
    data["country"] = {name: code for code, names in data["designers"].items() for name in names}
    data["no_designer"] = {str(w) for w in data["no_designer"]}
    data["not_for_datacentres"] = {str(w) for w in data["not_for_datacentres"]}
    return data


def foundries_reached() -> tuple[str, ...]:
    """Return the foundries outside China whose output is subject to the EAR."""
    return tuple(_knowledge()["foundries_reached"])


def sold_as_part(designer: str | None) -> bool:
    """Return whether a designer sells its parts, and does not only use or rent them out."""
    return (designer or "").lower() not in _knowledge()["not_sold_as_parts"]


def words(*texts: str | None) -> frozenset[str]:
    """Return the lower-case words of names and ids, as letters name products."""
    found: set[str] = set()
    for text in texts:
        found.update(re.findall(r"[a-z0-9]+", (text or "").lower()))
    return frozenset(found)


def country_of(designer: str | None) -> str | None:
    """Return the country of a known designer, by the words its name starts with."""
    cleaned = (designer or "").lower().strip()
    table = _knowledge()["country"]
    for name, code in table.items():
        if cleaned == name or cleaned.startswith((name + " ", name + "/")):
            return code
    return None


def _number(value: Any, key: str, where: str) -> float | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise UserError(
                f"{where}: {key} is '{value}', a number is expected", "leave it out if unknown"
            ) from None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UserError(f"{where}: {key} is not a number", "leave it out if unknown")
    if not math.isfinite(value) or value < 0:
        raise UserError(f"{where}: {key} is {value}, a finite number of at least zero is expected")
    return float(value)


def _flag(value: Any, key: str, where: str) -> bool | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "yes", "1", "false", "no", "0"):
        return value.lower() in ("true", "yes", "1")
    raise UserError(f"{where}: {key} is '{value}', true or false is expected", "leave it out if unknown")


def chip_from_spec(spec: dict[str, Any], where: str = "spec", strict: bool = True) -> Chip:
    """Return the chip of a spec with the column names of accelerators.csv (or the keys of a case file).

    Raises UserError naming the field when a value is malformed or, if `strict`, a key is unknown.
    """
    if not isinstance(spec, dict):
        raise UserError(f"{where} is not a mapping of fields", "write tpp: 2368 and so on")
    out: dict[str, Any] = {}
    for key, value in spec.items():
        key = str(key)
        if key in NUMBERS:
            out[NUMBERS[key]] = _number(value, key, where)
        elif key in FLAGS:
            out[FLAGS[key]] = _flag(value, key, where)
        elif key in TEXTS:
            if value is not None and not isinstance(value, (str, int)):
                raise UserError(f"{where}: {key} is not text")
            if value not in (None, ""):
                out[TEXTS[key]] = str(value)
        elif key not in RATES and key not in READ_ONLY and strict:
            error = unknown("field", key, SPEC_KEYS)
            raise UserError(f"{where}: {error.message}", error.hint)
    rates = {k: _number(spec.get(k), k, where) for k in RATES}
    if out.get("tpp") is None and any(v is not None for v in rates.values()):
        out["tpp"] = max(v * RATES[k] for k, v in rates.items() if v is not None)
    out.setdefault("name", out.get("id") or "unnamed chip")
    _hbm(out, spec, where)
    if "datacentre" not in out and not out.get("is_hbm_stack"):
        out["datacentre"] = not (words(out["name"]) & _knowledge()["not_for_datacentres"])
    where_packaged = str(spec.get("packaging_location") or "").upper()
    if where_packaged and "packaged_outside_d5_by_fab" not in out:
        out["packaged_outside_d5_by_fab"] = where_packaged not in ("CN", "HK", "MO")
    if spec.get("prc_designed") is True:
        out["designer_country"] = "CN"
    return _finish(out)


def _hbm(out: dict[str, Any], spec: dict[str, Any], where: str) -> None:
    """Recognise a loose HBM stack: a bandwidth density or package area and no processor figures."""
    area = _number(spec.get("package_area_mm2"), "package_area_mm2", where)
    bandwidth = _number(spec.get("memory_bandwidth_gbs"), "memory_bandwidth_gbs", where)
    logic = out.get("tpp") is not None or out.get("node_nm") is not None
    named = "stack" in words(out["name"]) and any(w.startswith("hbm") for w in words(out["name"]))
    if logic or not (named or area or out.get("memory_bandwidth_density") is not None):
        return
    out["is_hbm_stack"] = True
    out["memory_bandwidth_gb_s"] = bandwidth if bandwidth is not None else out.get("memory_bandwidth_gb_s")
    if out.get("memory_bandwidth_density") is None and area and out["memory_bandwidth_gb_s"] is not None:
        out["memory_bandwidth_density"] = out["memory_bandwidth_gb_s"] / area


def _finish(out: dict[str, Any]) -> Chip:
    """Derive what follows from the figures: density, country, product words, known classification."""
    know = _knowledge()
    designer = out.get("designer")
    if designer is not None and designer.lower().strip() in know["no_designer"]:
        out["designer"] = designer = None
    if not out.get("designer_country"):
        out["designer_country"] = country_of(designer)
    if out.get("performance_density") is None and out.get("tpp") is not None and out.get("die_area_mm2"):
        out["performance_density"] = out["tpp"] / out["die_area_mm2"]
    if out.get("memory_bandwidth_gb_s") is None and "sram" in (out.get("memory_type") or "").lower():
        out["memory_bandwidth_gb_s"] = 0.0  # total DRAM bandwidth; SRAM is not DRAM
    out["keys"] = words(out["name"], out.get("id"))
    for entry in know["known"]:
        if out["keys"] & {str(w) for w in entry["words"]}:
            out.setdefault("eccn", entry["eccn"])
            out.setdefault("eccn_prevails", bool(entry.get("prevails")))
    return Chip(**out)


def chip_from_evidence(row: Any) -> Chip:
    """Return the chip of a row of the evidence base."""
    return _finish(
        {
            "name": row.name,
            "id": row.id,
            "designer": row.designer,
            "designer_country": row.designer_country,
            "tpp": row.tpp,
            "die_area_mm2": row.die_area_mm2,
            "memory_bandwidth_gb_s": row.memory_bandwidth_gb_s,
            "interconnect_gb_s": row.interconnect_gb_s,
            "memory_gb": row.memory_gb,
            "memory_type": row.memory_type,
            "datacentre": row.designed_for_datacentre,
            "for_market": row.for_market,
            "status": row.status,
            "release_quarter": row.release_quarter,
            "foundry": row.foundry,
            "sources": tuple(row.sources),
        }
    )


@lru_cache(maxsize=4096)
def _by_name(text: str, as_of: date | None) -> Chip:
    from countervail.evidence import load

    return chip_from_evidence(load(as_of=as_of).find_accelerator(text))


def resolve(chip: "str | dict[str, Any] | Chip", as_of: date | None = None) -> Chip:
    """Return the chip for an id, unique name or alias of the evidence base, or for a spec."""
    if isinstance(chip, Chip):
        return chip
    if isinstance(chip, str):
        return _by_name(chip, as_of)
    return chip_from_spec(chip)


@lru_cache(maxsize=8)
def all_chips(as_of: date | None = None) -> tuple[Chip, ...]:
    """Return every chip of the evidence base."""
    from countervail.evidence import load

    return tuple(chip_from_evidence(row) for row in load(as_of=as_of).accelerators.values())
