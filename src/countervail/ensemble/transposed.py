"""Transposed code that a compiler for processors runs well.

Reverse mode turns a broadcast into a sum over its axes, and a slice into an array of zeros with the slice put back. The
model is full of both, and XLA's kernels for them cost far more than their few additions. Here the transposed code of a
quarter is read operation by operation, and those two are written anew:

- A sum over axes other than draws becomes additions of slices, many draws at a time.
- Slices that are put back are kept apart until something else needs the whole; then it is put together once.

Both stand in a branch whose condition is known only when the program runs. Without that border XLA would merge them
into everything that reads them and compute them once for each reader.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array, lax
from jax.extend.core import ClosedJaxpr, Literal

Place = tuple[int, ...]


def apart(yes: Array, work: Callable[..., Any], *arrays: Any) -> Any:
    """Return `work(*arrays)` computed by itself, merged with nothing around it. `yes` is true, but not known to be."""

    def nothing(*arrays: Any) -> Any:
        return jax.tree.map(lambda x: jnp.zeros(x.shape, x.dtype), jax.eval_shape(work, *arrays))

    return lax.cond(yes, work, nothing, *arrays)


def rewritten(yes: Array, f: Callable[..., Any], *arguments: Any) -> Any:
    """Return `f(*arguments)`, linear and without control flow of its own, in code that runs well."""
    closed, shape = jax.make_jaxpr(f, return_shape=True)(*arguments)
    out = _evaluate(yes, closed.jaxpr, closed.consts, jax.tree.leaves(arguments))
    return jax.tree.unflatten(jax.tree.structure(shape), out)


@dataclass
class _Whole:
    """An array of zeros to which arrays are added, each at its place."""

    shape: tuple[int, ...]
    dtype: Any
    terms: list[tuple[Array, Place]]
    value: Array | None = field(default=None)  # once something needed it

    @property
    def ndim(self) -> int:
        return len(self.shape)


def _evaluate(yes: Array, jaxpr: Any, consts: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
    """Return the results of a jaxpr."""
    held: dict[Any, Any] = dict(zip([*jaxpr.constvars, *jaxpr.invars], [*consts, *arguments], strict=True))

    def raw(variable: Any) -> Any:
        return variable.val if isinstance(variable, Literal) else held[variable]

    for equation in jaxpr.eqns:
        name, options = equation.primitive.name, equation.params
        sparse = [raw(v) for v in equation.invars]
        if name == "pad" and _puts_back(equation):
            results = [_put_back(sparse[0], equation.outvars[0].aval, options["padding_config"])]
        elif name == "add_any" and any(isinstance(x, _Whole) for x in sparse):
            a, b = sparse
            results = [_Whole(tuple(a.shape), a.dtype, _terms(yes, a) + _terms(yes, b))]
        else:
            dense = [_made(yes, x) for x in sparse]
            if name == "reduce_sum" and dense[0].ndim - 1 not in options["axes"]:
                results = [apart(yes, lambda x, axes=options["axes"]: _added(x, axes), dense[0])]
            elif name in ("jit", "pjit"):
                inner: ClosedJaxpr = options["jaxpr"]
                results = _evaluate(yes, inner.jaxpr, inner.consts, dense)
            else:
                made = equation.primitive.bind(*dense, **options)
                results = made if equation.primitive.multiple_results else [made]
        held.update(zip(equation.outvars, results, strict=True))
    return [_made(yes, raw(v)) for v in jaxpr.outvars]


def _added(x: Array, axes: Sequence[int]) -> Array:
    """Return the sum over some axes, slice by slice."""
    for axis in sorted(axes, reverse=True):
        slices = (lax.index_in_dim(x, k, axis, keepdims=False) for k in range(x.shape[axis]))
        x = reduce(add, slices)
    return x


def _puts_back(equation: Any) -> bool:
    """Say whether a `pad` puts a slice back into zeros, with nothing between its entries."""
    zero = equation.invars[1]
    if not isinstance(zero, Literal) or zero.val != 0:
        return False
    return all(
        low >= 0 and high >= 0 and not inside for low, high, inside in equation.params["padding_config"]
    )


def _put_back(x: Any, like: Any, padding: Any) -> _Whole:
    low = tuple(first for first, _, _ in padding)
    terms = x.terms if isinstance(x, _Whole) else [(x, (0,) * x.ndim)]
    moved = [(part, tuple(map(add, place, low))) for part, place in terms]
    return _Whole(tuple(like.shape), like.dtype, moved)


def _terms(yes: Array, x: Any) -> list[tuple[Array, Place]]:
    """Return what an array is the sum of; itself, where something has needed it whole."""
    if isinstance(x, _Whole) and x.value is None:
        return x.terms
    return [(_made(yes, x), (0,) * x.ndim)]


def _made(yes: Array, x: Any) -> Any:
    """Return an array as such, put together where it is in parts."""
    if not isinstance(x, _Whole):
        return x
    if x.value is None:
        parts, places = zip(*x.terms, strict=True)
        shape, dtype = x.shape, x.dtype

        def whole(*parts: Array) -> Array:
            return _together(shape, dtype, list(zip(parts, places, strict=True)), 0)

        x.value = apart(yes, whole, *parts)
    return x.value


def _together(shape: tuple[int, ...], dtype: Any, terms: list[tuple[Array, Place]], axis: int) -> Array:
    """Return the sum of terms at their places: cut where one begins or ends, added up piece by piece, joined."""
    if not terms:
        return jnp.zeros(shape, dtype)
    while axis < len(shape) and all(x.shape[axis] == shape[axis] for x, _ in terms):
        axis += 1
    if axis == len(shape):
        return reduce(add, [x for x, _ in terms])
    ends = [(place[axis], place[axis] + x.shape[axis]) for x, place in terms]
    cuts = sorted({0, shape[axis], *(end for pair in ends for end in pair)})
    pieces = []
    for first, last in zip(cuts, cuts[1:], strict=False):
        inside = [
            (
                lax.slice_in_dim(x, first - begin, last - begin, axis=axis),
                (*place[:axis], 0, *place[axis + 1 :]),
            )
            for (x, place), (begin, end) in zip(terms, ends, strict=True)
            if begin <= first and last <= end
        ]
        pieces.append(_together((*shape[:axis], last - first, *shape[axis + 1 :]), dtype, inside, axis + 1))
    return jnp.concatenate(pieces, axis) if len(pieces) > 1 else pieces[0]
