"""How unsure we are: draws of parameters and chance through one compiled model, and what they say together."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countervail.ensemble.outcomes import OutcomeSpec, list_outcomes
    from countervail.ensemble.result import Result
    from countervail.ensemble.runner import compare, run

__all__ = ["OutcomeSpec", "Result", "compare", "list_outcomes", "run"]

_HOME = {
    "OutcomeSpec": "outcomes",
    "list_outcomes": "outcomes",
    "Result": "result",
    "run": "runner",
    "compare": "runner",
}


def __getattr__(name: str) -> Any:
    """Import on first use, so that listing outcomes does not load the model."""
    if name not in _HOME:
        raise AttributeError(f"module 'countervail.ensemble' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(f"countervail.ensemble.{_HOME[name]}"), name)
