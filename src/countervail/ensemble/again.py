"""A run made once more with some parameters fixed: the same policy, draws and chance, and little else to do anew."""

from collections.abc import Mapping
from dataclasses import replace

from countervail.ensemble import posterior, runner
from countervail.ensemble.layer import Layer
from countervail.ensemble.result import Result
from countervail.model.parameters import names
from countervail.periods import quarter_index


def again(
    result: Result,
    settings: Mapping[str, float],
    draws: int,
    workers: int | None = None,
    horizon: str | None = None,
) -> Result:
    """Return the first `draws` draws of a held run with parameters fixed, as `run` would with the same overrides.

    The values may lie outside the ranges of priors. A parameter that ages the stock cannot be fixed here.
    `horizon` as in `run`.
    """
    assert draws <= result.rows.shape[2] and runner.LIFE not in settings
    matrix = result.parameters[:, :draws].copy()
    for name, value in settings.items():
        matrix[result.parameter_names.index(name)] = value
    quarters = result.rows.shape[0]
    simulated = max(quarters, quarter_index(horizon or result.until) + 1)
    held = posterior.default(result.scenario.as_of)
    shocks = runner._shocks(simulated, result.seed, 0, draws, len(held.shocks) if held else 0)
    if held:
        shocks = held.put(matrix, shocks, names(), (), result.seed)[1]
    rows = runner._rows(result.scenario, matrix, shocks, result.seed, 0, None, workers)
    rows = runner._cut(rows, quarters)
    seen = result.layer
    if seen is not None:
        factors = {g: f[:, :draws] for g, f in seen.factors.items()}
        seen = Layer(rows, result.layout, factors, seen.leave[:draws])
    inputs = replace(result.scenario, parameter_overrides={**result.scenario.parameter_overrides, **settings})
    return replace(
        result,
        scenario=inputs,
        draws=draws,
        rows=rows,
        parameters=matrix,
        layer=seen,
        streamed=None,
        cache={},
    )
