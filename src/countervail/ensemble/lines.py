"""The lines of a summary: every outcome, region and period, read from all flows of a block of draws by one program.

A line is read as `Result.annual` and `Result.values` read it, in float32 throughout; the two agree to rounding (a
test). Reading everything at once in compiled code is several times faster than outcome by outcome.
"""

from dataclasses import dataclass, field
from functools import lru_cache, reduce
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail.ensemble.blocks import BLOCK
from countervail.ensemble.discrepancy import GROUPS
from countervail.ensemble.layer import Layer, Layout
from countervail.ensemble.outcomes import OutcomeSpec, row_numbers, table
from countervail.periods import quarter_name

if TYPE_CHECKING:
    from jax import Array

EMPTY = 1e-9  # the least a denominator counts as
Items = list[tuple[OutcomeSpec, str]]


@dataclass(frozen=True)
class Line:
    """One outcome, region and period."""

    variable: str
    region: str
    unit: str
    period: str
    share_of_draws: bool


@dataclass
class Lines:
    """The lines of a summary of a run of so many quarters.

    Years are always taken; quarters of headline outcomes, or with `every_quarter` of all.
    """

    layout: Layout
    quarters: int
    every_quarter: bool = False
    heads: list[Line] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        """Give each line its number."""
        yearly, _ = items(self.every_quarter)
        years = [str(2022 + y) for y in range(self.quarters // 4)]
        quarters = [quarter_name(q) for q in range(self.quarters)]
        at_year, at_quarter = [], []
        for spec, region in yearly:
            for names, at in ((years, at_year), (quarters, at_quarter)):
                if at is at_quarter and not (self.every_quarter or spec.headline):
                    continue
                at.append(len(self.heads) + np.arange(len(names)))
                share = spec.kind == "share_of_draws"
                self.heads += [Line(spec.variable, region, spec.unit, name, share) for name in names]
        self._at_year, self._at_quarter = (np.array(at, int).T for at in (at_year, at_quarter))

    def read(
        self, rows: np.ndarray, layer: Layer | None, first: int, values: np.ndarray, sums: np.ndarray
    ) -> None:
        """Read a block of flows `[quarter, row, draw]` that begins at draw `first`.

        Its values go into `values` `[line, draw]`, their sums over the block into `sums` `[line, block]`.
        """
        from countervail.ensemble import engine
        from countervail.ensemble.sums import length, longer

        count, filled = rows.shape[2], length(self.quarters)
        part, layout = slice(first, first + count), tuple(self.layout.items())
        run = program(filled, rows.shape[1], layer is not None, self.every_quarter, layout)
        given = [longer(rows, filled)]
        if layer is not None:
            given += [longer(layer.of(part), filled), layer.leave[part]]
        value = np.asarray(run(*(engine.padded(x) for x in given)))[..., :count]
        of_year, of_quarter = readings(self.every_quarter, rows.shape[1], layout)
        outcomes = len(of_year.order)
        for at, order, read in (
            (self._at_year, of_year.order, value[:, :outcomes]),
            (self._at_quarter, of_quarter.order, value[:, outcomes:].reshape(filled, -1, count)),
        ):
            known = read[: len(at)]
            values[at[:, order], part] = known
            sums[at[:, order], first // BLOCK] = known.sum(-1, dtype=np.float64)


def items(every_quarter: bool) -> tuple[Items, Items]:
    """Return outcomes and regions that are read by year, and those that are read by quarter."""
    yearly = [(spec, region) for spec in table().values() for region in spec.all_regions]
    return yearly, [(spec, region) for spec, region in yearly if every_quarter or spec.headline]


@lru_cache(maxsize=8)
def program(
    quarters: int, rows: int, layered: bool, every_quarter: bool, layout: tuple[tuple[str, Any], ...]
) -> Any:
    """Return the compiled program of a horizon, from `[quarter, row, BLOCK]` to `[year, value, BLOCK]`.

    With the discrepancy it takes factors `[quarter, group, BLOCK]` and `leave` `[BLOCK]` too. The values are those of
    years, then those of the four quarters.
    """
    import jax.numpy as jnp

    from countervail.ensemble import engine, sums

    held = dict(layout)
    of_year, of_quarter = readings(every_quarter, rows, layout)

    def year(ages: Any, now: Any, leave: Any) -> tuple[Any, "Array"]:
        flows = now[0]
        if layered:
            named = sums.fields(flows, held)
            out, ages = sums.seen((named, now[1]), ages, leave)
            flows = jnp.concatenate([out.get(n, x).reshape(4, -1, BLOCK) for n, x in named.items()], 1)
        whole = flows[0] + flows[1] + flows[2] + flows[3]
        by_year = of_year(jnp.concatenate([whole, flows[3]]))
        return ages, jnp.concatenate([by_year, of_quarter(flows).reshape(-1, BLOCK)])

    def block(flows: "Array", *more: "Array") -> "Array":
        leave = more[1] if layered else None
        return sums.by_year(lambda ages, now: year(ages, now, leave), (flows, *more[:1]))

    shapes = [(quarters, rows, BLOCK)]
    if layered:
        shapes += [(quarters, len(GROUPS), BLOCK), (BLOCK,)]
    return engine.compiled(block, *shapes)


@lru_cache(maxsize=8)
def readings(
    every_quarter: bool, rows: int, layout: tuple[tuple[str, Any], ...]
) -> tuple["_Reading", "_Reading"]:
    """Return how outcomes are read from the sums over a year followed by its last quarter, and from a quarter."""
    held = dict(layout)
    yearly, quarterly = items(every_quarter)
    ends = [rows if spec.period == "end" else 0 for spec, _ in yearly]
    share = [0.25 if spec.period == "mean" else 1.0 for spec, _ in yearly]
    return _Reading(held, yearly, ends, share), _Reading(
        held, quarterly, [0] * len(quarterly), [1.0] * len(quarterly)
    )


class _Reading:
    """How outcomes are read from rows `[..., row, draw]`, each counting its rows from an offset of its own.

    Compiled code leaves the values in the order that is easiest for it: sums of rows that follow one another together,
    then ratios and complements. `order` says which outcome each value is.
    """

    def __init__(self, layout: Any, chosen: Items, offsets: list[int], factors: list[float]) -> None:
        read = []
        for (spec, region), offset in zip(chosen, offsets, strict=True):
            top, bottom = (
                ref and tuple(offset + k for k in row_numbers(layout, ref)) for ref in spec.source(region)
            )
            read.append((top, bottom, spec.turned(region)))
        plain = [k for k, (_, bottom, turned) in enumerate(read) if not bottom and not turned]
        plain.sort(key=lambda k: (len(read[k][0]), read[k][0]))
        others = [k for k, (_, bottom, turned) in enumerate(read) if bottom or turned]
        self.order = np.array(plain + others)
        self.others = [read[k] for k in others]
        self.runs: list[tuple[tuple[int, ...], int]] = []  # first rows that are added up, and how many follow
        for rows in (read[k][0] for k in plain):
            begin, count = self.runs[-1] if self.runs else ((), 0)
            if count and rows == tuple(k + count for k in begin):
                self.runs[-1] = (begin, count + 1)
            else:
                self.runs.append((rows, 1))
        scales = [spec.scale * factor for (spec, _), factor in zip(chosen, factors, strict=True)]
        self.scales = np.array(scales, np.float32)[self.order, None]

    def __call__(self, source: "Array") -> "Array":
        """Return `[..., value, draw]` in the units of outcomes; in compiled code."""
        import jax.numpy as jnp

        def run(begin: tuple[int, ...], count: int = 1) -> "Array":
            return reduce(add, (source[..., k : k + count, :] for k in begin))

        out = [run(begin, count) for begin, count in self.runs]
        for top, bottom, turned in self.others:
            value = run(top) / jnp.maximum(run(bottom), EMPTY) if bottom else run(top)
            out.append(1 - value if turned else value)
        return jnp.concatenate(out, -2) * self.scales
