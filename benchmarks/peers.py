"""How fast one reference model goes in our way of running JAX and in other tools, by draws a core-second.

    python benchmarks/peers.py --peers OTHER_PYTHON

`OTHER_PYTHON` is an interpreter of an environment of its own that has numba, pysd, mesa and ema_workbench (and NumPy);
without it only our own way, NumPy and plain Python are measured. Each engine runs in a process of its own, one after
another. A core-second is a second of processor time, of all threads together.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import metadata
from typing import Any

import numpy as np
import reference_model as model

BLOCK = 128  # draws, as countervail.ensemble.engine.BLOCK; a test holds them equal
CHECKED = 32  # draws compared with plain Python
Run = Callable[[np.ndarray], np.ndarray]


def batches(size: int, kind: type) -> Run:
    """Return NumPy on so many draws at once."""

    def run(matrix: np.ndarray) -> np.ndarray:
        parts = [
            model.with_numpy(np.ascontiguousarray(matrix[:, i : i + size], kind))
            for i in range(0, matrix.shape[1], size)
        ]
        return np.concatenate(parts, -1)

    return run


def peer(name: str) -> Run:
    """Return an engine of `peer_engines`, which imports its tool only now."""
    import peer_engines

    return getattr(peer_engines, name)()


# key: label, package whose version is told, whether it needs the other environment, draws, repeats, engine
ENGINES: dict[str, tuple[str, str, bool, int, int, Callable[[], Run]]] = {
    "jax32": ("JAX float32, blocks of 128", "jax", False, 20_480, 5, partial(model.with_jax, BLOCK)),
    "jax32last": (
        "JAX float32, blocks of 128, last date only", "jax", False, 20_480, 5,
        partial(model.with_jax, BLOCK, last_only=True),
    ),
    "jax32large": ("JAX float32, blocks of 1,024", "jax", False, 20_480, 5, partial(model.with_jax, 1024)),
    "jax64": (
        "JAX float64, blocks of 128", "jax", False, 20_480, 3, partial(model.with_jax, BLOCK, double=True)
    ),
    "numpy32": ("NumPy float32, 1,000 draws at once", "numpy", False, 10_000, 3, partial(batches, 1_000, np.float32)),
    "numpy64": ("NumPy float64, 1,000 draws at once", "numpy", False, 10_000, 3, partial(batches, 1_000, np.float64)),
    "numpy64large": (
        "NumPy float64, 10,000 draws at once", "numpy", False, 10_000, 3, partial(batches, 10_000, np.float64)
    ),
    "numpy32large": (
        "NumPy float32, 10,000 draws at once", "numpy", False, 10_000, 3, partial(batches, 10_000, np.float32)
    ),
    "numba": ("Numba float64, draws in parallel", "numba", True, 20_480, 5, partial(peer, "numba")),
    "python": ("plain Python", "", False, 300, 3, partial(peer, "python")),
    "ema": ("EMA Workbench on plain Python, sequential", "ema_workbench", True, 100, 3, partial(peer, "ema")),
    "mesa": ("Mesa, two agents", "mesa", True, 60, 3, partial(peer, "mesa")),
    "pysd": ("PySD, from Vensim text", "pysd", True, 20, 3, partial(peer, "pysd")),
}  # fmt: skip


def difference(found: np.ndarray, matrix: np.ndarray) -> tuple[float, float]:
    """Return the largest relative difference from plain Python, and that which 99% of the values stay below."""
    import peer_engines

    expected = peer_engines.python()(matrix)
    if found.ndim == 2:
        expected = expected[-1]
    relative = np.abs(found.astype(float) - expected) / np.maximum(np.abs(expected), 1e-12)
    return float(relative.max()), float(np.quantile(relative, 0.99))


def measure(key: str) -> dict[str, Any]:
    """Return the speed of one engine, the best of its repeats, and how near its numbers are to plain Python's."""
    _, package, _, count, repeats, engine = ENGINES[key]
    run, matrix = engine(), model.draws(count)
    checked = model.draws(CHECKED)
    largest, most = difference(run(checked), checked)
    run(matrix[:, : min(count, 2_048)])  # warms up
    cpu, wall = [], []
    for _ in range(repeats):
        t, c = time.perf_counter(), time.process_time()
        run(matrix)
        cpu.append(time.process_time() - c)
        wall.append(time.perf_counter() - t)
    version = metadata.version(package) if package else sys.version.split()[0]
    return {
        "core": count / min(cpu), "wall": count / min(wall), "largest": largest, "most": most, "version": version,
    }  # fmt: skip


def ask(python: str, key: str) -> dict[str, Any] | None:
    """Return `measure` of a process of its own, or None where it fails or takes over three minutes."""
    try:
        ran = subprocess.run(
            [python, __file__, "--only", key], capture_output=True, text=True, timeout=180, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        print(f"{key}: {error}\n{getattr(error, 'stderr', '')}", file=sys.stderr)
        return None
    return json.loads(ran.stdout.strip().splitlines()[-1])


def main() -> None:
    """Measure every engine at hand and record the ratios."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--peers", help="interpreter of an environment with the other tools")
    parser.add_argument("--only", choices=ENGINES, help="measure one engine here and print it as JSON")
    given = parser.parse_args()
    if given.only:
        print(json.dumps(measure(given.only)))
        return
    found, missing = {}, []
    for key, (label, _, other, *_) in ENGINES.items():
        python = given.peers if other else sys.executable
        result = ask(python, key) if python else None
        if result:
            found[key] = result
        else:
            missing.append(label)
    write(found, missing)


def write(found: dict[str, dict[str, Any]], missing: list[str]) -> None:
    """Write the table of RESULTS.md."""
    from record import record

    ours, base = found["jax32"]["core"], found["python"]["core"]
    rows = [
        (
            f"{ENGINES[key][0]} ({r['version']})",
            f"{r['core']:,.0f}",
            ratio(r["core"] / base),
            ratio(ours / r["core"]),
            f"{r['wall']:,.0f}",
            f"{ENGINES[key][3]:,}",
            f"{r['largest']:.0e}, {r['most']:.0e}",
        )
        for key, r in sorted(found.items(), key=lambda item: -item[1]["core"])
    ]
    columns = (
        "engine", "draws a core-second", "over plain Python", "the ensemble's way over it", "draws a second seen",
        "draws of a run", "relative difference from plain Python: largest, 99% below",
    )  # fmt: skip
    record("Peers on a reference model", columns, rows, NOTE.format(missing=say(missing)))


def ratio(x: float) -> str:
    """Return a ratio with two digits."""
    return f"{float(f'{x:.2g}'):,.0f}" if x >= 10 else f"{x:.2g}"


NOTE = """One model, written twice: as arrays, and as text from which the programs that take one draw at a time are
made. 24 stocks, 20 parameters, 57 dates, 8 series, all kept unless said. Best of a few repeats each, each engine in a
process of its own, one after another in one run of `benchmarks/peers.py`, two threads where an engine uses threads.
Other programs shared the machine: single figures move by a quarter or more, so a ratio below 1.5 says nothing.

"The ensemble's way" is JAX float32 in blocks of 128 with all series. Against NumPy in float32 compare like with like;
float64 costs about twice as much. The large ratios are compiled arrays against an interpreter that takes one draw at a
time; they say nothing of other models, of several processes, or of what else those tools do. Every value
agrees with that of plain Python to 1e-5 of itself, in float32 too. {missing}"""


def say(missing: list[str]) -> str:
    """Return a sentence on what was not measured."""
    never = "Not measured: Vensim, Stella, BPTK-Py, FaIR, C, and any GPU"
    return f"{never}; in this run also not {', '.join(missing)}." if missing else f"{never}."


if __name__ == "__main__":
    main()
