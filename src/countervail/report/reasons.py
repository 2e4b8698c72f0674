"""What a chart rests on: mechanisms with their equations, what moves the outcome, assumptions and sources."""

import ast
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail.files import parse_python
from countervail.strategy.ranks import standard_ranks

if TYPE_CHECKING:
    from countervail.ensemble import Result

MOST_DRIVERS = 5


@dataclass(frozen=True)
class Mechanism:
    """A mechanism as its file tells it."""

    id: str
    first: str  # first sentence of its docstring
    equations: str
    prose: str
    limits: str


@cache
def mechanism(name: str) -> Mechanism:
    """Return what the docstring of a mechanism says; `leadership` is a read-out with a file of its own."""
    folder = resources.files("countervail.model")
    path = folder / "leadership.py" if name == "leadership" else folder / "mechanisms" / f"{name}.py"
    text = (ast.get_docstring(parse_python(path.read_text(encoding="utf-8"))) or name).replace("`", "")
    first, _, rest = text.partition("\n")
    blocks = [b for b in rest.strip("\n").split("\n\n") if b.strip()]
    equations = "\n".join(b for b in blocks if b.startswith("    "))
    prose = " ".join(" ".join(b.split()) for b in blocks if not b.startswith("    "))
    prose = prose.partition(" Sources: ")[0].partition(" Priors: ")[0].partition("Priors: ")[0]
    before, found, limits = prose.partition("Limits: ")
    return Mechanism(name, first.strip(), _dedent(equations), before.strip(), limits.strip() if found else "")


def _dedent(text: str) -> str:
    return "\n".join(line[4:] for line in text.splitlines())


@cache
def all_mechanisms() -> tuple[str, ...]:
    """Return the names of all mechanisms, the read-out of leadership last."""
    folder = resources.files("countervail.model") / "mechanisms"
    names = sorted(p.name.removesuffix(".py") for p in folder.iterdir() if p.name.endswith(".py"))
    return (*(n for n in names if n != "__init__"), "leadership")


@dataclass(frozen=True)
class Driver:
    """A parameter that an outcome follows over the draws, with the rank correlation."""

    parameter: str
    correlation: float


class Drivers:
    """Rank correlations of outcomes with the parameters of one scenario's draws."""

    def __init__(self, result: "Result") -> None:
        self.names = result.parameter_names
        held = result.rows.shape[-1]
        self.ranks = standard_ranks(result.parameters[:, :held])
        # Beyond this a correlation of pure chance is rare: three standard errors.
        self.noise = 3 / np.sqrt(max(held - 1, 1))

    def of(self, values: np.ndarray, most: int = MOST_DRIVERS) -> list[Driver]:
        """Return the parameters that the values `[draw]` follow most, none that chance could explain."""
        if values.std() == 0 or values.size < 30:
            return []
        found = self.ranks @ standard_ranks(values)[0]
        order = np.argsort(-np.abs(found))[:most]
        return [Driver(self.names[i], float(found[i])) for i in order if abs(found[i]) > max(self.noise, 0.1)]


@dataclass(frozen=True)
class Reasons:
    """What stands under a chart."""

    mechanisms: list[Mechanism]
    drivers: list[tuple[Driver, dict[str, Any]]]  # with the row of the parameter
    counts: dict[str, int]  # parameters of these mechanisms by basis
    sources: list[str]


def reasons(
    names: list[str], drivers: list[Driver], parameters: dict[str, dict[str, Any]], observed: list[str]
) -> Reasons:
    """Return what an outcome of these mechanisms rests on.

    Parameters
    ----------
    names
        Mechanisms of the outcomes on the chart.
    drivers
        Parameters its last year follows.
    parameters
        Rows of `record.parameter_rows` by id.
    observed
        Source keys of the points on the chart.
    """
    mine = [p for p in parameters.values() if p["id"].partition(".")[0] in names]
    counts = {
        basis: sum(p["basis"] == basis for p in mine)
        for basis in ("measured", "derived", "expert", "assumption")
    }
    rows = [(d, parameters[d.parameter]) for d in drivers]
    keys = [k for _, row in rows for k in row["sources"]] + observed
    own = [k for p in mine if p["basis"] in ("measured", "derived") for k in p["sources"]]
    return Reasons([mechanism(n) for n in names], rows, counts, list(dict.fromkeys(keys + own)))
