"""What is asked: scenarios and levers, turned into the policy arrays the model takes.

Listing and parsing need neither NumPy nor JAX; `build` and `ScenarioInputs` are imported when first used.
"""

from typing import TYPE_CHECKING, Any

from countervail.scenario.files import Scenario, list_scenarios, load_scenario
from countervail.scenario.levers import Lever, Setting, list_levers, parse_set

if TYPE_CHECKING:
    from countervail.scenario.builder import MeasureUse, ScenarioInputs, build

__all__ = [
    "Lever",
    "MeasureUse",
    "Scenario",
    "ScenarioInputs",
    "Setting",
    "build",
    "list_levers",
    "list_scenarios",
    "load_scenario",
    "parse_set",
]


def __getattr__(name: str) -> Any:
    if name in ("build", "ScenarioInputs", "MeasureUse"):
        from countervail.scenario import builder

        return getattr(builder, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
