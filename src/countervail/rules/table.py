"""The rules for many products, periods and destinations at once, as integer arrays: what the model reads.

Outcomes are constant between boundary dates, and countries fall into few classes (same groups every day). So
each distinct (product, class, stretch of law) is judged once by the code of a single check, kept with the
regime, and spread over quarters and countries with NumPy.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countervail.periods import quarter_index, quarter_span
from countervail.rules.chips import resolve
from countervail.rules.groups import country_code
from countervail.rules.outcome import CODES, WORDS, Chip, Party, Transaction
from countervail.rules.regime import Regime
from countervail.rules.us_export import open_deal, settle
from countervail.rules.us_export.judge import charges

NO_MEASURE = -1


@dataclass(frozen=True, slots=True)
class Destination:
    """A column of the table: a country and a kind of buyer; `headquarters` None means local."""

    country: str
    kind: str = "commercial"
    headquarters: str | None = None


@dataclass(frozen=True)
class Table:
    """Outcomes by product, period and destination.

    `outcome` holds codes of `outcome.WORDS` (the word of most days in the period), `measure` indices into
    `measures` (-1: none), `fee` a rate, `cap_share` a share of US shipments (NaN: no cap), all of that
    word's longest stretch. `share(word)` gives the share of the period's days with a word.
    """

    products: list[Any]
    periods: list[Any]
    destinations: list[Destination]
    measures: list[str]
    outcome: NDArray[np.int8]
    measure: NDArray[np.int16]
    fee: NDArray[np.float32]
    cap_share: NDArray[np.float32]
    code: NDArray[np.int8]  # [distinct product, class, stretch of law]
    index: NDArray[np.int64]  # [period, product] -> distinct product
    weights: NDArray[np.float32]  # [period, stretch]: share of the period's days
    classes: NDArray[np.int64]  # [destination] -> class
    words: tuple[str, ...] = field(default=WORDS)

    def share(self, word: str) -> NDArray[np.float32]:
        """Return the share of days with an outcome word, by product, period and destination."""
        by_chip = (self.code == CODES[word]).astype(np.float32) @ self.weights.T  # [distinct, class, period]
        periods = np.arange(len(self.periods))
        chosen = by_chip[self.index.T, :, periods[None, :]]  # [product, period, class]
        return chosen[:, :, self.classes]


class _Judge:
    """Judges cells once and remembers them, for one regime and scope, in blocks [chip, class, stretch]."""

    def __init__(self, regime: Regime, scope: str) -> None:
        self.regime, self.scope = regime, scope
        self.lock = threading.RLock()  # cells have numbers, which two threads must not give out at once
        self.same = self._same_laws()
        self.chips: dict[Chip, int] = {}
        self.classes: dict[tuple[Any, ...], int] = {}
        self.samples: list[Destination] = []  # one destination of each class
        self.class_of: dict[Destination, int] = {}
        self.measures: dict[str, int] = {}
        empty = (0, 0, len(regime.boundaries))
        self.code = np.empty(empty, np.int8)  # -1: not judged yet
        self.measure = np.empty(empty, np.int16)
        self.fee = np.empty(empty, np.float32)
        self.cap = np.empty(empty, np.float32)

    def _same_laws(self) -> NDArray[np.int64]:
        """Return for each stretch the first one with the same US measures at the same values.

        Days on which all countries stand alike have the same `places`, which the regime keeps alive.
        """
        seen: dict[Any, int] = {}
        same = []
        for index in range(len(self.regime.boundaries)):
            law = self.regime.law(index, self.scope)
            parts = []
            for active in law.active.values():
                if active.measure.actor == "US":
                    values = tuple((p.name, p.value) for p in active.parameters.values())
                    parts.append((active.id, values, law.start.year >= 2025))
            same.append(seen.setdefault((tuple(parts), id(law.places)), index))
        return np.array(same)

    def class_number(self, destination: Destination) -> int:
        """Return the class of a destination; the logic sees no difference between members of a class."""
        if destination not in self.class_of:
            code = country_code(destination.country, "destination")
            abroad = destination.headquarters
            home = country_code(abroad, "headquarters") if abroad else code
            laws = [self.regime.law(int(index), self.scope) for index in np.unique(self.same)]
            places = tuple((law.places[code].groups, law.places[home].groups) for law in laws)
            gulf = any("UAE" in here or "UAE" in there for here, there in places)
            read = destination.kind == "military" or (gulf and destination.kind == "state")
            key = (places, destination.kind if read else "")
            if key not in self.classes:
                self.classes[key] = len(self.classes)
                self.samples.append(destination)
            self.class_of[destination] = self.classes[key]
        return self.class_of[destination]

    def fill(
        self, chips: Sequence[Chip], columns: NDArray[np.int64], wanted: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Judge what is not judged yet, `wanted` [chip, stretch]; return the numbers of the chips."""
        rows = np.array([self.chips.setdefault(c, len(self.chips)) for c in chips], int)
        self._grow()
        missing = wanted[:, None, :] & (self.code[rows[:, None], columns[None, :]] < 0)
        for i, j in np.argwhere(missing.any(2)):
            chip, row, column = chips[i], int(rows[i]), int(columns[j])
            tx, party = parts_of(chip, self.samples[column])
            for s in np.flatnonzero(missing[i, j]):
                first = int(self.same[s])
                if self.code[row, column, first] < 0:
                    self._judge(row, column, first, chip, tx, party)
                for block in (self.code, self.measure, self.fee, self.cap):
                    block[row, column, s] = block[row, column, first]
        return rows

    def _grow(self) -> None:
        """Make room for new chips and classes."""
        have, need = self.code.shape, (len(self.chips), len(self.classes))
        if have[0] >= need[0] and have[1] >= need[1]:
            return
        shape = (max(have[0], need[0]), max(have[1], need[1]), have[2])
        for name, empty in (("code", -1), ("measure", NO_MEASURE), ("fee", 0.0), ("cap", np.nan)):
            old = getattr(self, name)
            new = np.full(shape, empty, old.dtype)
            new[: have[0], : have[1]] = old
            setattr(self, name, new)

    def _judge(self, row: int, column: int, stretch: int, chip: Chip, tx: Transaction, party: Party) -> None:
        at = row, column, stretch
        deal = open_deal(chip, tx, party, self.regime.law(stretch, self.scope), False)
        _, decision = settle(deal)
        fee, _ = charges(deal, decision)
        self.code[at] = CODES[decision.outcome]
        if decision.measure:
            self.measure[at] = self.measures.setdefault(decision.measure, len(self.measures))
        self.fee[at] = fee["rate"] if fee else 0.0
        if decision.cap and "share" in decision.cap:
            self.cap[at] = decision.cap["share"]


def parts_of(chip: Chip, destination: Destination) -> tuple[Transaction, Party]:
    """Return the plain deal of a cell: a sale from the US, or the use abroad of a Chinese design."""
    code = country_code(destination.country, "destination")
    home = country_code(destination.headquarters, "headquarters") if destination.headquarters else None
    chinese = chip.designer_country == "CN"
    kind = "use of foreign-made item" if chinese else "export from US"
    tx = Transaction(code, kind, exported_from_us=not chinese, use_only=chinese)
    return tx, Party(kind=destination.kind, headquarters=home)


def judge_of(regime: Regime, scope: str) -> _Judge:
    """Return the judge of a regime, kept with it."""
    judges = regime.__dict__.setdefault("_judges", {})
    return judges.get(scope) or judges.setdefault(scope, _Judge(regime, scope))


def _span(period: "str | date") -> tuple[date, date]:
    return (period, period) if isinstance(period, date) else quarter_span(quarter_index(period))


def _weights(regime: Regime, periods: Sequence["str | date"]) -> NDArray[np.float32]:
    """Return the share of each period's days that falls in each stretch, [period, stretch]."""
    weights = np.zeros((len(periods), len(regime.boundaries)), np.float32)
    for q, period in enumerate(periods):
        first, last = _span(period)
        days = (last - first).days + 1
        for s in range(regime.stretch(first), regime.stretch(last) + 1):
            law = regime.law(s)
            overlap = (min(last, law.through) - max(first, law.start)).days + 1
            weights[q, s] = overlap / days
    return weights


def table(
    products: Sequence[Any],
    periods: Sequence["str | date"],
    destinations: Sequence["str | Destination"],
    *,
    regime: Regime | None = None,
    scope: str = "enforced",
) -> Table:
    """Return outcomes for every product, period and destination.

    Parameters
    ----------
    products
        Chips (ids, specs or `Chip`), the same in every period; or one list of chips per period, equally long.
    periods
        Quarters (`2026Q1`) or days.
    destinations
        Country codes, or `Destination` for other kinds of buyers and headquarters abroad.
    regime
        The regime to judge by; None means the shipped one.
    scope
        `enforced` or `de-jure`.
    """
    law = regime or Regime.load()
    judge = judge_of(law, scope)
    places = [d if isinstance(d, Destination) else Destination(d) for d in destinations]
    moving = bool(products) and isinstance(products[0], (list, tuple))
    grid = (
        [[resolve(c) for c in row] for row in products]
        if moving
        else [[resolve(c) for c in products]] * len(periods)
    )
    weights = _weights(law, periods)
    needed = [np.flatnonzero(w) for w in weights]

    order: dict[Chip, int] = {}
    rows_of_grid = grid if moving else grid[:1]
    for row in rows_of_grid:
        for chip in row:
            order.setdefault(chip, len(order))
    index = np.array([[order[c] for c in row] for row in rows_of_grid], int)
    wanted = np.zeros((len(order), len(law.boundaries)), bool)
    for q, stretches in enumerate(needed):
        wanted[np.ix_(index[q if moving else 0], stretches)] = True
    index = index if moving else np.repeat(index, len(periods), axis=0)

    with judge.lock:
        numbers = np.array([judge.class_number(place) for place in places], int)
        columns, classes = np.unique(numbers, return_inverse=True)
        block = np.ix_(judge.fill(list(order), columns, wanted), columns)
        judged = [blocks[block] for blocks in (judge.code, judge.measure, judge.fee, judge.cap)]
    return _spread(judge, grid, periods, places, index, classes, weights, needed, judged)


def _spread(
    judge: _Judge,
    grid: list[list[Chip]],
    periods: Sequence[Any],
    places: list[Destination],
    index: NDArray[np.int64],
    classes: NDArray[np.int64],
    weights: NDArray[np.float32],
    needed: list[NDArray[np.int64]],
    judged: list[NDArray[Any]],
) -> Table:
    """Spread judged rows over periods and countries."""
    code = judged[0]
    products, quarters = (len(grid[0]) if grid else 0), len(periods)
    n = code.shape[1]
    at = np.zeros((products, quarters, n), int)  # the stretch that stands for the period
    for q, stretches in enumerate(needed):
        if len(stretches) == 1:
            at[:, q] = stretches[0]
            continue
        here, w = code[index[q]][:, :, stretches], weights[q, stretches]
        mine = np.zeros(here.shape, np.float32)  # days of each stretch's word in the whole period
        for k, weight in enumerate(w):
            mine += weight * (here == here[:, :, k : k + 1])
        # of the words with most days the one in force last, and of its stretches the longest
        top = mine >= mine.max(axis=2, keepdims=True) - 1e-6
        last = top.shape[2] - 1 - np.argmax(top[:, :, ::-1], axis=2)
        word = np.take_along_axis(here, last[:, :, None], axis=2)
        at[:, q] = stretches[np.argmax(np.where(here == word, w, -1.0), axis=2)]
    flat = (index.T[:, :, None] * n + np.arange(n)) * code.shape[2] + at
    spread = [np.take(np.take(v.ravel(), flat), classes, axis=2) for v in judged]
    return Table(
        products=grid if len({id(r) for r in grid}) > 1 else (grid[0] if grid else []),
        periods=list(periods),
        destinations=places,
        measures=list(judge.measures),
        outcome=spread[0],
        measure=spread[1],
        fee=spread[2],
        cap_share=spread[3],
        code=code,
        index=index,
        weights=weights,
        classes=classes,
    )
