"""How an outcome answers to every parameter, draw by draw: its gradient, by one pass back through the quarters.

Forward keeps the state at the start of each quarter. Backward takes the quarters from the last to the first, reckons
each anew and carries the derivative through it. So memory grows with states alone, and a block of draws costs a few
times its forward run, for all parameters at once. The outcome is as simulated, without the discrepancy.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from countervail.ensemble import engine, runner
from countervail.ensemble.blocks import BLOCK
from countervail.ensemble.lines import EMPTY
from countervail.ensemble.outcomes import find, row_numbers
from countervail.ensemble.transposed import apart, rewritten
from countervail.errors import UserError
from countervail.model.flows import Flows
from countervail.model.parameters import from_matrix, names
from countervail.model.policy import Policy
from countervail.model.shocks import SHOCKS, Shocks
from countervail.model.state import start
from countervail.model.step import step
from countervail.periods import quarter_index, quarter_name

if TYPE_CHECKING:
    from countervail.scenario import ScenarioInputs

Rows = tuple[int, ...]
MOST_DRAWS = 20_000


@dataclass(frozen=True)
class Reading:
    """How an outcome in a period is read from some fields of the flows, in the order of `fields`."""

    fields: tuple[str, ...]
    top: Rows
    bottom: Rows | None
    turned: bool
    scale: float
    first: int  # quarter
    last: int
    how: str  # sum | end | mean, over these quarters

    def flows(self, flows: Flows) -> Array:
        """Return the rows `[row, draw]` of a quarter."""
        return jnp.concatenate([getattr(flows, f).reshape(-1, BLOCK) for f in self.fields])

    def value(self, rows: Array) -> Array:
        """Return the outcome `[draw]` from rows `[quarter, row, draw]`, as `Result.at` reads it."""

        def taken(numbers: Rows) -> Array:
            x = rows[self.first : self.last + 1, jnp.asarray(numbers)].sum(1)
            return {"sum": x.sum, "mean": x.mean, "end": lambda _: x[-1]}[self.how](0)

        out = taken(self.top)
        if self.bottom is not None:
            out = out / jnp.maximum(taken(self.bottom), EMPTY)
        return self.scale * (1 - out if self.turned else out)


@dataclass(frozen=True)
class Gradient:
    """An outcome of each draw and its derivative in each parameter, `[parameter, draw]` in the order of `parameters`.

    A derivative is per unit of the parameter.
    """

    variable: str
    region: str
    period: str
    unit: str
    parameters: tuple[str, ...]
    draws: np.ndarray  # [parameter, draw], where it was taken
    value: np.ndarray  # [draw]
    slope: np.ndarray

    def table(self) -> list[dict[str, Any]]:
        """Return a row per parameter, those first that move the outcome most over their spread.

        `per_sd` is the mean derivative times the standard deviation of the draws, in units of the outcome;
        `p5` and `p95` its range over draws, `positive` the share of draws in which more of it raises the outcome.
        """
        spread = self.draws.std(1)
        each = self.slope * spread[:, None]
        low, high = np.quantile(each, (0.05, 0.95), axis=1)
        rows = [
            {
                "parameter": name,
                "per_sd": float(each[k].mean()),
                "p5": float(low[k]),
                "p95": float(high[k]),
                "positive": float((each[k] > 0).mean()),
                "sd": float(spread[k]),
            }
            for k, name in enumerate(self.parameters)
        ]
        return sorted(rows, key=lambda row: -abs(row["per_sd"]))


def gradient(
    scenario: "str | Path | ScenarioInputs",
    variable: str,
    region: str,
    period: str,
    draws: int = 256,
    seed: int = 0,
    set: Mapping[str, Any] | Sequence[str] | None = None,  # noqa: A002 - the name of the option
    as_of: date | str | None = None,
    data_dir: Path | None = None,
    progress: engine.Progress | None = None,
    workers: int | None = None,
) -> Gradient:
    """Return how an outcome answers to every parameter, in the draws of `run`.

    Parameters
    ----------
    scenario, seed, set, as_of, data_dir, progress, workers
        As for `run`.
    variable, region, period
        Which number: an outcome, its region, a year or a quarter.
    draws
        1 to 20,000; those of `run` with the same seed.

    Raises
    ------
    UserError
        For anything that is not as said above, and for an outcome that is a share of draws: it has no derivative.
    """
    if draws > MOST_DRAWS:
        raise UserError(f"draws is {draws}", f"give a whole number from 1 to {MOST_DRAWS:,}")
    reading = read(variable, region, period)
    quarters = max(reading.last + 1, runner.FEWEST_QUARTERS)
    inputs = runner.asked(scenario, draws, seed, quarter_name(quarters - 1), set, as_of, data_dir)
    matrix, shocks = runner.drawn(inputs, seed, data_dir).part(quarters, 0, draws)
    value, slope = np.empty(draws), np.empty((len(names()), draws))
    run = program(quarters, reading)

    def take(members: np.ndarray, output: tuple[np.ndarray, np.ndarray]) -> None:
        value[members], slope[:, members] = output

    runner.by_policy(inputs, matrix, shocks, seed, 0, take, progress, workers, run)
    if not (np.isfinite(value).all() and np.isfinite(slope).all()):
        raise UserError(
            f"the derivative of {variable} is not finite in every draw",
            "a parameter or lever set by hand is probably far outside its range",
        )
    unit = find(variable).unit
    return Gradient(variable, region, period, unit, names(), matrix, value, slope)


def read(variable: str, region: str, period: str) -> Reading:
    """Return how an outcome is read in a period."""
    spec = find(variable, region)
    if spec.kind == "share_of_draws":
        raise UserError(
            f"'{variable}' is a share of draws and has no derivative in a draw", "take another outcome"
        )
    if "Q" in period:
        first, last, how = quarter_index(period), quarter_index(period), "end"
    elif period.isdigit():
        first, last, how = quarter_index(f"{period}Q1"), quarter_index(f"{period}Q4"), spec.period
    else:
        raise UserError(f"'{period}' is no period", "write a year (2030) or a quarter (2030Q4)")
    top, bottom = spec.source(region)
    fields = tuple(dict.fromkeys(ref[0] for ref in (top, bottom) if ref))
    layout, offset = {}, 0
    for name in fields:
        shape = engine.layout()[name][1]
        layout[name] = (offset, shape)
        offset += int(np.prod(shape, dtype=int))
    numbers = [ref and row_numbers(layout, ref) for ref in (top, bottom)]
    return Reading(fields, numbers[0] or (), numbers[1], spec.turned(region), spec.scale, first, last, how)


def forward(policy: Policy, matrix: Array, z: Array, reading: Reading) -> tuple[Array, Array, Any, Any]:
    """Return an outcome `[draw]`, the rows it is read from, the state before each quarter and the last state."""
    p = from_matrix(matrix)

    def one(state: Any, given: Any) -> tuple[Any, tuple[Any, Array]]:
        after, rows = _quarter(reading, state, given, p)
        return after, (state, rows)

    last, (states, rows) = jax.lax.scan(one, start(p), _inputs(policy, z))
    return reading.value(rows), rows, states, last


def _inputs(policy: Policy, z: Array) -> Any:
    return jnp.arange(z.shape[0], dtype=z.dtype), policy, Shocks(z)


def _quarter(reading: Reading, state: Any, given: Any, p: Any) -> tuple[Any, Array]:
    state, flows = step(given[0], state, given[1], p, given[2])
    return state, reading.flows(flows)


@lru_cache(maxsize=8)
def program(quarters: int, reading: Reading) -> Callable[..., tuple[Array, Array]]:
    """Return the compiled gradient of an outcome: its value `[BLOCK]` and derivatives `[parameter, BLOCK]`."""

    def block(yes: Array, policy: Policy, matrix: Array, z: Array) -> tuple[Array, Array]:
        value, rows, states, last = forward(policy, matrix, z, reading)
        p = from_matrix(matrix)
        to_rows, to_parameters = jax.vjp(reading.value, rows)[1], jax.vjp(start, p)[1]

        def backward(carried: Any, given: Any) -> tuple[Any, None]:
            later, slope = carried
            now, state, wanted = given
            code = None

            def again(state: Any, p: Any) -> list[Array]:
                nonlocal code
                back = jax.vjp(lambda state, p: _quarter(reading, state, now, p), state, p)[1]
                kept, code = jax.tree.flatten(back)
                return kept

            def pulled(kept: list[Array], after: Any) -> tuple[Any, list[Array]]:
                state, p = jax.tree.unflatten(code, kept)(after)
                return state, jax.tree.leaves(p)

            kept = apart(yes, again, state, p)
            earlier, more = rewritten(yes, pulled, kept, (later, wanted))
            return (earlier, slope + jnp.stack(more)), None

        nothing = (jax.tree.map(jnp.zeros_like, last), jnp.zeros_like(matrix))
        back = (_inputs(policy, z), states, to_rows(jnp.ones_like(value))[0])
        (at_start, slope), _ = jax.lax.scan(backward, nothing, back, reverse=True)
        return value, slope + jnp.stack(jax.tree.leaves(to_parameters(at_start)[0]))

    shapes = ((len(names()), BLOCK), (quarters, len(SHOCKS), BLOCK))
    run = engine.compiled(block, True, engine.policy_shapes(quarters), *shapes)
    return lambda policy, matrix, z: run(True, policy, matrix, z)
