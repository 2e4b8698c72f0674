"""Writes claims files and rows of a user for the tests."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from countervail.claims import check_file

THEN = date(2025, 12, 31)
HEADER = (
    "id,name,designer,designer_country,release_quarter,eol_quarter,foundry,process_node,die_area_mm2,"
    "n_logic_dies,fp16_tflops_dense,fp8_or_int8_tops_dense,fp4_tops_dense,memory_type,memory_gb,"
    "memory_bandwidth_gb_s,interconnect_gb_s,tdp_w,price_usd_low,price_usd_high,tpp,for_market,status,"
    "confidence,sources,notes\n"
)
CN = {"designer_country": "CN", "status": ["shipping"]}
US = {"designer_country": "US", "status": ["shipping"]}


def write(folder: Path, *assertions: dict[str, Any], **claim: Any) -> Path:
    path = folder / "claims.yaml"
    one = {"id": "one", "text": "what is said", "assertions": list(assertions), **claim}
    path.write_text(yaml.safe_dump({"claims": [one]}), encoding="utf-8")
    return path


def own_chip(folder: Path, bandwidth: float, confidence: str = "high", quarter: str = "2025Q2") -> Path:
    row = (
        f"huawei-own,Huawei Own,Huawei,CN,{quarter},,SMIC,N+2,,,900,,,HBM3,192,{bandwidth},1000,700,,,14400,"
        f"domestic,shipping,{confidence},https://example.org/own,\n"
    )
    (folder / "accelerators.csv").write_text(HEADER + row, encoding="utf-8")
    return folder


def verdict(path: Path, as_of: date | None = None, data: Path | None = None) -> str:
    return check_file(path, as_of, data).claims[0].verdict


def bandwidth(**more: Any) -> dict[str, Any]:
    return {
        "kind": "chip_threshold",
        "chips": CN,
        "column": "memory_bandwidth_gb_s",
        "comparison": "above",
        "value": 4800,
        **more,
    }
