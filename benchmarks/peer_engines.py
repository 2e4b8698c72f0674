"""The reference model in other tools, each in the way its users write one. None of them is needed by countervail."""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from reference_equations import CHANGES, DATES, EQUATIONS, OUTPUTS, _made, lines, stocks, vensim, with_python
from reference_model import PARAMETERS, START

Run = Callable[[np.ndarray], np.ndarray]


def python() -> Run:
    """Return plain Python, one draw after another: `[date, series, draw]`."""
    one = with_python()
    return lambda matrix: np.array([one(*draw) for draw in matrix.T.tolist()]).transpose(1, 2, 0)


def numba() -> Run:
    """Return Numba, compiled from the plain Python, draws in parallel."""
    from reference_equations import with_numba

    return with_numba()


def pysd() -> Run:
    """Return PySD, which reads the model from Vensim text and runs one draw at a time."""
    import pysd as tool

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reference.mdl"
        path.write_text(vensim(), encoding="utf-8")
        model = tool.read_vensim(str(path))

    def one(draw: np.ndarray) -> np.ndarray:
        found = model.run(params=dict(zip(PARAMETERS, draw, strict=True)), return_columns=OUTPUTS)
        return found[OUTPUTS].to_numpy()

    return lambda matrix: np.stack([one(draw) for draw in matrix.T], -1)


def ema() -> Run:
    """Return EMA Workbench, sequential, on the plain Python function."""
    import ema_workbench as tool

    function = with_python()

    def wrapped(**parameters: float) -> dict[str, np.ndarray]:
        return dict(zip(OUTPUTS, np.array(function(**parameters)).T, strict=True))

    point = getattr(tool, "Scenario", None) or tool.Sample  # the name changed in version 3
    model = tool.Model("reference", function=wrapped)
    model.uncertainties = [tool.RealParameter(k, *v) for k, v in PARAMETERS.items()]
    model.outcomes = [tool.ArrayOutcome(name) for name in OUTPUTS]

    def run(matrix: np.ndarray) -> np.ndarray:
        scenarios = [
            point(name=str(i), **dict(zip(PARAMETERS, draw, strict=True)))
            for i, draw in enumerate(matrix.T.tolist())
        ]
        with tool.SequentialEvaluator(model) as evaluator:
            _, found = evaluator.perform_experiments(scenarios=scenarios)
        return np.stack([found[name] for name in OUTPUTS]).transpose(2, 0, 1)

    return run


def mesa() -> Run:
    """Return Mesa: an agent for each bloc, and a collector of the outputs."""
    import math

    import mesa as tool

    stages = agent_stages()
    kept = {"exp": math.exp, "ln": math.log}
    programs = [
        _made("def do(me, them, p, time):\n    " + "\n    ".join(stage), dict(kept))["do"] for stage in stages
    ]

    class Bloc(tool.Agent):
        def __init__(self, model: Any, k: int) -> None:
            super().__init__(model)
            for name, values in START.items():
                setattr(self, name, values[k])

        def stage(self, k: int) -> None:
            programs[k](self, self.rival, self.model.p[self.bloc], self.model.now)

    class World(tool.Model):
        def __init__(self, p: dict[str, dict[str, float]]) -> None:
            super().__init__(rng=0)
            self.p, self.now = p, 0.0
            self.blocs = {b: Bloc(self, k) for k, b in enumerate(("us", "cn"))}
            for b, other in (("us", "cn"), ("cn", "us")):
                self.blocs[b].bloc, self.blocs[b].rival = b, self.blocs[other]
            reporters = {
                name: lambda m, key=name[:-3], b=name[-2:]: getattr(m.blocs[b], key) for name in OUTPUTS
            }
            self.collector = tool.DataCollector(model_reporters=reporters)

        def step(self) -> None:
            for k in range(len(programs) - 1):
                self.agents.do("stage", k)
            self.collector.collect(self)
            self.agents.do("stage", len(programs) - 1)
            self.now += 1.0

    def one(draw: np.ndarray) -> np.ndarray:
        named = dict(zip(PARAMETERS, draw.tolist(), strict=True))
        world = World({b: own_parameters(named, k) for k, b in enumerate(("us", "cn"))})
        for _ in range(DATES):
            world.step()
        return np.array([world.collector.model_vars[name] for name in OUTPUTS]).T

    return lambda matrix: np.stack([one(draw) for draw in matrix.T], -1)


def own_parameters(named: dict[str, float], k: int) -> dict[str, float]:
    """Return the parameters of one bloc under names without its mark, constants with them."""
    from reference_equations import CONSTANTS

    mark, other = (("_us", "_cn"), ("_cn", "_us"))[k]
    own = {name.removesuffix(mark): v for name, v in named.items() if not name.endswith(other)}
    own |= {name: values[k] for name, values in CONSTANTS.items()}
    return own if k else own | {"first_yield": 0.6}


def agent_stages() -> list[list[str]]:
    """Return statements on `me` and `them`, in stages: a stage uses of the other bloc only what earlier ones made.

    The last two stages work out the changes of stocks and apply them.
    """
    attributes = {line.split(" = ")[0] for line in EQUATIONS.strip().splitlines()} | set(START)
    level: dict[str, int] = dict.fromkeys(START, -1)

    def place(match: re.Match[str]) -> str:
        name, mark = match[1], match[2]
        if name in attributes:
            return f"{'me' if mark == 'b' else 'them'}.{name}"
        return f"p['{name}']"

    stages: list[list[str]] = []
    for line in EQUATIONS.strip().splitlines():
        name, expression = line.split(" = ")
        used = [(n, m) for n, m in re.findall(r"\b(\w+)_(b|o)\b", expression) if n in attributes]
        level[name] = max([0, *(level[n] + (m == "o") for n, m in used)])
        while len(stages) <= level[name]:
            stages.append([])
        stages[level[name]].append(f"me.{name} = {_words(expression, place)}")
    changes = [line.split(" = ") for line in CHANGES.strip().splitlines()]
    stages.append([f"me.d_{name} = {_words(expression, place)}" for name, expression in changes])
    stages.append([f"me.{name} += me.d_{name}" for name, _ in changes])
    return stages


def _words(expression: str, place: Callable[[re.Match[str]], str]) -> str:
    """Return an expression with attributes of agents, and the parameters without a bloc from `p`."""
    shared = "|".join(name for name in PARAMETERS if not name.endswith(("_us", "_cn")))
    text = re.sub(rf"\b({shared})\b", r"p['\1']", expression)
    return re.sub(r"\b(\w+)_(b|o)\b", place, text)


assert len(lines(CHANGES)) == len(stocks()) == 24
