"""The lines of a summary: every outcome, region and period, read from all flows of a block of draws by one program.

A line is read as `Result.annual` and `Result.values` read it, in float32 throughout; the two agree to rounding (a
test). Reading everything at once in compiled code is several times faster than outcome by outcome.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail.ensemble.blocks import BLOCK
from countervail.ensemble.discrepancy import GROUPS
from countervail.ensemble.layer import Layer
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

    layout: Mapping[str, tuple[int, tuple[int, ...]]]
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
        by_year = value[: len(self._at_year), : len(of_year)]
        by_quarter = value[:, len(of_year) :].reshape(filled, -1, count)[: self.quarters]
        for reading, read, at in (
            (of_year, by_year, self._at_year),
            (of_quarter, by_quarter, self._at_quarter),
        ):
            lines = reading.finish(read)
            values[at, part] = lines
            sums[at, first // BLOCK] = lines.sum(-1, dtype=np.float64)


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
        lines = [of_year(jnp.concatenate([whole, flows[3]])), *(of_quarter(flows[q]) for q in range(4))]
        return ages, jnp.concatenate(lines)

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
    """How outcomes are read from rows `[row, draw]`, each counting its rows from an offset of its own.

    Compiled code puts together what has to be computed; sorting it by outcome is left to NumPy, which copies rows
    many times faster than an index in compiled code does.
    """

    def __init__(self, layout: Any, chosen: Items, offsets: list[int], factors: list[float]) -> None:
        read = []
        for (spec, region), offset in zip(chosen, offsets, strict=True):
            top, bottom = (
                ref and tuple(offset + k for k in row_numbers(layout, ref)) for ref in spec.source(region)
            )
            read.append((top, bottom, spec.turned(region)))
        single = sorted(
            {top[0] for top, bottom, turned in read if len(top) == 1 and not bottom and not turned}
        )
        self.runs = [(k, k) for k in single[:1]]
        for k in single[1:]:
            first, last = self.runs[-1]
            self.runs[-1:] = [(first, k)] if k == last + 1 else [(first, last), (k, k)]
        self.others = list(
            dict.fromkeys(r for r in read if len(r[0]) > 1 or r[1] or r[2])
        )  # sums, ratios, complements
        place = {(k,): i for i, k in enumerate(single)}
        self.order = np.array(
            [len(single) + self.others.index(r) if r in self.others else place[r[0]] for r in read]
        )
        scales = [spec.scale * factor for (spec, _), factor in zip(chosen, factors, strict=True)]
        self.scales = np.array(scales, np.float32)[:, None]

    def __len__(self) -> int:
        """Return how many values compiled code gives."""
        return sum(last - first + 1 for first, last in self.runs) + len(self.others)

    def __call__(self, source: "Array") -> "Array":
        """Return `[value, draw]` from `[row, draw]`; in compiled code."""
        import jax.numpy as jnp

        def one(rows: tuple[int, ...]) -> "Array":
            return sum((source[k] for k in rows[1:]), source[rows[0]])

        out = [source[first : last + 1] for first, last in self.runs]
        for top, bottom, turned in self.others:
            value = one(top) if bottom is None else one(top) / jnp.maximum(one(bottom), EMPTY)
            out.append((1 - value if turned else value)[None])
        return jnp.concatenate(out)

    def finish(self, value: np.ndarray) -> np.ndarray:
        """Return `[..., outcome, draw]` in the units of outcomes from `[..., value, draw]`."""
        return np.take(value, self.order, -2) * self.scales
