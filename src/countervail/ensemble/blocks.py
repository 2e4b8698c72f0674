"""The output of a run, block by block, as the compiled program left it: nothing is copied until it is read."""

from typing import Any

import numpy as np

BLOCK = 128  # draws of a block: one shape for all, since XLA compiles each anew and the last bits differ
PIECE = 8 * BLOCK  # draws of a run that is made piece by piece


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


def by_block(rows: "np.ndarray | Blocks") -> list[tuple[int, np.ndarray]]:
    """Return flows block by block, uncopied, each with the number of its first draw."""
    parts = rows.parts if isinstance(rows, Blocks) else [rows]
    out, first = [], 0
    for part in parts:
        cuts = [part[:, :, k : k + BLOCK] for k in range(0, part.shape[2], BLOCK)]
        out += [(first + k * BLOCK, cut) for k, cut in enumerate(cuts)]
        first += part.shape[2]
    return out
