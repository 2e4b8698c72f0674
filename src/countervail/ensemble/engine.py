"""The one compiled program, run over blocks of draws of one fixed shape.

XLA compiles each shape differently and the last bits differ, so every path of the package uses `BLOCK`; the last
block is padded with draws that are thrown away. A draw's result does not depend on its place in a block, so any
split over threads, and any order, gives the same bits. Two threads keep two cores busy.
"""

import os
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from countervail.ensemble.blocks import BLOCK
from countervail.model.flows import Flows
from countervail.model.parameters import from_matrix, names
from countervail.model.policy import Policy
from countervail.model.shocks import SHOCKS, Shocks
from countervail.model.simulate import simulate

SHORTEST = 4
# What the compiler for processors is asked for: vectors as wide as the processor has, and sums over an axis next to
# what feeds them, not by a library call each. Together a seventh less time for the model (benchmarks/RESULTS.md).
ON_PROCESSORS = {"xla_cpu_prefer_vector_width": 512, "xla_cpu_experimental_ynn_fusion_type": ""}
Progress = Callable[[int, int], None]
Layout = dict[str, tuple[int, tuple[int, ...]]]
_traced: list[int] = []  # horizons compiled in this process


def use_compilation_cache() -> None:
    """Keep compiled programs in the user's cache folder; where there is none, compile anew each time."""
    root = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = Path(root) / "countervail" / "xla"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except (OSError, RuntimeError):
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def compiled(program: Callable[..., Any], *arguments: Any) -> Any:
    """Return a program compiled for arguments, or for float32 arrays of the shapes given."""
    use_compilation_cache()
    shaped = [jax.ShapeDtypeStruct(x, jnp.float32) if isinstance(x, tuple) else x for x in arguments]
    with warnings.catch_warnings():
        # Two processes may share the cache; a half-written entry is compiled anew, which is no news to a user.
        warnings.filterwarnings("ignore", message="Error (reading|writing) persistent compilation cache")
        return built(jax.jit(program).lower(*shaped))


def built(lowered: Any) -> Any:
    """Return a lowered program compiled for this machine."""
    if jax.default_backend() == "cpu":
        with suppress(jax.errors.JaxRuntimeError):  # another version of XLA may not know an option
            return lowered.compile(compiler_options=ON_PROCESSORS)
    return lowered.compile()


@cache
def layout() -> Layout:
    """Return for each field of `Flows` its first row in a block's output and its shape without quarter and draw.

    It is the same for every horizon; a compiled program tells it without tracing the model again.
    """
    return program(_traced[0] if _traced else SHORTEST)[1]


def policy_shapes(quarters: int) -> Policy:
    """Return the shapes of a policy path."""
    sizes = {
        "parts": (5, 9, 12), "us_words": (5, 2, 6), "cn_words": (3, 2, 5), "free_parts": (2, 12),
        "free_share": (2,), "free_cn_words": (3, 2, 5), "held_back": (5, 9), "us_under_cap": (2,),
        "china_only": (2,), "best": (9, 4), "roadmap_end": (9,), "announced": (9,), "us_capped_product": (2,),
        "cn_domestic_share": (3,),
    }  # fmt: skip
    return Policy(
        **{  # pyright: ignore[reportArgumentType]
            f: jax.ShapeDtypeStruct((quarters, *sizes.get(f, ()), 1), jnp.float32)
            for f in Policy.__dataclass_fields__
        }
    )


def kept() -> list[str]:
    """Return the flows a run keeps. What is there for tests alone is left out and not even computed."""
    return [name for name in Flows.__dataclass_fields__ if name not in ("turned", "residuals")]


@lru_cache(maxsize=16)
def program(quarters: int) -> tuple[Callable[[Policy, np.ndarray, np.ndarray], Any], Layout]:
    """Return the compiled model for a horizon, and where each flow stands in its output.

    The model maps a policy path, parameters `[parameter, BLOCK]` and shocks `[quarter, shock, BLOCK]` to
    `[quarter, row, BLOCK]`. Policies are inputs: moving a lever compiles nothing.
    """
    places: Layout = {}

    def rows(flows: Flows) -> Any:
        leaves, offset = [getattr(flows, name) for name in kept()], 0
        for name, leaf in zip(kept(), leaves, strict=True):
            places[name] = (offset, leaf.shape[:-1])
            offset += int(np.prod(leaf.shape[:-1], dtype=int))
        return jnp.concatenate([x.reshape(-1, x.shape[-1]) for x in leaves])

    def block(policy: Policy, matrix: Any, z: Any) -> Any:
        return simulate(policy, from_matrix(matrix), Shocks(z), rows)

    shapes = ((len(names()), BLOCK), (quarters, len(SHOCKS), BLOCK))
    made = compiled(block, policy_shapes(quarters), *shapes)
    _traced.append(quarters)
    return made, places


def blocks(
    policy: Policy,
    matrix: np.ndarray,
    shocks: np.ndarray,
    take: Callable[[int, Any], None],
    progress: Progress | None = None,
    workers: int | None = None,
    run: Callable[[Policy, np.ndarray, np.ndarray], Any] | None = None,
) -> None:
    """Run draws in blocks and hand each block's output `[quarter, row, draw]` to `take(first_draw, output)`.

    Parameters
    ----------
    policy
        One policy path, quarters as in `shocks`.
    matrix
        float32 `[parameter, draw]`.
    shocks
        float32 `[quarter, shock, draw]`.
    take
        Called once per block, from worker threads, with padding already cut.
    progress
        Called with blocks done and blocks in all, from the calling thread.
    workers
        Threads; the number of cores, at most two, by default. The result does not depend on it.
    run
        The compiled program, by default the model; arrays it gives have the draw axis last.
    """
    run = run or program(shocks.shape[0])[0]
    held = jax.tree.map(jnp.asarray, policy)
    count = matrix.shape[1]
    starts = range(0, count, BLOCK)

    def one(first: int) -> None:
        last = min(first + BLOCK, count)
        m, z = padded(matrix[:, first:last]), padded(shocks[:, :, first:last])
        take(first, jax.tree.map(lambda x: np.asarray(x)[..., : last - first], run(held, m, z)))

    _each(one, starts, progress, workers or min(2, os.cpu_count() or 1))


def _each(one: Callable[[int], None], starts: Iterable[int], progress: Progress | None, workers: int) -> None:
    """Call `one` for every start on a few threads; an error or interrupt drops what has not begun."""
    queue = list(starts)
    if len(queue) == 1 or workers == 1:
        for done, first in enumerate(queue, 1):
            one(first)
            if progress:
                progress(done, len(queue))
        return
    done = 0
    pool = ThreadPoolExecutor(min(workers, len(queue)))
    try:
        waiting = {pool.submit(one, first) for first in queue}
        while waiting:
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                future.result()
            done += len(finished)
            if progress:
                progress(done, len(queue))
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def padded(x: np.ndarray) -> np.ndarray:
    """Return float32 with the last axis filled up to `BLOCK` with copies of its last entry."""
    short = BLOCK - x.shape[-1]
    if short == 0:
        return np.ascontiguousarray(x, dtype=np.float32)
    return np.concatenate([x, np.repeat(x[..., -1:], short, -1)], -1).astype(np.float32)
