"""What a server is told when it starts: folders, limits, and how much it may do at once."""

import os
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Limits:
    """How much one request may ask for, and how much the server holds."""

    draws: int = 20_000
    interactive_draws: int = 1_000  # runs up to this size go first
    sets: int = 100
    outcomes: int = 80
    scenarios: int = 6
    body_bytes: int = 256 * 1024
    queue: int = 128  # interactive runs that may wait
    long_queue: int = 8  # long runs that may wait
    cache_bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """Settings of one server process.

    `embed` holds the origins whose pages may show this one in a frame; none by default.
    """

    static: Path = HERE / "static"
    presets: Path = HERE / "static_presets"
    embed: tuple[str, ...] = ()
    workers: int = 1
    warm: bool = True
    limits: Limits = field(default_factory=Limits)

    @property
    def threads(self) -> int:
        """Return the threads of one interactive run: the cores, shared out over the processes."""
        return max(1, min(2, (os.cpu_count() or 1) // self.workers))
