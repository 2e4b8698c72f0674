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
    `[scenario, quarter, region, quantile]`. Regions differ between outcomes, so each set of regions is a dimension
    of its own, with the names as coordinate.
    """
    import xarray as xr

    base = results[0]
    scenarios = [r.scenario.id for r in results]
    kept = _draws_kept(results)
    data: dict[str, Any] = {}
    coords: dict[str, Any] = {
        "scenario": ("scenario", scenarios),
        "draw": ("draw", np.arange(kept), {"long_name": "Draw"}),
        "quarter": ("quarter", base.quarters, {"long_name": "Calendar quarter"}),
        "quantile": ("quantile", list(QUANTILES), {"long_name": "Share of draws below", "units": "1"}),
    }
    for spec in base.variables.values():
        name = variable_name(spec.variable)
        axis = _axis(spec.all_regions)
        coords[axis] = (axis, list(spec.all_regions), {"long_name": "Region"})
        about = {
            "units": spec.unit,
            "long_name": spec.label,
            "iamc_variable": spec.variable,
            "over_a_year": spec.period,
            "mechanisms": ", ".join(spec.mechanisms),
        }
        ranges = np.stack(
            [
                np.stack([r.quantiles(spec.variable, region) for region in spec.all_regions], 1)
                for r in results
            ]
        )
        note = (
            "share of draws, the same at each quantile"
            if spec.kind == "share_of_draws"
            else "quantiles over draws"
        )
        data[f"{name}__quantiles"] = (
            ("scenario", "quarter", axis, "quantile"),
            ranges.astype(np.float32),
            {**about, "long_name": f"{spec.label}: {note}"},
        )
        if spec.headline and kept:
            values = np.stack(
                [
                    np.stack([r.values(spec.variable, region)[:, :kept].T for region in spec.all_regions], -1)
                    for r in results
                ]
            )
            data[name] = (("scenario", "draw", "quarter", axis), values.astype(np.float32), about)
    attrs = {
        "title": "countervail: " + ", ".join(scenarios),
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

    def save(target: Path) -> None:
        try:
            data.to_netcdf(target, engine="h5netcdf", encoding=packing)
        except RuntimeError as error:  # HDF5 reports a full disk this way when it closes a file
            raise OSError(None, str(error) or "the file could not be closed") from None

    write_atomic(path, save)


def variable_name(variable: str) -> str:
    """Return a name that NetCDF allows: `Compute|Stock` becomes `Compute__Stock`."""
    return variable.replace("|", "__").replace("/", "_")


def _axis(regions: tuple[str, ...]) -> str:
    """Return the name of the dimension of a set of regions."""
    return "region_" + "_".join(r.replace(" ", "_") for r in regions)


def _draws_kept(results: "list[Result]") -> int:
    """Return how many draws fit; the first n draws of a run are the n-draw run."""
    base = results[0]
    cells = sum(len(s.all_regions) for s in base.variables.values() if s.headline)
    held = base.rows.shape[-1]
    return min(held, MOST_CELLS // max(cells * len(base.quarters) * len(results), 1))
