"""The table of outcomes: every fixed name, unit and region is there and reads something the model has."""

import numpy as np
import pytest

from countervail.ensemble import engine, outcomes
from countervail.errors import UserError
from countervail.model import leadership, types

VENDORS, STACKS = types.VENDORS, types.STACKS
BLOCS = ["US", "CN", "AL", "RW", "World"]

# The contract: name, unit, regions that must be there.
FIXED: list[tuple[str, str, list[str]]] = [
    ("Compute|Stock", "H100e", BLOCS),
    ("Compute|Stock|Effective", "H100e", ["US", "CN"]),
    ("Compute|Stock|FP16 basis", "H100e", ["US", "CN"]),
    ("Compute|Stock|FP4 basis", "H100e", ["US", "CN"]),
    ("Compute|Stock|Bandwidth", "TB/s", ["US", "CN"]),
    ("Compute|Stock|Unpowered", "H100e", ["US", "CN"]),
    ("Compute|Inflow", "H100e", BLOCS),
    *[
        (f"Compute|Inflow|{p}", "H100e", ["CN"])
        for p in ("Legal imports", "Domestic", "Proxy fabrication", "Smuggled")
    ],
    ("Compute|Remote access", "H100e", ["CN"]),
    ("Compute|Inflow ratio", "1", ["US to CN"]),
    ("Compute|Inflow ratio|FP4 basis", "1", ["US to CN"]),
    *[(f"Chips|Units|{v}", "units", BLOCS) for v in VENDORS],
    *[(f"Chips|Revenue|{v}", "USD bn", BLOCS) for v in VENDORS],
    *[(f"Chips|Best performance|{v}", "TPP", ["World"]) for v in VENDORS],
    *[(f"Chips|Best bandwidth|{v}", "GB/s", ["World"]) for v in VENDORS],
    ("Market|Domestic share", "share", ["CN"]),
    ("Market|Domestic share|Units", "share", ["CN"]),
    ("Market|US vendors share", "share", ["CN", "AL", "RW"]),
    ("Supply|Wafers", "wafers", ["CN"]),
    ("Supply|Yield", "share", ["CN"]),
    ("Supply|HBM stacks", "stacks", ["CN"]),
    ("Supply|Packages", "packages", ["CN"]),
    ("Supply|Unmet demand", "USD bn", ["CN"]),
    *[(f"Ecosystem|Share|{s}", "share", BLOCS) for s in STACKS],
    ("Ecosystem|Fragmentation", "share", ["World", "US to CN", "AL", "RW"]),
    ("Ecosystem|Porting cost", "share", ["CN"]),
    ("Power|Capacity", "GW", ["US", "CN"]),
    *[(f"R&D|{v}", "USD bn", ["World"]) for v in VENDORS],
    ("AI|Frontier lag", "months", ["CN"]),
    ("Innovation|World frontier", "index", ["World"]),
    ("Leapfrog|Best part", "share of draws", ["CN"]),
    ("Economy|AI output gain", "percent of GDP", ["US", "CN"]),
    ("Economy|Fragmentation loss", "percent of GDP", ["World"]),
    ("Military|Index", "share", ["US", "CN"]),
    ("Innovation|Index", "share", ["US", "CN"]),
    ("Sovereignty|Index", "share", ["US", "CN"]),
    *[
        (f"Leadership|{d}|{side}", "share of draws", ["World"])
        for d in leadership.DIMENSIONS
        for side in ("US", "CN", "Parity")
    ],
    ("Fee|Revenue", "USD bn", ["US"]),
]


@pytest.mark.parametrize(("name", "unit", "regions"), FIXED, ids=[f[0] for f in FIXED])
def test_a_fixed_outcome_exists_with_its_unit_and_regions(name: str, unit: str, regions: list[str]):
    spec = outcomes.find(name)
    assert spec.unit == unit and set(regions) <= set(spec.all_regions)


def test_every_reference_is_inside_the_flows_of_the_model():
    layout = engine.layout()
    for spec in outcomes.table().values():
        for numerator, denominator in spec.regions.values():
            for field, index in [numerator, *([denominator] if denominator else [])]:
                shape = layout[field][1]
                assert len(index) == len(shape), f"{spec.variable}: {field}"
                assert np.zeros(shape)[index].size >= 1, f"{spec.variable}: {field}"


def test_the_axes_are_those_of_the_model():
    assert outcomes.VENDORS == types.VENDORS and outcomes.STACKS == types.STACKS
    assert outcomes.BLOCS == types.BLOCS and outcomes.DIMENSIONS == leadership.DIMENSIONS


def test_every_outcome_has_a_label_a_known_period_and_mechanisms_that_exist():
    from countervail.model.parameters import Parameters

    groups = set(Parameters.__dataclass_fields__)
    for spec in outcomes.table().values():
        assert spec.label and spec.unit
        assert spec.period in ("sum", "end", "mean") and spec.kind in ("level", "share_of_draws")
        assert spec.mechanisms and set(spec.mechanisms) <= groups, spec.variable


def test_listing_names_every_outcome_once():
    rows = outcomes.list_outcomes()
    assert len({r["variable"] for r in rows}) == len(rows) == len(outcomes.table())


def test_unknown_outcomes_and_regions_are_errors_with_what_is_near():
    with pytest.raises(UserError) as error:
        outcomes.find("Compute|Stok")
    assert "Compute|Stock" in f"{error.value} {error.value.hint}"
    with pytest.raises(UserError, match="no region"):
        outcomes.find("Compute|Stock", "Mars")


def test_every_mechanism_is_named_by_an_outcome_it_moves():
    from countervail.web.views.mechanisms import names

    named = {m for row in outcomes.list_outcomes() for m in row["mechanisms"]}
    # Governments that answer move levers, and through them everything.
    assert set(names()) - named == {"reactions"}
    assert named <= {*names(), "leadership"}
