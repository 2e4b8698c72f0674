"""How well it fits: targets, back-tests, scores, event studies, inference and the posterior files."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countervail.calibration.backtesting import Backtest, backtest
    from countervail.calibration.decomposition import decompose
    from countervail.calibration.events import event_studies
    from countervail.calibration.fit import calibrate
    from countervail.calibration.predict import observed_points
    from countervail.calibration.table import Target, targets

__all__ = [
    "Backtest",
    "Target",
    "backtest",
    "calibrate",
    "decompose",
    "event_studies",
    "observed_points",
    "targets",
]

_HOME = {
    "Backtest": "backtesting",
    "backtest": "backtesting",
    "calibrate": "fit",
    "decompose": "decomposition",
    "event_studies": "events",
    "observed_points": "predict",
    "Target": "table",
    "targets": "table",
}


def __getattr__(name: str) -> Any:
    """Import on first use, so that help and lists stay fast."""
    if name not in _HOME:
        raise AttributeError(f"module 'countervail.calibration' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(f"countervail.calibration.{_HOME[name]}"), name)
