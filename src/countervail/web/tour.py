"""The figures of the guided tour: `python -m countervail.web.tour` writes `tour.json` beside the presets.

The texts of the tour (`web/src/tour/`) hold names of figures and no figure: verdicts come from the claims file,
results from runs of 1,000 draws. Each figure is written out in every language.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countervail.files import write_text
from countervail.language import LANGUAGES, Speaker, speaker
from countervail.web.stamp import stamp

if TYPE_CHECKING:
    import numpy as np

    from countervail.ensemble import Result

CLAIMS = "article-2025-12"
DRAWS, SEED, UNTIL = 1000, 0, "2032Q4"
NEAR, END = 2027, 2032
# Runs of the tour: a scenario and what the reader sets. The addresses of the steps hold the same.
RUNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "base": ("status-quo", ()),
    "open": ("h200-relaxed", ()),
    "shut": ("h200-relaxed", ("cn_import_gate=0@2027Q1",)),
    "us": ("full-denial", ()),
    "cn": ("self-reliance", ()),
}
LEGAL, STOCK, DOMESTIC = "Compute|Inflow|Legal imports", "Compute|Stock", "Compute|Inflow|Domestic"
NVIDIA, LAG = "Chips|Revenue|NVIDIA", "AI|Frontier lag"
Figure = Callable[[Speaker], str]


def figures(runs: dict[str, "Result"]) -> dict[str, Figure]:
    """Return each figure of the tour by name, as a function of the language."""
    base, opened, shut, us, cn = (runs[k] for k in RUNS)
    return {
        **_claims(),
        "stock_cn": _level(base, STOCK, "CN", END),
        "stock_us": _level(base, STOCK, "US", END),
        "ratio": _level(base, "Compute|Stock ratio", "US to CN", END),
        "domestic_share": _level(base, "Market|Domestic share", "CN", NEAR),
        "legal_before": _level(base, LEGAL, "CN", NEAR),
        "legal_open": _level(opened, LEGAL, "CN", NEAR),
        "legal_shut": _level(shut, LEGAL, "CN", NEAR),
        "nvidia_before": _level(base, NVIDIA, "CN", NEAR),
        "nvidia_open": _level(opened, NVIDIA, "CN", NEAR),
        "nvidia_shut": _level(shut, NVIDIA, "CN", NEAR),
        "open_stock": _change(base, opened, STOCK, "CN", NEAR),
        "shut_stock": _change(opened, shut, STOCK, "CN", NEAR),
        "us_stock": _change(base, us, STOCK, "CN", END),
        "us_domestic": _change(base, us, DOMESTIC, "CN", END),
        "us_lag": _moved(base, us, LAG, "CN", END),
        "cn_stock": _change(base, cn, STOCK, "CN", END),
        "cn_domestic": _change(base, cn, DOMESTIC, "CN", END),
        "cn_lag": _moved(base, cn, LAG, "CN", END),
        **{f"lead_{d}": _leads(base, d) for d in ("compute", "military", "sovereignty")},
        "near": lambda say: str(NEAR),
        "end": lambda say: str(END),
        "draws": lambda say: f"{DRAWS:,}",
    }


def document() -> dict[str, Any]:
    """Return the figures in every language, and what they were made from."""
    from countervail.ensemble import run

    runs = {k: run(id, draws=DRAWS, seed=SEED, until=UNTIL, set=list(sets)) for k, (id, sets) in RUNS.items()}
    made = figures(runs)
    said = {lang: {name: make(speaker(lang)) for name, make in made.items()} for lang in LANGUAGES}
    return {"made": {"draws": DRAWS, "seed": SEED, "until": UNTIL, **stamp()}, "figures": said}


def main(folder: Path | None = None) -> None:
    """Write the file."""
    from countervail.web.settings import Settings

    text = json.dumps(document(), ensure_ascii=False, indent=1)
    write_text((folder or Settings().presets) / "tour.json", text + "\n")


def _claims() -> dict[str, Figure]:
    """Return how many claims of the article have which verdict, and what is known of the bandwidth it names."""
    from countervail.claims import check_file

    report = check_file(CLAIMS).to_json()
    claims = {c["id"]: c for c in report["claims"]}
    verdicts = [c["verdict"] for c in claims.values()]
    counts = {v: verdicts.count(v) for v in ("supported", "contradicted", "unsupported", "undecidable")}
    best, roadmap = (claims[f"article-4p8-tbs{x}"] for x in ("", "-roadmap"))
    double = claims["article-nearly-double-us"]
    ours, theirs = (f["value"] for f in double["figures"][:2])
    found: dict[str, Figure] = {f"claims_{v}": _whole(n) for v, n in counts.items()}
    found["claims_all"] = _whole(len(verdicts))
    for name, claim in (("best", best), ("roadmap", roadmap), ("double", double)):
        found[f"{name}_verdict"] = _verdict(claim["verdict"])
    for name, claim in (("best", best), ("roadmap", roadmap)):
        figure = claim["figures"][0]
        found[f"{name}_chip"] = _same(figure["name"])
        found[f"{name}_value"] = _same(f"{figure['value'] / 1000:.1f} TB/s")
    found["double_chip"] = _same(double["figures"][1]["name"].partition(" (")[0])
    found["double_share"] = lambda say: say.percent(ours / theirs)
    return found


def _whole(n: int) -> Figure:
    return lambda say: str(n)


def _same(text: str) -> Figure:
    return lambda say: text


def _verdict(word: str) -> Figure:
    return lambda say: say.text("verdict", word)


def _level(result: "Result", variable: str, region: str, year: int) -> Figure:
    """Return a median with its 90% range."""
    spec = result.variables[variable]
    low, middle, high = _quantiles(_at(result, variable, region, year))

    def said(say: Speaker) -> str:
        if high == 0:
            return say("page.none")
        if spec.unit == "share":
            return say.ranged(say.percent(middle), say.shares(low, high))
        if spec.unit == "USD bn":
            return say.money(low, middle, high)
        return say.ranged(say.words(middle), say.span(low, high))

    return said


def _change(base: "Result", other: "Result", variable: str, region: str, year: int) -> Figure:
    """Return the relative change on the same draws, with its 90% range."""
    before, after = (_at(r, variable, region, year) for r in (base, other))
    low, middle, high = (f"{100 * v:+.0f}%" for v in _quantiles(after / before.clip(1e-9) - 1))
    return lambda say: say.ranged(middle, say("dates.to", start=low, end=high))


def _moved(base: "Result", other: "Result", variable: str, region: str, year: int) -> Figure:
    """Return the change on the same draws in the unit of the outcome, with its 90% range."""
    before, after = (_at(r, variable, region, year) for r in (base, other))
    low, middle, high = (f"{v:+.1f}" for v in _quantiles(after - before))
    return lambda say: say.ranged(middle, say("dates.to", start=low, end=high))


def _leads(result: "Result", dimension: str) -> Figure:
    """Return the shares of draws in which each side leads."""
    us, cn = (
        float(_at(result, f"Leadership|{dimension}|{side}", "World", END).mean()) for side in ("US", "CN")
    )
    shares = {"us": us, "cn": cn, "neither": max(1 - us - cn, 0)}

    def said(say: Speaker) -> str:
        parts = {k: say.percent(v) for k, v in shares.items()}
        return say("leads.part", dimension=say.text("dimension", dimension), **parts)

    return said


def _at(result: "Result", variable: str, region: str, year: int) -> "np.ndarray":
    return result.annual(variable, region)[1][result.years.index(year)]


def _quantiles(values: "np.ndarray") -> list[float]:
    from countervail.ensemble import summary

    return summary.quantiles(values, (0.05, 0.5, 0.95)).tolist()


if __name__ == "__main__":
    main()
