"""The discrepancy put on what the model simulates: a layer of reading, so that sums remain sums.

The factor belongs to sales. A vendor's units, revenue and compute share it; NVIDIA's in China has its own. Whatever
adds up sales is added up again from them: pathways, inflows, outlays, fees. A stock ages what was added as the model
does, and counts of the stock in another way follow it in proportion. Smuggled parts were sold by NVIDIA in third
countries. Wishes, capacity, power, software, capability and leadership stay as simulated, and so do the model's own
identities: the flows themselves are never changed.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from countervail.ensemble.blocks import Blocks, pieces
from countervail.ensemble.discrepancy import GROUP_OF_VENDOR, GROUPS, NVIDIA_IN_CHINA, PRICES
from countervail.ensemble.threads import each
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
Layout = Mapping[str, tuple[int, tuple[int, ...]]]
_ADDING = threading.Lock()  # of two threads that ask for a sum, one adds


@dataclass
class Layer:
    """Flows with the discrepancy put on, read row by row: `layer[:, row]` is `[quarter, draw]`.

    `factors` are exp(d) by group, float32 `[quarter, draw]`; `leave` is the share of each age of the stock that leaves
    it in a quarter, `[draw]`. What adds up sales is added up again, by a compiled program, when it is first asked for.
    """

    rows: "np.ndarray | Blocks"
    layout: Layout
    factors: dict[str, np.ndarray]
    leave: np.ndarray
    own: dict[int, str] = field(init=False, repr=False)  # rows with a factor of their own, and its group
    summed: dict[int, int] = field(
        init=False, repr=False
    )  # rows that are added up again, and their place in `sums`
    sums: list[np.ndarray] = field(default_factory=list, repr=False)  # [quarter, place, draw] by piece

    def __post_init__(self) -> None:
        """Note which rows have a factor of their own, and which are added up again."""
        self.own = own_factors(self.layout)
        self.summed = {row: k for k, row in enumerate(summed_rows(self.layout))}

    def __getitem__(self, key: tuple[slice, int]) -> np.ndarray:
        """Return one row `[quarter, draw]`."""
        row = key[1]
        if row in self.own:
            return self.rows[:, row] * self.factors[self.own[row]]
        if row not in self.summed:
            return self.rows[:, row]
        with _ADDING:
            if not self.sums:
                held = pieces(self.rows)
                self.sums = each(lambda piece: self._sums(*piece), held, len(held) > 1)
        return np.concatenate([sums[:, self.summed[row]] for sums in self.sums], -1)

    def of(self, part: slice) -> np.ndarray:
        """Return the factors of some draws, `[quarter, group, draw]`."""
        return np.stack([self.factors[g][:, part] for g in GROUPS], 1)

    def _sums(self, first: int, rows: np.ndarray) -> np.ndarray:
        """Return the rows of a piece that are added up again."""
        from countervail.ensemble import sums

        part = slice(first, first + rows.shape[2])
        return sums.added(rows, self.of(part), self.leave[part], self.layout)


def row_number(layout: Layout, name: str, *index: int) -> int:
    """Return where one number of a flow stands."""
    first, shape = layout[name]
    place = 0
    for i, size in zip(index, shape, strict=True):
        place = place * size + i
    return first + place


def group_of(bloc: int, vendor: int) -> str:
    """Return the group whose factor a vendor's sales in a bloc have."""
    return NVIDIA_IN_CHINA if (bloc, vendor) == (CN, NVIDIA) else GROUP_OF_VENDOR[VENDORS[vendor]]


def own_factors(layout: Layout) -> dict[int, str]:
    """Return the group of each row that has a factor of its own."""
    own = {
        row_number(layout, "rental_usd_h"): PRICES,
        row_number(layout, "smuggled_units"): GROUP_OF_VENDOR["NVIDIA"],
    }
    for b in ALL:
        own[row_number(layout, "inflow_nvidia", b)] = group_of(b, NVIDIA)
        for v in range(len(VENDORS)):
            own[row_number(layout, "units", b, v)] = own[row_number(layout, "revenue", b, v)] = group_of(b, v)
    return own


def summed_rows(layout: Layout) -> list[int]:
    """Return the rows that are added up again, in the order in which `sums` has them."""
    places = (layout[name] for name in (*SUMS, *IN_PROPORTION))
    return [k for at, shape in places for k in range(at, at + int(np.prod(shape, dtype=int)))]


def joined(a: Layer, b: Layer, rows: "np.ndarray | Blocks") -> Layer:
    """Return the layers of two runs of consecutive draws as one over `rows`."""
    both = {g: np.concatenate([a.factors[g], b.factors[g]], 1) for g in a.factors}
    return Layer(rows, a.layout, both, np.concatenate([a.leave, b.leave]))


def leave_share(life_years: np.ndarray) -> np.ndarray:
    """Return the share of each age that leaves it in a quarter, as in `model.mechanisms.retirement`."""
    return (1 - np.exp(-2 / (4 * life_years))).astype(np.float32)
