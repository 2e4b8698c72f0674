"""The numbers of a run as one NetCDF file that xarray opens, with unit and long name on each variable.

Written with h5py in the layout of NetCDF 4 (dimension scales): general writers take seconds for the hundred and
more variables. Made in memory first, since HDF5 brings the process down when a disk turns full under it.
"""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from countervail import __version__
from countervail.files import write_atomic

if TYPE_CHECKING:
    from countervail.ensemble import Result

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
# Draws of headline outcomes are kept up to this many numbers in all; quantiles are of every draw held.
MOST_CELLS = 24_000_000


class Variable(NamedTuple):
    """One variable of the file."""

    dims: tuple[str, ...]
    values: np.ndarray
    about: dict[str, str]


class Contents(NamedTuple):
    """What the file holds."""

    coords: dict[str, Variable]
    variables: dict[str, Variable]
    about: dict[str, Any]


def contents(results: "list[Result]") -> Contents:
    """Return the variables of all scenarios.

    Headline outcomes hold draws `[scenario, draw, quarter, region]`; every outcome has `<name>__quantiles`
    `[scenario, quarter, region, quantile]`. A region that an outcome has no value for is missing (NaN).
    """
    base = results[0]
    names = [r.scenario.id for r in results]
    regions = list(dict.fromkeys(region for s in base.variables.values() for region in s.all_regions))
    kept = _draws_kept(results, len(regions))
    found: dict[str, Variable] = {}
    for spec in base.variables.values():
        name = variable_name(spec.variable)
        about = {
            "units": spec.unit,
            "long_name": spec.label,
            "iamc_variable": spec.variable,
            "over_a_year": spec.period,
            "predictive": "true" if spec.predictive and base.layer is not None else "false",
            "regions": ", ".join(spec.all_regions),
        }
        where = [regions.index(region) for region in spec.all_regions]
        ranges = np.full((len(results), len(base.quarters), len(regions), len(QUANTILES)), np.nan, np.float32)
        for i, r in enumerate(results):
            for k, region in zip(where, spec.all_regions, strict=True):
                ranges[i, :, k] = r.quantiles(spec.variable, region)
        note = "share of draws, at each quantile" if spec.kind == "share_of_draws" else "quantiles over draws"
        dims = ("scenario", "quarter", "region", "quantile")
        found[f"{name}__quantiles"] = Variable(dims, ranges, {**about, "long_name": f"{spec.label}: {note}"})
        if spec.headline and kept:
            values = np.full((len(results), kept, len(base.quarters), len(regions)), np.nan, np.float32)
            for i, r in enumerate(results):
                for k, region in zip(where, spec.all_regions, strict=True):
                    values[i, :, :, k] = r.values(spec.variable, region)[:, :kept].T
            found[name] = Variable(("scenario", "draw", "quarter", "region"), values, about)
    coords = {
        "scenario": _axis("scenario", names, "Scenario"),
        "draw": _axis("draw", np.arange(kept), "Draw"),
        "quarter": _axis("quarter", base.quarters, "Calendar quarter"),
        "region": _axis("region", regions, "Region"),
        "quantile": _axis("quantile", np.array(QUANTILES), "Share of draws below"),
    }
    if not kept:
        del coords["draw"]
    about = {
        "title": "countervail: " + ", ".join(names),
        "Conventions": "CF-1.11",
        "institution": "countervail",
        "source": f"countervail {__version__}",
        "seed": base.seed,
        "draws": base.draws,
        "draws_kept": kept,
        "as_of": base.as_of or "all of the evidence",
        "comment": "Flows are per quarter. Draw i has the same parameters and chance in every scenario.",
    }
    return Contents(coords, found, about)


def write(results: "list[Result]", path: Path) -> None:
    """Write the file."""
    whole = packed(contents(results))

    def save(target: Path) -> None:
        target.write_bytes(whole)

    write_atomic(path, save)


def packed(data: Contents) -> bytes:
    """Return the bytes of the file."""
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w", track_order=True) as file:
        for key, value in data.about.items():
            file.attrs[key] = value
        for name, axis in data.coords.items():
            values: Any = axis.values
            kind = {} if values.dtype.kind in "if" else {"dtype": h5py.string_dtype()}
            scale = file.create_dataset(name, data=values.astype(object) if kind else values, **kind)
            scale.make_scale(name)
            for key, text in axis.about.items():
                scale.attrs[key] = text
        for name, variable in data.variables.items():
            # Draws are packed a scenario at a time; quantiles are small and stay as they are.
            packing: dict[str, Any] = {}
            if "draw" in variable.dims:
                packing = {"compression": 1, "shuffle": True, "chunks": (1, *variable.values.shape[1:])}
            stored = file.create_dataset(name, data=variable.values, **packing)
            for key, text in variable.about.items():
                stored.attrs[key] = text
            for i, dim in enumerate(variable.dims):
                stored.dims[i].attach_scale(file[dim])
    return buffer.getvalue()


def variable_name(variable: str) -> str:
    """Return a name that NetCDF allows: `Compute|Stock` becomes `Compute__Stock`."""
    return variable.replace("|", "__").replace("/", "_")


def _axis(name: str, values: Any, label: str) -> Variable:
    return Variable((name,), np.asarray(values), {"long_name": label})


def _draws_kept(results: "list[Result]", regions: int) -> int:
    """Return how many draws fit; the first n draws of a run are the n-draw run."""
    base = results[0]
    cells = regions * sum(s.headline for s in base.variables.values())
    held = base.rows.shape[-1]
    return min(held, MOST_CELLS // max(cells * len(base.quarters) * len(results), 1))
