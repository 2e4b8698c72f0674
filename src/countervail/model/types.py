"""Axes, their names and their order. Draws are always the last axis.

Units inside the model: chips and stacks in thousands, compute in thousand H100e (8-bit dense), money in
USD bn a quarter, wafers in thousands a month, power in GW, memory bandwidth in TB/s, time in quarters.
"""

import dataclasses
from typing import Any, TypeVar, dataclass_transform

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

BLOCS = ("US", "CN", "AL", "RW")
US, CN, AL, RW = range(4)

BUYERS = (
    ("US", "state"), ("US", "cloud"), ("US", "other"),
    ("CN", "state"), ("CN", "cloud"), ("CN", "other"),
    ("AL", "state"), ("AL", "cloud"), ("AL", "other"), ("AL", "cn_hq"),
    ("RW", "state"), ("RW", "cloud"), ("RW", "other"), ("RW", "cn_hq"),
)  # fmt: skip
BLOC_ROWS = (slice(0, 3), slice(3, 6), slice(6, 10), slice(10, 14))
BLOC_OF_BUYER = (0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3)
CN_ROWS = BLOC_ROWS[CN]
HQ_ROWS = (9, 13)

# Segments are the groups of buyers that one set of export rules treats alike.
SEGMENTS = ("US", "CN", "AL", "RW", "cn_hq")
SEGMENT_OF_BUYER = (0, 0, 0, 1, 1, 1, 2, 2, 2, 4, 3, 3, 3, 4)
CN_SEGMENT, HQ_SEGMENT = 1, 4

VENDORS = (
    "NVIDIA",
    "AMD",
    "US in-house",
    "Huawei",
    "T-Head",
    "Kunlunxin",
    "Enflame",
    "Cambricon",
    "CN other",
)
NVIDIA, AMD, IN_HOUSE, HUAWEI = range(4)
US_VENDORS = slice(0, 3)
CN_VENDORS = slice(3, 9)
EXPORTERS = ("NVIDIA", "AMD")  # vendors whose sales the export rules judge part by part

STACKS = ("CUDA", "ROCm", "US in-house", "CANN", "CN other")
STACK_OF_VENDOR = (0, 1, 2, 3, 4, 4, 4, 4, 4)

# What a part is, per unit. Order of the last-but-one axis of `Policy.parts`.
PART_FIELDS = (
    "h100e", "fp16_h100e", "fp4_h100e", "bandwidth_tb_s", "memory_gb", "interconnect_gb_s",
    "price_usd_k", "power_kw", "slots", "dies", "hbm_stacks", "tpp",
)  # fmt: skip
H100E, FP16, FP4, BANDWIDTH, MEMORY, INTERCONNECT, PRICE, POWER_KW, SLOTS, DIES, HBM_STACKS, TPP = range(12)

# Bases in which a bloc's stock is counted beside 8-bit H100e.
BASES = ("fp16_h100e", "fp4_h100e", "bandwidth_tb_s", "power_kw")
BASIS_FIELDS = (FP16, FP4, BANDWIDTH, POWER_KW)

US_WORDS = (
    "no_licence_required",
    "licence_exception",
    "licence_required_presumption_of_approval",
    "licence_required_case_by_case",
    "licence_required_policy_not_published",
    "licence_required_presumption_of_denial",
)
CN_WORDS = ("admitted", "case_by_case_approval", "discouraged", "barred_for_state_funded", "not_admitted")
CN_BUYERS = ("state", "cloud", "other")

INPUTS = ("plan", "dies", "hbm", "packaging")  # what can bind Chinese makers


# Vendors whose parts are foreign to a Chinese buyer.
FOREIGN = np.arange(len(VENDORS))[:, None] < CN_VENDORS.start


def cells(rows: int, first: int | slice | tuple[int, ...], vendors: int | slice) -> Any:
    """Return `[row, vendor, 1]` with one in the cells named, zero elsewhere: a constant to multiply with."""
    chosen = np.zeros((rows, len(VENDORS), 1), np.float32)
    chosen[first if isinstance(first, int | slice) else list(first), vendors] = 1.0
    return chosen


def spread(rows: Array, places: tuple[int, ...], axis: int = 0) -> Array:
    """Return `rows` taken at `places`, by choices between whole rows: many times faster than an index in the middle."""
    shape = [1] * rows.ndim
    shape[axis] = len(places)
    row = lambda k: jnp.expand_dims(rows[(slice(None),) * axis + (k,)], axis)  # noqa: E731
    chosen = row(places[0])
    for k in sorted(set(places) - {places[0]}):
        chosen = jnp.where((np.asarray(places) == k).reshape(shape), row(k), chosen)
    return chosen


_BUYERS_IN_SEGMENTS = np.eye(len(SEGMENTS), dtype=np.float32)[list(SEGMENT_OF_BUYER)]


def by_buyer(rows: Float[Array, "segment *rest draw"]) -> Float[Array, "buyer *rest draw"]:
    """Return rows by buyer from rows by segment: a product with zeros and ones, many times faster than an index."""
    return jnp.tensordot(_BUYERS_IN_SEGMENTS, rows, 1)


Draws = Float[Array, " draw"]
ByBloc = Float[Array, "bloc draw"]
ByBuyer = Float[Array, "buyer draw"]
ByVendor = Float[Array, "vendor draw"]
ByStack = Float[Array, "stack draw"]
ByBuyerVendor = Float[Array, "buyer vendor draw"]
BySegmentVendor = Float[Array, "segment vendor draw"]
ByMaker = Float[Array, "maker draw"]  # the six Chinese vendors

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True)
def record(cls: type[_T]) -> type[_T]:
    """Make a class a frozen dataclass and a pytree, so that JAX can carry it."""
    frozen = dataclasses.dataclass(frozen=True)(cls)
    names = [f.name for f in dataclasses.fields(frozen)]  # pyright: ignore[reportArgumentType]
    jax.tree_util.register_dataclass(frozen, data_fields=names, meta_fields=[])
    return frozen
