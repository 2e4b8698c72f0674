"""Runs: a scenario through the model, draw by draw, the same whatever the number of threads."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from countervail.ensemble import engine
from countervail.ensemble.beliefs import beliefs
from countervail.ensemble.draws import parameter_matrix, shock_array, uniforms
from countervail.ensemble.result import Result
from countervail.errors import UserError
from countervail.evidence import load
from countervail.model.parameters import names
from countervail.model.shocks import SHOCKS
from countervail.periods import LAST_QUARTER, quarter_index

if TYPE_CHECKING:
    from countervail.scenario import ScenarioInputs

LONGEST = quarter_index(LAST_QUARTER) + 1
FEWEST_QUARTERS = 4
MOST_DRAWS = 1_000_000


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

    Raises
    ------
    UserError
        For anything that is not as said above.
    """
    _check(draws, seed, until)
    inputs = _inputs(scenario, until, set, as_of, data_dir)
    quarters = quarter_index(until) + 1
    evidence = load(data_dir=data_dir)
    chosen, origin = beliefs(evidence, names(), inputs.assumptions, inputs.parameter_overrides, inputs.as_of)
    matrix = _matrix(json.dumps(chosen, sort_keys=True), seed, draws)
    shocks = _shocks(quarters, seed, draws)
    layout = engine.layout()
    rows = np.empty((quarters, sum(math.prod(shape) for _, shape in layout.values()), draws), np.float32)
    done_before, total = 0, 0
    members = _members([p for _, p in inputs.variants], seed, draws)
    total = sum(math.ceil(len(m) / engine.BLOCK) for m in members)
    for (policy, _), member in zip(inputs.variants, members, strict=True):
        if len(member) == 0:
            continue
        whole = len(member) == draws

        def take(first: int, output: np.ndarray, member: np.ndarray = member, whole: bool = whole) -> None:
            span = slice(first, first + output.shape[2])
            rows[:, :, span if whole else member[span]] = output

        def report(done: int, _: int, before: int = done_before) -> None:
            if progress:
                progress(before + done, total)

        cut = jax.tree.map(lambda x: x[:quarters], policy)
        part, noise = (matrix, shocks) if whole else (matrix[:, member], shocks[:, :, member])
        engine.blocks(cut, part.astype(np.float32), noise, take, report, workers)
        done_before += math.ceil(len(member) / engine.BLOCK)
    if not np.isfinite(rows).all():
        raise UserError(
            f"the model gave numbers that are not finite under '{inputs.id}'",
            "a parameter or lever set by hand is probably far outside its range; try one change at a time",
        )
    return Result(
        scenario=inputs,
        draws=draws,
        seed=seed,
        until=until,
        as_of=None if inputs.as_of is None else inputs.as_of.isoformat(),
        rows=rows,
        layout=layout,
        parameter_names=names(),
        parameters=matrix,
        provenance={"beliefs": origin, "parameters": _digest(chosen), "inputs": inputs.provenance},
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

    return [run(b, draws, seed, until, data_dir=data_dir, progress=each(k), workers=workers) for k, b in enumerate(built)]


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


@lru_cache(maxsize=8)
def _matrix(chosen: str, seed: int, draws: int) -> np.ndarray:
    """Return parameters `[parameter, draw]`, kept for the next scenario of a comparison."""
    return parameter_matrix(names(), json.loads(chosen), seed, 0, draws)


@lru_cache(maxsize=4)
def _shocks(quarters: int, seed: int, draws: int) -> np.ndarray:
    return shock_array(SHOCKS, quarters, LONGEST, seed, 0, draws).astype(np.float32)


def _members(shares: Sequence[float], seed: int, draws: int) -> list[np.ndarray]:
    """Return which draws live under which way an uncertain policy may turn out; the same draws in every scenario."""
    if len(shares) == 1:
        return [np.arange(draws)]
    edges = np.cumsum(shares) / np.sum(shares)
    which = np.searchsorted(edges[:-1], uniforms("policy", seed, 0, draws), side="right")
    return [np.flatnonzero(which == k) for k in range(len(shares))]


def _digest(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()[:16]
