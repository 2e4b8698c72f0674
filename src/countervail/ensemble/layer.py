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

from countervail.ensemble.blocks import Blocks, by_block
from countervail.ensemble.discrepancy import GROUPS
from countervail.ensemble.threads import each

SALES = (
    "units",
    "revenue",
    "inflow_nvidia",
    "rental_usd_h",
    "smuggled_units",
)  # rows with a factor of their own
SUMS = ("inflow_vendor", "cn_pathways", "inflow", "inflow_fp4", "outlay", "fee", "subsidy", "stock")
IN_PROPORTION = ("stock_effective", "stock_bases", "unpowered")
CHANGED = (*SALES, *SUMS, *IN_PROPORTION)
FIELDS = frozenset(CHANGED)

Layout = Mapping[str, tuple[int, tuple[int, ...]]]
_ADDING = threading.Lock()  # of two threads that ask for a row, one makes them


@dataclass
class Layer:
    """Flows with the discrepancy put on, read row by row: `layer[:, row]` is `[quarter, draw]`.

    `factors` are exp(d) by group, float32 `[quarter, draw]`; `leave` is the share of each age of the stock that leaves
    it in a quarter, `[draw]`. The rows it changes are made by a compiled program when one is first asked for.
    """

    rows: "np.ndarray | Blocks"
    layout: Layout
    factors: dict[str, np.ndarray]
    leave: np.ndarray
    place: dict[int, int] = field(init=False, repr=False)  # of each row it changes, the place in `changed`
    changed: list[np.ndarray] = field(default_factory=list, repr=False)  # [quarter, place, draw] by block

    def __post_init__(self) -> None:
        """Note which rows it changes, in the order in which `sums` has them."""
        fields = (self.layout[name] for name in CHANGED)
        rows = [k for at, shape in fields for k in range(at, at + int(np.prod(shape, dtype=int)))]
        self.place = {row: k for k, row in enumerate(rows)}

    def __getitem__(self, key: tuple[slice, int]) -> np.ndarray:
        """Return one row `[quarter, draw]`."""
        row = key[1]
        if row not in self.place:
            return self.rows[:, row]
        with _ADDING:
            if not self.changed:
                held = by_block(self.rows)
                self.changed = each(lambda block: self._changed(*block), held, len(held) > 1)
        return np.concatenate([block[:, self.place[row]] for block in self.changed], -1)

    def of(self, part: slice) -> np.ndarray:
        """Return the factors of some draws, `[quarter, group, draw]`."""
        return np.stack([self.factors[g][:, part] for g in GROUPS], 1)

    def _changed(self, first: int, rows: np.ndarray) -> np.ndarray:
        """Return the rows of a block that it changes."""
        from countervail.ensemble import sums

        part = slice(first, first + rows.shape[2])
        return sums.changed(rows, self.of(part), self.leave[part], self.layout)


def joined(a: Layer, b: Layer, rows: "np.ndarray | Blocks") -> Layer:
    """Return the layers of two runs of consecutive draws as one over `rows`."""
    both = {g: np.concatenate([a.factors[g], b.factors[g]], 1) for g in a.factors}
    return Layer(rows, a.layout, both, np.concatenate([a.leave, b.leave]))


def leave_share(life_years: np.ndarray) -> np.ndarray:
    """Return the share of each age that leaves it in a quarter, as in `model.mechanisms.retirement`."""
    return (1 - np.exp(-2 / (4 * life_years))).astype(np.float32)
