"""The discrepancy put on what the model simulates: a layer of reading, so that sums remain sums.

The factor belongs to sales. A vendor's units, revenue and compute share it; NVIDIA's in China has its own. Whatever
adds up sales is added up again from them: pathways, inflows, outlays, fees. A stock ages what was added as the model
does, and counts of the stock in another way follow it in proportion. Smuggled parts were sold by NVIDIA in third
countries. Wishes, capacity, power, software, capability and leadership stay as simulated, and so do the model's own
identities: the flows themselves are never changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from countervail.ensemble.blocks import Blocks
from countervail.ensemble.discrepancy import GROUP_OF_VENDOR, NVIDIA_IN_CHINA, PRICES
from countervail.names import BLOCS, VENDORS

SALES = (
    "units",
    "revenue",
    "inflow_nvidia",
    "rental_usd_h",
    "smuggled_units",
)  # rows with a factor of their own
SUMS = ("inflow_vendor", "cn_pathways", "inflow", "inflow_fp4", "outlay", "fee", "subsidy", "stock")
IN_PROPORTION = ("stock_effective", "stock_bases", "unpowered")
FIELDS = frozenset((*SALES, *SUMS, *IN_PROPORTION))

US, CN, AL, RW = ALL = range(len(BLOCS))
NVIDIA, AMD, IN_HOUSE, HUAWEI = range(4)
OTHERS = range(1, len(VENDORS))  # all but NVIDIA
TINY = np.float32(1e-12)
Rows = dict[int, np.ndarray]


@dataclass
class Layer:
    """Flows with the discrepancy put on, read row by row: `layer[:, row]` is `[quarter, draw]`.

    `factors` are exp(d) by group, float32 `[quarter, draw]`; `leave` is the share of each age of the stock that leaves
    it in a quarter, `[draw]`.
    """

    rows: "np.ndarray | Blocks"
    layout: Mapping[str, tuple[int, tuple[int, ...]]]
    factors: dict[str, np.ndarray]
    leave: np.ndarray
    own: dict[int, str] = field(init=False, repr=False)  # rows with a factor of their own, and its group
    sums: Rows = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Note which rows have a factor of their own, and which are added up again."""
        self.own = {self._row("rental_usd_h"): PRICES, self._row("smuggled_units"): GROUP_OF_VENDOR["NVIDIA"]}
        for b in ALL:
            self.own[self._row("inflow_nvidia", b)] = _group(b, NVIDIA)
            for v in range(len(VENDORS)):
                self.own[self._row("units", b, v)] = self.own[self._row("revenue", b, v)] = _group(b, v)
        places = (self.layout[name] for name in (*SUMS, *IN_PROPORTION))
        self.summed = {k for at, shape in places for k in range(at, at + int(np.prod(shape, dtype=int)))}

    def __getitem__(self, key: tuple[slice, int]) -> np.ndarray:
        """Return one row `[quarter, draw]`."""
        row = key[1]
        if row in self.own:
            return self.rows[:, row] * self.factors[self.own[row]]
        if row not in self.summed:
            return self.rows[:, row]
        if not self.sums:
            self.sums = self._sums()
        return self.sums[row]

    def _row(self, name: str, *index: int) -> int:
        first, shape = self.layout[name]
        return first + (int(np.ravel_multi_index(index, shape)) if shape else 0)

    def _raw(self, name: str, *index: int) -> np.ndarray:
        return self.rows[:, self._row(name, *index)]

    def _sums(self) -> Rows:
        """Return every row that adds up sales, added up again."""
        out: Rows = {}
        inflow, raw = self._inflows(out), [self._raw("inflow", b) for b in ALL]
        more = aged(np.stack([new - old for new, old in zip(inflow, raw, strict=True)], 1), self.leave)
        for b in ALL:
            out[self._row("inflow", b)] = inflow[b]
            out[self._row("inflow_fp4", b)] = self._raw("inflow_fp4", b) * _ratio(inflow[b], raw[b])
            stock = self._raw("stock", b)
            out[self._row("stock", b)] = new = np.maximum(stock + more[:, b], 0)
            scale = _ratio(new, stock)
            for name in ("stock_effective", "unpowered"):
                out[self._row(name, b)] = self._raw(name, b) * scale
            for k in range(self.layout["stock_bases"][1][0]):
                out[self._row("stock_bases", k, b)] = self._raw("stock_bases", k, b) * scale
        self._money(out)
        return out

    def _inflows(self, out: Rows) -> list[np.ndarray]:
        """Add what each vendor delivered and each way into China; return what each bloc received.

        Compute by bloc and vendor is no flow of the model but for NVIDIA's: a vendor's is split by its units.
        """
        f, cn = [self.factors[GROUP_OF_VENDOR[v]] for v in VENDORS], self.factors[NVIDIA_IN_CHINA]
        nvidia = [self._raw("inflow_nvidia", b) for b in ALL]
        vendor = [self._raw("inflow_vendor", v) for v in range(len(VENDORS))]
        legal, domestic, proxy, smuggled = (self._raw("cn_pathways", k) for k in range(4))
        for v in OTHERS:
            out[self._row("inflow_vendor", v)] = vendor[v] * f[v]
        abroad = nvidia[US] + nvidia[AL] + nvidia[RW]
        out[self._row("inflow_vendor", NVIDIA)] = abroad * f[NVIDIA] + nvidia[CN] * cn
        for_china = np.maximum(legal - nvidia[CN], 0)  # AMD's parts
        before, after = ([np.zeros_like(legal) for _ in ALL] for _ in range(2))  # of all but NVIDIA, by bloc
        for v in OTHERS:
            blocs = (US, AL, RW) if v in (AMD, IN_HOUSE) else ALL
            units = [self._raw("units", b, v) for b in blocs]
            whole = vendor[v] - (for_china if v == AMD else proxy if v == HUAWEI else np.float32(0))
            each = whole / np.maximum(sum(units), TINY)
            for b, x in zip(blocs, units, strict=True):
                before[b] += each * x
                after[b] += each * x * f[v]
        ways = (
            nvidia[CN] * cn + for_china * f[AMD],
            domestic * _ratio(after[CN], before[CN]),
            proxy * f[HUAWEI],
            smuggled * f[NVIDIA],
        )
        for k, way in enumerate(ways):
            out[self._row("cn_pathways", k)] = way
        inflow = [
            np.maximum((self._raw("inflow", b) - before[b]) * f[NVIDIA] + after[b], 0) for b in ALL
        ]  # the rest is NVIDIA's
        inflow[CN] = ways[0] + ways[1] + ways[2] + ways[3]
        return inflow

    def _money(self, out: Rows) -> None:
        """Add outlays, which follow the sales of each bloc, and the fees and subsidies that follow those in China."""
        for b in ALL:
            raw = [self._raw("revenue", b, v) for v in range(len(VENDORS))]
            new = [x * self.factors[_group(b, v)] for v, x in enumerate(raw)]
            scale = _ratio(sum(new), sum(raw))
            out[self._row("outlay", b)] = self._raw("outlay", b) * scale
            if b == CN:
                out[self._row("subsidy")] = self._raw("subsidy") * scale
                out[self._row("fee")] = self._raw("fee") * _ratio(sum(new[:2]), sum(raw[:2]))


def joined(a: Layer, b: Layer, rows: "np.ndarray | Blocks") -> Layer:
    """Return the layers of two runs of consecutive draws as one over `rows`."""
    both = {g: np.concatenate([a.factors[g], b.factors[g]], 1) for g in a.factors}
    return Layer(rows, a.layout, both, np.concatenate([a.leave, b.leave]))


def aged(added: np.ndarray, leave: np.ndarray) -> np.ndarray:
    """Return what is left of additions `[quarter, bloc, draw]`; they age as in `model.mechanisms.retirement`."""
    out = np.empty_like(added)
    young, old = np.zeros_like(added[0]), np.zeros_like(added[0])
    for q, new in enumerate(added):
        moved = young * leave
        young = young - moved + new
        old = old + moved - old * leave
        out[q] = young + old
    return out


def leave_share(life_years: np.ndarray) -> np.ndarray:
    """Return the share of each age that leaves it in a quarter, as in `model.mechanisms.retirement`."""
    return (1 - np.exp(-2 / (4 * life_years))).astype(np.float32)


def _group(bloc: int, vendor: int) -> str:
    return NVIDIA_IN_CHINA if (bloc, vendor) == (CN, NVIDIA) else GROUP_OF_VENDOR[VENDORS[vendor]]


def _ratio(a: Any, b: Any) -> np.ndarray:
    """Return a / b, one where there is nothing."""
    return np.where(b > TINY, a / np.maximum(b, TINY), np.float32(1))
