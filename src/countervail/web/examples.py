"""Examples for the OpenAPI description."""

from typing import Any

SERIES: dict[str, Any] = {
    "scenario": "status-quo",
    "title": "Status quo, the truce renewed",
    "version": "0.1.0",
    "draws": 256,
    "seed": 0,
    "until": "2022Q4",
    "as_of": None,
    "quarters": ["2022Q1", "2022Q2", "2022Q3", "2022Q4"],
    "series": [
        {
            "variable": "Market|Domestic share",
            "region": "CN",
            "unit": "share",
            "period": "sum",
            "share_of_draws": False,
            "p5": [0.1, 0.1, 0.1, 0.1],
            "p25": [0.15, 0.15, 0.15, 0.15],
            "p50": [0.2, 0.2, 0.2, 0.2],
            "p75": [0.25, 0.25, 0.25, 0.25],
            "p95": [0.3, 0.3, 0.3, 0.3],
            "mean": [0.2, 0.2, 0.2, 0.2],
            "annual": {
                "years": [2022], "p5": [0.1], "p25": [0.15], "p50": [0.2], "p75": [0.25], "p95": [0.3], "mean": [0.2],
            },
        }
    ],
    "leadership": {
        "years": [2022],
        "dimensions": {"compute": {"US": [0.9], "CN": [0.0], "Parity": [0.1]}},
        "composite": None,
    },
    "levers": {"us_export_fee": [0.0]},
    "events": [],
    "extrapolated_from": "2028Q4",
    "elapsed_ms": 40.1,
}  # fmt: skip

_ROW: dict[str, Any] = {
    "variable": "Market|Domestic share",
    "region": "CN",
    "unit": "share",
    "period": "2022",
    "p5": 0.1,
    "p25": 0.15,
    "p50": 0.2,
    "p75": 0.25,
    "p95": 0.3,
    "mean": 0.2,
}
_HEAD: dict[str, Any] = {
    "scenario": "status-quo",
    "version": "0.1.0",
    "draws": 1000,
    "seed": 0,
    "until": "2032Q4",
    "as_of": None,
}
RUN: dict[str, Any] = {**_HEAD, "outcomes": [_ROW]}
COMPARE: dict[str, Any] = {
    **_HEAD,
    "base": "status-quo",
    "scenarios": [{"scenario": "status-quo", "title": "Status quo, the truce renewed", "outcomes": [_ROW]}],
    "differences": [{"scenario": "full-denial", "base": "status-quo", **_ROW}],
}
CHECK: dict[str, Any] = {  # shortened
    "outcome": "licence_required_case_by_case",
    "meaning": "licence needed, judged on its merits",
    "measure": "us-2026-01-h200-rule",
    "clause": "91 FR 1684, 742.6(b)(10)(iii)(A)(1)",
    "conditions": [
        {
            "fact": "us_third_party_lab_test",
            "text": "an independent US laboratory tests a sample of each batch and certifies it before export",
            "met": None,
            "measure": "us-2026-01-h200-rule",
            "clause": "91 FR 1684, (dd)(3)",
        }
    ],
    "fee": {"rate": 0.25, "kind": "section_232_duty", "measure": "us-2026-01-s232"},
    "cap": {"share": 0.5},
    "trace": [],
    "flips": [],
    "import": {"outcome": "case_by_case_approval", "conditions": [], "trace": []},
    "notes": [],
}


def example(value: Any, words: str = "The answer") -> dict[str, Any]:
    """Return a described answer with an example; figures in it are made up."""
    return {"description": words, "content": {"application/json": {"example": value}}}
