"""Vendors' roadmaps: which parts exist, from when, and what one of them is.

A part is one accelerator of the evidence base or a blend of several. Its figures come from the evidence; what
the evidence lacks is in `data/products.yaml`, each with basis and source. Its share of a vendor's mix
rises as

    S(t) = 1 / (1 + exp(-(t - launch - delay) / width))      t, launch in quarters

Newer parts come first and take S of what is left, so each replaces the one before it.
"""

import math
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from countervail.errors import UserError
from countervail.files import parse_yaml
from countervail.periods import quarter_index

if TYPE_CHECKING:
    from countervail.evidence import Evidence
    from countervail.evidence.records import Accelerator

US_VENDORS = ("NVIDIA", "AMD", "US in-house")
H100_TOPS, H100_TFLOPS = 1979.0, 989.4
# Names in `figures` of products.yaml, and the column of the evidence each fills.
FILLS = {
    "fp8_tops": "fp8_or_int8_tops_dense",
    "fp16_tflops": "fp16_tflops_dense",
    "fp4_tops": "fp4_tops_dense",
    "bandwidth_gb_s": "memory_bandwidth_gb_s",
    "memory_gb": "memory_gb",
    "interconnect_gb_s": "interconnect_gb_s",
}
PER_PACKAGE = ("price_usd_k", "slots", "dies", "hbm_stacks", "power_kw")


@dataclass(frozen=True)
class Part:
    """A part a vendor sells. `figures` are in the order of `countervail.model.types.PART_FIELDS`."""

    id: str
    vendor: str
    china_only: bool
    stranded: bool  # lost when China shuts: made for China only, and not to be relabelled
    launch: float  # quarters after 2022Q1
    last: float  # last quarter on offer
    figures: tuple[float, ...]
    chips: tuple["Accelerator", ...]  # with the gaps filled, as the rules judge them
    weights: tuple[float, ...]
    width: float
    delay: float
    first: bool  # stands for everything the vendor sold before 2022

    @property
    def quality(self) -> float:
        """Return the geometric mean of throughput (H100e) and memory bandwidth (TB/s)."""
        return math.sqrt(self.figures[0] * self.figures[3])

    def share(self, quarter: int) -> float:
        """Return the share of the mix the part has taken by `quarter`, before newer parts take theirs."""
        if quarter > self.last:
            return 0.0
        if self.first:
            return 1.0
        if quarter < math.floor(self.launch):
            return 0.0
        return 1.0 / (1.0 + math.exp(-(quarter - self.launch - self.delay) / self.width))


@cache
def _table() -> dict[str, Any]:
    text = (resources.files("countervail.scenario") / "data" / "products.yaml").read_text(encoding="utf-8")
    return parse_yaml(text, "products.yaml")


def roadmaps(evidence: "Evidence") -> dict[str, tuple[Part, ...]]:
    """Return each vendor's parts, oldest first, that are known to `evidence` (its `as_of` is kept).

    A vendor's first part stands for what it sold before 2022 and is always there.
    """
    from countervail.evidence import load

    meta, known = _table()["meta"], evidence.accelerators
    ever = load().accelerators if evidence.as_of else known
    out: dict[str, tuple[Part, ...]] = {}
    for vendor, entry in _table()["vendors"].items():
        width = meta["ramp_quarters"]["US" if vendor in US_VENDORS else "CN"]
        parts: list[Part] = []
        for data in entry["parts"]:
            pool = ever if data is entry["parts"][0] else known
            chips = [(pool[c], float(w)) for c, w in data["chips"].items() if c in pool]
            chips = [(c, w) for c, w in chips if c.status != "cancelled" and c.release_quarter]
            if not chips:
                continue
            figures = {**entry.get("defaults", {}), **data.get("figures", {})}
            ramp = {"width": width, "delay": meta["ramp_delay_quarters"], **data.get("ramp", {})}
            try:
                parts.append(_part(vendor, data, figures, chips, ramp, not parts))
            except UserError:
                if evidence.as_of is None:
                    raise
                # On that day the part was announced, but not yet the figures the model needs.
        out[vendor] = tuple(sorted(_lasting(parts), key=lambda p: (not p.first, p.launch)))
    return out


def _lasting(parts: list[Part]) -> list[Part]:
    """Return the parts, the newest on sale for good: that it will end is known only once a successor is."""
    newest = max((p for p in parts if not p.china_only), key=lambda p: p.launch)
    return [replace(p, last=math.inf) if p is newest else p for p in parts]


def _part(
    vendor: str,
    data: dict[str, Any],
    figures: dict[str, Any],
    chips: list[tuple["Accelerator", float]],
    ramp: dict[str, Any],
    first: bool,
) -> Part:
    total = sum(w for _, w in chips)
    weights = tuple(w / total for _, w in chips)
    filled = tuple(_filled(c, figures) for c, _ in chips)

    def mean(values: list[float | None], what: str) -> float:
        known = [(v, w) for v, w in zip(values, weights, strict=True) if v is not None]
        if not known:
            raise UserError(
                f"products.yaml: part '{data['id']}' of {vendor} has no {what}",
                f"give it under figures, or fill the column of {chips[0][0].id} in the evidence",
            )
        return sum(v * w for v, w in known) / sum(w for _, w in known)

    def column(name: str) -> float:
        return mean([getattr(c, name) for c in filled], name)

    def given(name: str, otherwise: list[float | None]) -> float:
        return float(figures[name]["value"]) if name in figures else mean(otherwise, name)

    prices = [
        None
        if c.price_usd_low is None or c.price_usd_high is None
        else (c.price_usd_low + c.price_usd_high) / 2000
        for c in filled
    ]
    fp8, fp16 = column("fp8_or_int8_tops_dense"), column("fp16_tflops_dense")
    fp4 = max(mean([c.fp4_tops_dense or 0.0 for c in filled], "fp4_tops_dense"), fp8, fp16)
    tpps = [c.tpp or 0.0 for c in filled]
    launch = mean([float(quarter_index(c.release_quarter)) for c in filled if c.release_quarter], "release")
    if "launch" in data:
        launch = float(quarter_index(data["launch"]["quarter"]))
    return Part(
        id=data["id"],
        vendor=vendor,
        china_only=data.get("made_for", "world") == "china",
        stranded=data.get("made_for", "world") == "china" and not data.get("relabelled", False),
        launch=launch,
        last=float(quarter_index(data["last"]["quarter"])) if "last" in data else math.inf,
        figures=(
            fp8 / H100_TOPS,
            fp16 / H100_TFLOPS,
            fp4 / H100_TOPS,
            column("memory_bandwidth_gb_s") / 1000,
            column("memory_gb"),
            column("interconnect_gb_s"),
            given("price_usd_k", prices),
            given("power_kw", [None if c.tdp_w is None else c.tdp_w / 1000 for c in filled]),
            given("slots", []),
            given("dies", [c.n_logic_dies for c in filled]),
            given("hbm_stacks", [c.hbm_stacks for c in filled]),
            mean(list(tpps), "tpp"),
        ),
        chips=filled,
        weights=weights,
        width=ramp["width"],
        delay=ramp["delay"],
        first=first and launch <= 0,
    )


def _filled(chip: "Accelerator", figures: dict[str, Any]) -> "Accelerator":
    """Return the chip with its gaps filled by the part's figures; TPP from the rates if unknown."""
    new: dict[str, Any] = {}
    for name, column in FILLS.items():
        if name in figures and (getattr(chip, column) is None or figures[name].get("replaces")):
            new[column] = float(figures[name]["value"])
    if chip.tpp is None:
        rates = {
            16: new.get("fp16_tflops_dense", chip.fp16_tflops_dense),
            8: new.get("fp8_or_int8_tops_dense", chip.fp8_or_int8_tops_dense),
            4: new.get("fp4_tops_dense", chip.fp4_tops_dense),
        }
        best = max((bits * rate for bits, rate in rates.items() if rate), default=None)
        if best is not None:
            new["tpp"] = float(best)
    return chip.model_copy(update=new) if new else chip


def mix(parts: tuple[Part, ...], quarter: int) -> dict[str, float]:
    """Return the share of each part in what the vendor sells where no rule stands in the way."""
    left, out = 1.0, {}
    for part in sorted((p for p in parts if not p.china_only), key=lambda p: (p.first, -p.launch)):
        out[part.id] = left * part.share(quarter)
        left -= out[part.id]
    return {id: share / (1 - left) for id, share in out.items()}


def best(parts: tuple[Part, ...], quarter: int) -> tuple[float, float]:
    """Return the highest TPP and bandwidth (GB/s) among the vendor's chips on sale by `quarter`."""
    chips = [
        c
        for p in parts
        for c in p.chips
        if p.first or quarter_index(c.release_quarter or "2100Q1") <= quarter
    ]
    return max(c.tpp or 0.0 for c in chips), max(c.memory_bandwidth_gb_s or 0.0 for c in chips)


def roadmap_end(parts: tuple[Part, ...]) -> float:
    """Return the quarter in which the last announced part is launched."""
    return max((p.launch for p in parts if not p.china_only), default=0.0)
