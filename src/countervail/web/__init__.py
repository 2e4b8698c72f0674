"""The server: the REST API under /api/v1 and the built page. Words become one call of the library here."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countervail.web.app import create_app
    from countervail.web.settings import Limits, Settings

__all__ = ["Limits", "Settings", "create_app"]


def __getattr__(name: str) -> Any:
    """Import on first use, so that naming the package costs nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'countervail.web' has no attribute '{name}'")
    from importlib import import_module

    home = "app" if name == "create_app" else "settings"
    return getattr(import_module(f"countervail.web.{home}"), name)
