"""The closed list of units, and how a longer unit text splits into unit and basis."""

from countervail.errors import unknown

UNITS = (
    "USD bn",
    "CNY bn",
    "CNY bn per year",
    "CNY million per 8-GPU module",
    "USD per chip",
    "USD per GPU-hour",
    "H100e",
    "units",
    "cards",
    "chips per year",
    "dies",
    "HBM stacks",
    "H200-class equivalents",
    "B300 equivalents",
    "models of 22",
    "percent",
    "months",
    "times per year",
    "FLOP",
    "MW",
    "wafers per month",
    "wafer starts per month",
    "wafers per year",
)

# What may follow a unit: it says of what, or over which time, and never changes the size of the unit.
BASES = (
    "cumulative",
    "cumulative since 2022Q1",
    "cumulative since 2023Q1",
    "cumulative since 2024Q1",
    "available at year end",
    "potential",
    "per quarter",
    "per year",
    "shipped per quarter",
    "shipped in China in the year",
    "shipped in the half-year",
    "in the half-year",
    "in three months",
    "ordered (reported)",
    "planned",
    "received cumulative",
    "one pathway",
    "geometric mean of range",
    "chip TDP cumulative since 2022Q1",
    "behind US frontier",
    "at China growth rate",
    "of value",
    "of cards",
    "of cards (half-year)",
    "of demand",
    "of US output",
    "of compute acquired",
    "of known cluster performance",
    "of NVIDIA aggregate computing power",
    "advanced nodes",
    "advanced nodes, end of year",
    "7nm and 5nm class",
    "7nm and below",
    "for AI accelerators",
    "about 20% of output",
    "top-10 language models since late 2021",
    "top-10 language models since 2018",
)


def split_unit(text: str) -> tuple[str, str]:
    """Return (unit, basis) of a unit text such as "H100e cumulative since 2022Q1".

    Raises a UserError with the nearest known unit when either part is not on its list.
    """
    text = " ".join(text.split())
    for unit in sorted(UNITS, key=len, reverse=True):
        if text == unit:
            return unit, ""
        if text.startswith(unit):
            rest = text[len(unit) :].strip(" ,")
            basis = rest[1:-1] if rest.startswith("(") and rest.endswith(")") else rest
            if basis in BASES:
                return unit, basis
    raise unknown("unit", text, UNITS)
