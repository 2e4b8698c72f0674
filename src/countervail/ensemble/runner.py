"""Runs: a scenario through the model, draw by draw, the same whatever the number of threads."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from countervail.ensemble import discrepancy as discrepancies
from countervail.ensemble import engine, layer, posterior, streaming
from countervail.ensemble.beliefs import beliefs
from countervail.ensemble.blocks import PIECE, Blocks
from countervail.ensemble.draws import parameter_matrix, shock_array, uniforms
from countervail.ensemble.result import Result
from countervail.errors import UserError
from countervail.evidence import load
from countervail.model.parameters import names
from countervail.model.shocks import SHOCKS
from countervail.periods import LAST_QUARTER, quarter_index

if TYPE_CHECKING:
    from countervail.scenario import ScenarioInputs

parameter_names = cache(names)
LONGEST = quarter_index(LAST_QUARTER) + 1
FEWEST_QUARTERS = 4
MOST_DRAWS = 1_000_000

LIFE = "retirement.life_years"


def run(
    scenario: "str | Path | ScenarioInputs",
    draws: int = 1000,
    seed: int = 0,
    until: str = "2032Q4",
    set: Mapping[str, Any] | Sequence[str] | None = None,  # noqa: A002 - the name of the option
    as_of: date | str | None = None,
    data_dir: Path | None = None,
    progress: engine.Progress | None = None,
    workers: int | None = None,
    discrepancy: bool = True,
    horizon: str | None = None,
    in_pieces: bool = False,
) -> Result:
    """Return the ensemble of a scenario.

    Parameters
    ----------
    scenario
        Name of a shipped scenario, path of a scenario file, or built inputs.
    draws
        1 to 1,000,000; the first n draws of a larger run are the n-draw run.
    seed
        Any whole number from 0; the same seed gives every scenario the same parameters and chance.
    until
        Last quarter, 2022Q4 to 2040Q4.
    set
        Levers and parameters as `{"us_export_fee": 0.25}` or `["us_export_fee=0.25@2026Q1"]`.
    as_of
        Use only what was known on this date.
    data_dir
        Folder with a user's own accelerators, measures or history.
    progress
        Called with blocks done and in all.
    workers
        Threads; results do not depend on it.
    discrepancy
        Put on what the model is known to miss by, so that ranges are predictive; False: as simulated.
    horizon
        Last quarter that is simulated, `until` or later. The figures are the same; a server compiles few horizons.
    in_pieces
        Prepare few draws at a time, so that `progress` is called often from the first moment on. The same figures.

    Raises
    ------
    UserError
        For anything that is not as said above.
    """
    _check(draws, seed, horizon or until)
    inputs = asked(scenario, draws, seed, until, set, as_of, data_dir)
    chance = drawn(inputs, seed, data_dir)
    held, provenance = chance.held, chance.provenance
    provenance["discrepancy"] = discrepancies.about(held) if discrepancy else None
    quarters = quarter_index(until) + 1
    simulated = max(quarters, quarter_index(horizon or until) + 1)

    def part(first: int, count: int, report: engine.Progress | None, keep: bool = True) -> Result:
        matrix, shocks = chance.part(simulated, first, count, keep)
        rows = _cut(_rows(inputs, matrix, shocks, seed, first, report, workers), quarters)
        as_of_text = None if inputs.as_of is None else inputs.as_of.isoformat()
        layout = engine.program(simulated)[1]
        seen = None
        if discrepancy:
            factors_of = _factors if keep else _factors.__wrapped__
            factors = factors_of(held.head["checksum"] if held else "", quarters, seed, first, count)
            seen = layer.Layer(
                rows, layout, factors, layer.leave_share(matrix[parameter_names().index(LIFE)])
            )
        return Result(
            inputs, count, seed, until, as_of_text, rows, layout, parameter_names(), matrix, provenance, seen
        )

    if draws <= streaming.LIMIT:
        if in_pieces and draws > PIECE:
            return _pieces(part, draws, progress)
        return part(0, draws, progress)
    kept, streamed = None, streaming.Streamed()
    with ThreadPoolExecutor(1) as counting:  # one chunk is counted while the next is run
        waiting: Future[None] | None = None
        for first in range(0, draws, streaming.CHUNK):
            chunk = part(first, min(streaming.CHUNK, draws - first), None)
            if waiting is not None:
                waiting.result()
            waiting = counting.submit(streamed.add, chunk)
            if first < streaming.KEPT:
                kept = chunk if kept is None else _join(kept, chunk)
            if progress:
                progress(min(first + streaming.CHUNK, draws), draws)
        if waiting is not None:
            waiting.result()
    assert kept is not None
    return replace(kept, draws=draws, streamed=streamed.rows())


def _pieces(part: Callable[..., Result], draws: int, progress: engine.Progress | None) -> Result:
    """Return a run made piece by piece; what a piece is made from is not kept for other runs."""
    whole: Result | None = None
    for first in range(0, draws, PIECE):

        def report(done: int, total: int, before: int = first) -> None:
            if progress:
                progress(before + PIECE * done // total, draws)

        piece = part(first, min(PIECE, draws - first), report, keep=False)
        whole = piece if whole is None else _join(whole, piece)
    assert whole is not None
    return whole


@dataclass(frozen=True)
class Drawn:
    """What is drawn for a scenario: parameters and chance, from what is believed and what history taught."""

    belief: str  # of each parameter
    held: posterior.Posterior | None
    taught: tuple[str, ...]
    seed: int
    provenance: dict[str, Any]

    def part(self, quarters: int, first: int, count: int, keep: bool = True) -> tuple[np.ndarray, np.ndarray]:
        """Return parameters `[parameter, draw]` and shocks `[quarter, shock, draw]` of draws `first` onwards.

        With `keep` they are kept for the next scenario.
        """
        make = (_matrix, _shocks) if keep else (_matrix.__wrapped__, _shocks.__wrapped__)
        known = len(self.held.shocks) if self.held else 0
        matrix = make[0](self.belief, self.seed, first, count)
        shocks = make[1](quarters, self.seed, first, count, known)
        if self.held is None:
            return matrix, shocks
        return self.held.put(matrix, shocks, parameter_names(), self.taught, self.seed, first)


def drawn(inputs: "ScenarioInputs", seed: int, data_dir: Path | None) -> Drawn:
    """Return what is drawn for a scenario."""
    chosen, origin = beliefs(
        load(data_dir=data_dir),
        parameter_names(),
        inputs.assumptions,
        inputs.parameter_overrides,
        inputs.as_of,
    )
    held = posterior.default(inputs.as_of)
    taught = held.held(origin) if held else ()
    origin |= dict.fromkeys(taught, "posterior")
    provenance = {"beliefs": origin, "parameters": _digest(chosen), "inputs": inputs.provenance}
    if held:
        provenance["posterior"] = {k: held.head[k] for k in ("cutoff", "checksum")}
    given = dict.fromkeys(
        taught, {"dist": "fixed", "value": 0.0}
    )  # what the posterior gives need not be drawn
    return Drawn(json.dumps(chosen | given, sort_keys=True), held, taught, seed, provenance)


def by_policy(
    inputs: "ScenarioInputs",
    matrix: np.ndarray,
    shocks: np.ndarray,
    seed: int,
    first: int,
    take: Callable[[np.ndarray, Any], None],
    progress: engine.Progress | None,
    workers: int | None,
    program: Callable[..., Any] | None = None,
) -> None:
    """Run draws `first` onwards block by block, each under its own way a policy turned out.

    The output of each block goes to `take(positions of its draws, output)`; `program` as `run` of `engine.blocks`.
    """
    count, quarters = matrix.shape[1], shocks.shape[0]
    members = _members([p for _, p in inputs.variants], seed, first, count)
    total = sum(math.ceil(len(m) / engine.BLOCK) for m in members)
    done = 0
    for (policy, _), member in zip(inputs.variants, members, strict=True):
        if len(member) == 0:
            continue

        def hand(start: int, output: Any, member: np.ndarray = member) -> None:
            take(member[start : start + engine.BLOCK], output)

        def report(blocks: int, _: int, before: int = done) -> None:
            if progress:
                progress(before + blocks, total)

        cut = jax.tree.map(lambda x: x[:quarters], policy)
        whole = len(member) == count
        part, noise = (matrix, shocks) if whole else (matrix[:, member], shocks[:, :, member])
        engine.blocks(cut, part.astype(np.float32), noise, hand, report, workers, program)
        done += math.ceil(len(member) / engine.BLOCK)


def _rows(
    inputs: "ScenarioInputs",
    matrix: np.ndarray,
    shocks: np.ndarray,
    seed: int,
    first: int,
    progress: engine.Progress | None,
    workers: int | None,
) -> "np.ndarray | Blocks":
    """Return the flows `[quarter, row, draw]` of draws `first` onwards, each under its own way a policy turned out."""
    count = matrix.shape[1]
    held: list[tuple[np.ndarray, np.ndarray]] = []  # positions of draws and their flows, block by block
    finite: list[bool] = []

    def take(members: np.ndarray, output: np.ndarray) -> None:
        finite.append(bool(np.isfinite(output).all()))
        held.append((members, output))

    by_policy(inputs, matrix, shocks, seed, first, take, progress, workers)
    if not all(finite):
        raise UserError(
            f"the model gave numbers that are not finite under '{inputs.id}'",
            "a parameter or lever set by hand is probably far outside its range; try one change at a time",
        )
    if len(inputs.variants) == 1:
        return Blocks([output for _, output in sorted(held, key=lambda h: h[0][0])])
    rows = np.empty((*held[0][1].shape[:2], count), np.float32)
    for place, output in held:
        rows[:, :, place] = output
    return rows


def _join(a: Result, b: Result) -> Result:
    """Return two runs of consecutive draws as one."""
    rows = _chain(a.rows, b.rows)
    return replace(
        a,
        draws=a.draws + b.draws,
        rows=rows,
        layer=layer.joined(a.layer, b.layer, rows) if a.layer and b.layer else None,
        parameters=np.concatenate([a.parameters, b.parameters], 1),
        cache={},
    )


def compare(
    scenarios: "Sequence[str | Path | ScenarioInputs]",
    draws: int = 1000,
    seed: int = 0,
    until: str = "2032Q4",
    set: Mapping[str, Any] | Sequence[str] | None = None,  # noqa: A002
    as_of: date | str | None = None,
    data_dir: Path | None = None,
    progress: engine.Progress | None = None,
    workers: int | None = None,
    discrepancy: bool = True,
) -> list[Result]:
    """Return one result per scenario with paired draws: differences between them are the policy. Options as `run`."""
    _check(draws, seed, until)
    if not scenarios:
        raise UserError("no scenario to compare", "name at least one, for example status-quo")
    built = [_inputs(s, until, set, as_of, data_dir) for s in scenarios]
    ids = [b.id for b in built]
    double = sorted({i for i in ids if ids.count(i) > 1})
    if double:
        raise UserError(f"scenario '{double[0]}' is named twice", "name each scenario once")

    def each(k: int):
        return lambda done, total: progress(k * total + done, len(built) * total) if progress else None

    return [
        run(
            b,
            draws,
            seed,
            until,
            data_dir=data_dir,
            progress=each(k),
            workers=workers,
            discrepancy=discrepancy,
        )
        for k, b in enumerate(built)
    ]


def asked(
    scenario: Any, draws: int, seed: int, until: str, changes: Any, as_of: Any, data_dir: Path | None
) -> "ScenarioInputs":
    """Return the inputs of a run that is asked for, or a clear error."""
    _check(draws, seed, until)
    return _inputs(scenario, until, changes, as_of, data_dir)


def _inputs(scenario: Any, until: str, changes: Any, as_of: Any, data_dir: Path | None) -> "ScenarioInputs":
    from countervail.scenario import ScenarioInputs, build

    if isinstance(scenario, ScenarioInputs):
        return scenario
    return build(scenario, until=until, set=changes, as_of=as_of, data_dir=data_dir)


def _check(draws: Any, seed: Any, until: str) -> None:
    """Refuse counts, seeds and horizons that make no sense."""
    if not isinstance(draws, int) or isinstance(draws, bool) or not 1 <= draws <= MOST_DRAWS:
        raise UserError(f"draws is {draws}", f"give a whole number from 1 to {MOST_DRAWS:,}")
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < 2**63:
        raise UserError(f"seed is {seed}", "give a whole number from 0")
    last = quarter_index(until)
    if not FEWEST_QUARTERS - 1 <= last < LONGEST:
        raise UserError(f"until is {until}", f"give a quarter from 2022Q4 to {LAST_QUARTER}")


def _cut(rows: "np.ndarray | Blocks", quarters: int) -> "np.ndarray | Blocks":
    """Return the first quarters of flows, uncopied."""
    if isinstance(rows, Blocks):
        return Blocks([p[:quarters] for p in rows.parts])
    return rows[:quarters]


def _chain(a: "np.ndarray | Blocks", b: "np.ndarray | Blocks") -> "np.ndarray | Blocks":
    """Return flows of consecutive draws as one, uncopied where they are in blocks."""
    if isinstance(a, Blocks) and isinstance(b, Blocks):
        return Blocks(a.parts + b.parts)
    return np.concatenate([np.asarray(a), np.asarray(b)], 2)


@lru_cache(maxsize=8)
def _matrix(chosen: str, seed: int, first: int, count: int) -> np.ndarray:
    """Return parameters `[parameter, draw]`, kept for the next scenario of a comparison."""
    return parameter_matrix(parameter_names(), json.loads(chosen), seed, first, count)


@lru_cache(maxsize=4)
def _factors(checksum: str, quarters: int, seed: int, first: int, count: int) -> dict[str, np.ndarray]:
    """Return the discrepancy of draws by group, kept for the next scenario; to be read only."""
    held = posterior.default(None) if checksum else None
    return discrepancies.factors(held, quarters, seed, first, count)


@lru_cache(maxsize=4)
def _shocks(quarters: int, seed: int, first: int, count: int, known: int) -> np.ndarray:
    """Return shocks `[quarter, shock, draw]`; the first `known` quarters are the posterior's to give."""
    return shock_array(SHOCKS, quarters, seed, first, count, known).astype(np.float32)


def _members(shares: Sequence[float], seed: int, first: int, count: int) -> list[np.ndarray]:
    """Return which draws live under which way an uncertain policy may turn out; the same draws in every scenario."""
    if len(shares) == 1:
        return [np.arange(count)]
    edges = np.cumsum(shares) / np.sum(shares)
    which = np.searchsorted(edges[:-1], uniforms("policy", seed, first, count), side="right")
    return [np.flatnonzero(which == k) for k in range(len(shares))]


def _digest(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()[:16]
