"""Reads posterior files: rows of parameters and of past shocks that history was found to agree with.

Draw i takes row (i + offset of the seed) modulo the number of rows, so the first n draws of a larger run are the
n-draw run. Parameters the file does not hold, and shocks after its last quarter, stay as they were drawn.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from countervail.errors import UserError

FOLDER = Path(__file__).parent.parent / "calibration" / "data"
FINAL = "final"


@dataclass(frozen=True)
class Posterior:
    """A posterior.

    `values` is `[parameter, row]`, `shocks` `[quarter, shock, row]`; `tau` `[group, row]` and `rho` `[row]` are the
    scales of the discrepancy, `past` `[group, quarter, row]` is what it was.
    """

    cutoff: str
    names: tuple[str, ...]
    values: np.ndarray
    shock_names: tuple[str, ...]
    shocks: np.ndarray
    groups: tuple[str, ...]
    tau: np.ndarray
    rho: np.ndarray
    past: np.ndarray
    head: dict[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Return how many rows there are."""
        return self.values.shape[1]

    def pick(self, seed: int, start: int, count: int) -> np.ndarray:
        """Return the row of each draw."""
        digest = hashlib.blake2b(f"posterior:{seed}".encode(), digest_size=8).digest()
        offset = 0 if seed == 0 else int.from_bytes(digest, "little") % self.rows
        return (np.arange(start, start + count) + offset) % self.rows

    def held(self, origin: Mapping[str, str]) -> tuple[str, ...]:
        """Return the parameters the file decides: those a scenario, a user or an earlier date has not changed."""
        return tuple(n for n in self.names if origin.get(n) == "prior")

    def put(
        self,
        matrix: np.ndarray,
        shocks: np.ndarray,
        names: Sequence[str],
        only: Sequence[str],
        seed: int,
        start: int = 0,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return copies of parameters `[parameter, draw]` and shocks `[quarter, shock, draw]` with the rows put in."""
        row = self.pick(seed, start, matrix.shape[1])
        matrix, shocks = matrix.copy(), shocks.copy()
        where = {n: i for i, n in enumerate(names)}
        for k, name in enumerate(self.names):
            if name in only and name in where:
                matrix[where[name]] = self.values[k, row]
        quarters = min(len(shocks), len(self.shocks))
        shocks[:quarters] = self.shocks[:quarters][:, :, row]
        return matrix, shocks


def path_of(cutoff: str = FINAL) -> Path:
    """Return where the posterior of a cutoff lies, or would lie."""
    return FOLDER / f"posterior-{cutoff}.npz"


def shipped(cutoff: str = FINAL) -> Posterior | None:
    """Return the shipped posterior of a cutoff (`final` or a quarter), or None where there is none."""
    path = path_of(cutoff)
    return read(path) if path.exists() else None


def default(as_of: date | None) -> Posterior | None:
    """Return the posterior a run uses: the final one, or none where only what was known earlier may be used."""
    return shipped() if as_of is None else None


@cache
def read(path: Path) -> Posterior:
    """Return the posterior in a file; a file whose checksum does not fit its content is refused."""
    try:
        with np.load(path, allow_pickle=False) as held:
            head = json.loads(str(held["head"]))
            parts = {k: held[k] for k in ("values", "shocks", "tau", "rho", "past") if k in held.files}
    except (OSError, ValueError, KeyError) as error:
        raise UserError(
            f"{path} is no posterior file: {error}", "make it anew with: countervail calibrate"
        ) from None
    if head["checksum"] != checksum(parts):
        raise UserError(
            f"{path} is damaged: its checksum is wrong", "make it anew with: countervail calibrate"
        )
    return Posterior(
        cutoff=head["cutoff"],
        names=tuple(head["parameters"]),
        values=parts["values"].astype(np.float64),
        shock_names=tuple(head["shocks"]),
        shocks=parts["shocks"].astype(np.float32),
        groups=tuple(head["groups"]),
        tau=parts["tau"].astype(np.float64),
        rho=parts["rho"].astype(np.float64),
        past=parts.get("past", np.zeros((len(head["groups"]), 0, len(parts["rho"])))).astype(np.float64),
        head=head,
    )


def checksum(parts: Mapping[str, np.ndarray]) -> str:
    """Return the checksum of the arrays of a file."""
    total = hashlib.sha256()
    for name in sorted(parts):
        array = np.ascontiguousarray(parts[name])
        total.update(f"{name}:{array.dtype}:{array.shape}".encode())
        total.update(array.tobytes())
    return total.hexdigest()
