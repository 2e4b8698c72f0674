"""The rules for many products, periods and destinations at once, as integer arrays: what the model reads.

Outcomes are constant between boundary dates, and countries fall into few classes (same groups every day). So
each distinct (product, class, stretch of law) is judged once by the code of a single check, kept with the
regime, and spread over quarters and countries with NumPy.
"""

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
from countervail.rules.regime import Law, Regime
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


@dataclass(slots=True)
class _Row:
    """The judgements of one product and one class over the stretches of law; code -1 is not judged yet."""

    code: NDArray[np.int8]
    measure: NDArray[np.int16]
    fee: NDArray[np.float32]
    cap: NDArray[np.float32]
    done: int = 0  # bit s is set once stretch s is judged


class _Judge:
    """Judges cells once and remembers them, for one regime and scope."""

    def __init__(self, regime: Regime, scope: str) -> None:
        self.regime, self.scope = regime, scope
        self.same = self._same_laws()
        self.rows: dict[Chip, dict[tuple[Any, ...], _Row]] = {}
        self.measures: dict[str, int] = {}
        self.keys: dict[Destination, tuple[Any, ...]] = {}

    def _same_laws(self) -> NDArray[np.int64]:
        """Return for each stretch the first one with the same US measures at the same values."""
        seen: dict[Any, int] = {}
        same = []
        for index in range(len(self.regime.boundaries)):
            law = self.regime.law(index, self.scope)
            parts = []
            for active in law.active.values():
                if active.measure.actor == "US":
                    values = tuple((p.name, p.value) for p in active.parameters.values())
                    parts.append((active.id, values, law.start.year >= 2025))
            same.append(seen.setdefault((tuple(parts), tuple(law.places.items())), index))
        return np.array(same)

    def key(self, destination: Destination) -> tuple[Any, ...]:
        """Return what the logic can see of a destination; equal keys give equal outcomes."""
        if destination not in self.keys:
            code = country_code(destination.country, "destination")
            home = (
                country_code(destination.headquarters, "headquarters") if destination.headquarters else code
            )
            places = []
            for index in np.unique(self.same):
                law = self.regime.law(int(index), self.scope)
                here, there = law.places[code], law.places[home]
                places.append((here.groups, there.groups))
            gulf = any("UAE" in here or "UAE" in there for here, there in places)
            kind = (
                destination.kind
                if destination.kind == "military" or (gulf and destination.kind == "state")
                else ""
            )
            self.keys[destination] = (tuple(places), kind)
        return self.keys[destination]

    def row(self, chip: Chip, sample: Destination, wanted: int) -> _Row:
        """Return the row of a product and a class; `wanted` has a bit for each stretch needed."""
        rows = self.rows[chip]
        key = self.keys[sample]
        row = rows.get(key)
        if row is None:
            n = len(self.regime.boundaries)
            row = rows[key] = _Row(
                np.full(n, -1, np.int8),
                np.full(n, NO_MEASURE, np.int16),
                np.zeros(n, np.float32),
                np.full(n, np.nan, np.float32),
            )
        missing = wanted & ~row.done
        if missing:
            row.done |= missing
            tx, party = parts_of(chip, sample)
            for s in (s for s in range(missing.bit_length()) if missing >> s & 1):
                first = int(self.same[s])
                if row.code[first] < 0:
                    self._judge(row, first, chip, tx, party)
                if s != first:
                    row.code[s], row.measure[s] = row.code[first], row.measure[first]
                    row.fee[s], row.cap[s] = row.fee[first], row.cap[first]
        return row

    def _judge(self, row: _Row, stretch: int, chip: Chip, tx: Transaction, party: Party) -> None:
        law: Law = self.regime.law(stretch, self.scope)
        deal = open_deal(chip, tx, party, law, False)
        _, decision = settle(deal)
        fee, _ = charges(deal, decision)
        row.code[stretch] = CODES[decision.outcome]
        if decision.measure:
            row.measure[stretch] = self.measures.setdefault(decision.measure, len(self.measures))
        row.fee[stretch] = fee["rate"] if fee else 0.0
        if decision.cap and "share" in decision.cap:
            row.cap[stretch] = decision.cap["share"]


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
    if scope not in judges:
        judges[scope] = _Judge(regime, scope)
    return judges[scope]


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
    wanted: dict[Chip, int] = {}
    rows_of_grid = grid if moving else grid[:1]
    spans = needed if moving else [np.unique(np.concatenate(needed))] if needed else []
    for row, stretches in zip(rows_of_grid, spans, strict=True):
        mask = sum(1 << int(s) for s in stretches)
        for chip in row:
            order.setdefault(chip, len(order))
            wanted[chip] = wanted.get(chip, 0) | mask
    index = np.array([[order[c] for c in row] for row in rows_of_grid], int)
    index = index if moving else np.repeat(index, len(periods), axis=0)

    columns: dict[tuple[Any, ...], int] = {}
    samples: list[Destination] = []
    classes = []
    for place in places:
        key = judge.key(place)
        if key not in columns:
            columns[key] = len(columns)
            samples.append(place)
        classes.append(columns[key])

    for chip in order:
        judge.rows.setdefault(chip, {})
    rows = [[judge.row(chip, sample, wanted[chip]) for sample in samples] for chip in order]
    shape = (len(order), len(samples), len(law.boundaries))
    code = np.array([[r.code for r in row] for row in rows], np.int8).reshape(shape)
    measure = np.array([[r.measure for r in row] for row in rows], np.int16).reshape(shape)
    fee = np.array([[r.fee for r in row] for row in rows], np.float32).reshape(shape)
    cap = np.array([[r.cap for r in row] for row in rows], np.float32).reshape(shape)
    return _spread(
        judge, grid, periods, places, index, np.array(classes, int), weights, needed, code, measure, fee, cap
    )


def _spread(
    judge: _Judge,
    grid: list[list[Chip]],
    periods: Sequence[Any],
    places: list[Destination],
    index: NDArray[np.int64],
    classes: NDArray[np.int64],
    weights: NDArray[np.float32],
    needed: list[NDArray[np.int64]],
    code: NDArray[np.int8],
    measure: NDArray[np.int16],
    fee: NDArray[np.float32],
    cap: NDArray[np.float32],
) -> Table:
    """Spread judged rows over periods and countries."""
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
    spread = [np.take(np.take(v.ravel(), flat), classes, axis=2) for v in (code, measure, fee, cap)]
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
