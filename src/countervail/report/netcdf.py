"""The numbers of a run as one NetCDF file that xarray opens, with unit and long name on each variable."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail import __version__
from countervail.files import write_atomic

if TYPE_CHECKING:
    import xarray as xr

    from countervail.ensemble import Result

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
# Draws of headline outcomes are kept up to this many numbers in all; quantiles are of every draw.
MOST_CELLS = 24_000_000


def dataset(results: "list[Result]") -> "xr.Dataset":
    """Return a Dataset of all scenarios.

    Headline outcomes hold draws `[scenario, draw, quarter, region]`; every outcome has `<name>__quantiles`
    `[scenario, quarter, region, quantile]`. A region that an outcome has no value for is missing (NaN).
    """
    import xarray as xr

    base = results[0]
    names = [r.scenario.id for r in results]
    regions = list(dict.fromkeys(region for s in base.variables.values() for region in s.all_regions))
    kept = _draws_kept(results, len(regions))
    data: dict[str, Any] = {}
    for spec in base.variables.values():
        name = variable_name(spec.variable)
        about = {
            "units": spec.unit,
            "long_name": spec.label,
            "iamc_variable": spec.variable,
            "over_a_year": spec.period,
            "regions": ", ".join(spec.all_regions),
            "mechanisms": ", ".join(spec.mechanisms),
        }
        where = [regions.index(region) for region in spec.all_regions]
        ranges = np.full((len(results), len(base.quarters), len(regions), len(QUANTILES)), np.nan, np.float32)
        for i, r in enumerate(results):
            for k, region in zip(where, spec.all_regions, strict=True):
                ranges[i, :, k] = r.quantiles(spec.variable, region)
        note = "share of draws, at each quantile" if spec.kind == "share_of_draws" else "quantiles over draws"
        dims = ("scenario", "quarter", "region", "quantile")
        data[f"{name}__quantiles"] = (dims, ranges, {**about, "long_name": f"{spec.label}: {note}"})
        if spec.headline and kept:
            values = np.full((len(results), kept, len(base.quarters), len(regions)), np.nan, np.float32)
            for i, r in enumerate(results):
                for k, region in zip(where, spec.all_regions, strict=True):
                    values[i, :, :, k] = r.values(spec.variable, region)[:, :kept].T
            data[name] = (("scenario", "draw", "quarter", "region"), values, about)
    coords = {
        "scenario": ("scenario", names, {"long_name": "Scenario"}),
        "draw": ("draw", np.arange(kept), {"long_name": "Draw"}),
        "quarter": ("quarter", base.quarters, {"long_name": "Calendar quarter"}),
        "region": ("region", regions, {"long_name": "Region"}),
        "quantile": ("quantile", list(QUANTILES), {"long_name": "Share of draws below", "units": "1"}),
    }
    attrs = {
        "title": "countervail: " + ", ".join(names),
        "Conventions": "CF-1.11",
        "institution": "countervail",
        "source": f"countervail {__version__}",
        "seed": base.seed,
        "draws": base.draws,
        "draws_kept": kept,
        "as_of": base.as_of or "",
        "comment": "Flows are per quarter. Draw i has the same parameters and chance in every scenario.",
    }
    return xr.Dataset(data, coords=coords, attrs=attrs)


def write(results: "list[Result]", path: Path) -> None:
    """Write the Dataset as NetCDF 4."""
    data = dataset(results)
    packing: dict[Any, dict[str, Any]] = {
        name: {"zlib": True, "complevel": 1, "shuffle": True}
        for name, v in data.data_vars.items()
        if "draw" in v.dims
    }

    # Made in memory first: HDF5 brings the process down when a disk turns full under it.
    whole = data.to_netcdf(engine="h5netcdf", encoding=packing)

    def save(target: Path) -> None:
        target.write_bytes(whole)

    write_atomic(path, save)


def variable_name(variable: str) -> str:
    """Return a name that NetCDF allows: `Compute|Stock` becomes `Compute__Stock`."""
    return variable.replace("|", "__").replace("/", "_")


def _draws_kept(results: "list[Result]", regions: int) -> int:
    """Return how many draws fit; the first n draws of a run are the n-draw run."""
    base = results[0]
    cells = regions * sum(s.headline for s in base.variables.values())
    held = base.rows.shape[-1]
    return min(held, MOST_CELLS // max(cells * len(base.quarters) * len(results), 1))
