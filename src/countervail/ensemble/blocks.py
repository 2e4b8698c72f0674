"""The output of a run, block by block, as the compiled program left it: nothing is copied until it is read."""

from typing import Any

import numpy as np


class Blocks:
    """Flows `[quarter, row, draw]` in blocks of draws, read like an array.

    Reading one row, `blocks[:, row]`, gathers that row alone; any other index first makes the whole array.
    """

    def __init__(self, parts: list[np.ndarray]) -> None:
        self.parts = parts

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return quarters, rows and draws."""
        quarters, rows, _ = self.parts[0].shape
        return quarters, rows, sum(p.shape[2] for p in self.parts)

    def __getitem__(self, key: Any) -> Any:
        if (
            isinstance(key, tuple)
            and len(key) == 2
            and key[0] == slice(None)
            and isinstance(key[1], int | np.integer)
        ):
            return np.concatenate([p[:, key[1]] for p in self.parts], -1)
        return np.asarray(self)[key]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        whole = np.concatenate(self.parts, -1)
        return whole if dtype is None else whole.astype(dtype)
