"""The same model in plain NumPy: the mechanisms as they are, with `jax.numpy` swapped for NumPy and a Python loop.

It exists to say what compiling buys, as a ratio in one run, and to check the compiled program against arithmetic
done another way.
"""

import importlib
import pkgutil
import sys
from typing import Any

import numpy as np


class _Spot:
    """What `x.at[index]` gives: `set` returns a changed copy."""

    def __init__(self, array: "Plain", index: Any = None) -> None:
        self.array, self.index = array, index

    def __getitem__(self, index: Any) -> "_Spot":
        return _Spot(self.array, index)

    def set(self, value: Any) -> "Plain":
        """Return a copy with the cells at the index replaced; a value with more draws widens the copy."""
        value = np.asarray(value)
        draws = max(self.array.shape[-1], value.shape[-1] if value.ndim else 1)
        copy = np.array(np.broadcast_to(self.array, (*self.array.shape[:-1], draws)))
        copy[self.index] = value
        return copy.view(Plain)


class Plain(np.ndarray):
    """A NumPy array with the functional updates of JAX."""

    @property
    def at(self) -> _Spot:
        """Return the place to name an index."""
        return _Spot(self)


class _Numpy:
    """NumPy under the names the model uses."""

    def __getattr__(self, name: str) -> Any:
        function = getattr(np, name)
        if not callable(function) or isinstance(function, type):
            return function

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if name == "stack":
                args = (np.broadcast_arrays(*args[0]), *args[1:])
            out = function(*args, **kwargs)
            return out.view(Plain) if isinstance(out, np.ndarray) else np.asarray(out).view(Plain)

        return wrapped


class _Swapped:
    """Modules of the model with `jnp` replaced, restored on leaving."""

    def __enter__(self) -> None:
        import countervail.model as root

        self.before = {}
        for info in pkgutil.walk_packages(root.__path__, "countervail.model."):
            module = importlib.import_module(info.name)
            if hasattr(module, "jnp"):
                self.before[info.name] = module.jnp  # pyright: ignore
                module.jnp = _Numpy()  # pyright: ignore

    def __exit__(self, *_: Any) -> None:
        for name, jnp in self.before.items():
            sys.modules[name].jnp = jnp  # pyright: ignore


def simulate(policy: Any, matrix: np.ndarray, shocks: np.ndarray) -> Any:
    """Return the flows of every quarter, as `countervail.model.simulate.simulate` does."""
    import jax

    from countervail.model.parameters import from_matrix
    from countervail.model.shocks import Shocks
    from countervail.model.state import start
    from countervail.model.step import step

    def plain(x: Any) -> Any:
        return np.asarray(x, dtype=matrix.dtype).view(Plain)

    with _Swapped(), np.errstate(all="ignore"):
        p = from_matrix(plain(matrix))
        state, out = start(p), []
        for t in range(shocks.shape[0]):
            now = jax.tree.map(lambda x, t=t: plain(x[t]), policy)
            state, flows = step(plain(float(t)), state, now, p, Shocks(plain(shocks[t])))
            out.append(flows)
        return jax.tree.map(lambda *xs: np.stack([np.asarray(x) for x in xs]), *out)
