"""Small worlds for the tests of the model: parameters at their medians, levers by hand, runs that are kept."""

import dataclasses
from functools import cache
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from countervail.ensemble import engine, runner
from countervail.ensemble.beliefs import beliefs
from countervail.ensemble.draws import parameter_matrix, quantile, shock_array
from countervail.ensemble.result import Result
from countervail.evidence import load
from countervail.model.flows import Flows
from countervail.model.parameters import Parameters, from_matrix, names
from countervail.model.policy import Policy
from countervail.model.shocks import SHOCKS, Shocks
from countervail.model.simulate import simulate
from countervail.model.state import State, start
from countervail.model.step import step
from countervail.scenario import build

DRAWS = engine.BLOCK


@cache
def medians() -> dict[str, float]:
    """Return the median of every parameter, `mechanism.parameter`."""
    chosen, _ = beliefs(load(), names())
    half = np.array([0.5])
    return {name: float(quantile(prior, half)[0]) for name, prior in chosen.items()}


def parameters(mechanism: str, **changes: float) -> Any:
    """Return the record of one mechanism, one draw at the medians but for what is given."""
    cls = next(f.type for f in dataclasses.fields(Parameters) if f.name == mechanism)
    fields = [f.name for f in dataclasses.fields(cls)]  # pyright: ignore[reportArgumentType]
    assert set(changes) <= set(fields), f"{mechanism} has no {set(changes) - set(fields)}"
    values = {f: changes.get(f, medians()[f"{mechanism}.{f}"]) for f in fields}
    return cls(**{f: jnp.array([v]) for f, v in values.items()})  # pyright: ignore[reportCallIssue]


def levers(**values: Any) -> Any:
    """Return a stand-in for a policy that holds only the levers given, each with a draw axis of one."""
    return SimpleNamespace(**{k: jnp.asarray(v, jnp.float32)[..., None] for k, v in values.items()})


def one(*values: float) -> Any:
    """Return a column: the values on the first axis, one draw on the last. A single value has no first axis."""
    return jnp.array([values[0]]) if len(values) == 1 else jnp.array(values)[:, None]


def number(x: Any) -> float:
    """Return the only entry of an array."""
    return float(np.asarray(x).reshape(-1)[0])


def t(year: int, quarter: int) -> Any:
    """Return a quarter as the model counts it."""
    return jnp.float32(4 * (year - 2022) + quarter - 1)


@cache
def _inputs(scenario: str, changes: tuple[str, ...]) -> Any:
    return build(scenario, set=list(changes))


@cache
def run(scenario: str, *changes: str, draws: int = DRAWS, until: str = "2032Q4") -> Result:
    """Return a run that is kept for the other tests; `changes` as for --set."""
    return runner.run(_inputs(scenario, changes), draws=draws, until=until)


@cache
def _residuals() -> Any:
    engine.use_compilation_cache()
    return jax.jit(
        lambda policy, matrix, z: simulate(policy, from_matrix(matrix), Shocks(z), lambda f: f.residuals)
    )


def residual(scenario: str, *changes: str) -> float:
    """Return the largest gap in the model's own identities in a run of 44 quarters."""
    policy = jax.tree.map(lambda x: jnp.asarray(x[:44]), _inputs(scenario, changes).variants[0][0])
    z = draws(DRAWS, 44)[1]
    return float(
        _residuals()(
            policy, run(scenario, *changes).parameters.astype(np.float32), z.astype(np.float32)
        ).max()
    )


def total(result: Result, variable: str, region: str, first: int, last: int) -> np.ndarray:
    """Return per draw the sum (flows) or mean (the others) of an outcome over calendar years, last included."""
    years, values = result.annual(variable, region)
    span = values[years.index(first) : years.index(last) + 1]
    return span.sum(0) if result.variables[variable].period == "sum" else span.mean(0)


@cache
def draws(count: int = DRAWS, quarters: int = 44) -> tuple[np.ndarray, np.ndarray]:
    """Return parameters `[parameter, draw]` and shocks `[quarter, shock, draw]` of seed 0, float64."""
    chosen, _ = beliefs(load(), names())
    return (
        parameter_matrix(names(), chosen, 0, 0, count),
        shock_array(SHOCKS, quarters, 0, 0, count),
    )


@cache
def _tracer() -> Any:
    def trace(policy: Policy, matrix: Any, z: Any) -> tuple[State, Flows]:
        p = from_matrix(matrix)
        times = jnp.arange(z.shape[0], dtype=z.dtype)

        def one_quarter(state: State, inputs: Any) -> Any:
            now, levers_now, shocks_now = inputs
            after, flows = step(now, state, levers_now, p, shocks_now)
            return after, (state, after, flows)

        return jax.lax.scan(one_quarter, start(p), (times, policy, Shocks(z)))[1]

    engine.use_compilation_cache()
    return jax.jit(trace)


def trace(policy: Policy, quarters: int = 44) -> tuple[State, State, Flows]:
    """Return the states before and after each quarter and its flows, as float64 arrays."""
    matrix, z = draws(DRAWS, quarters)
    cut = jax.tree.map(lambda x: jnp.asarray(x[:quarters]), policy)
    out = _tracer()(cut, matrix.astype(np.float32), z.astype(np.float32))
    return jax.tree.map(lambda x: np.asarray(x, np.float64), out)
