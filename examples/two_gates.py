"""Two gates: what the US lets out and what China lets in, each open or shut, on the same draws.

Four worlds from one scenario. The table shows medians with the range that holds 90% of the draws; the last lines say
whose gate explains the difference between both open and both shut.

    python examples/two_gates.py
"""

import numpy as np

import countervail as cv

DRAWS, YEAR, FROM = 256, "2030", "2027Q1"
# Open: applications approved and no cap on volume. Shut: nothing may leave.
US = {"open": {"us_approval_share": 0.9, "us_volume_cap_share": 9}, "shut": {"us_volume_cap_units": 0}}
# Share of permitted imports that China admits.
CN = {"open": {"cn_import_gate": 0.9}, "shut": {"cn_import_gate": 0}}
OUTCOMES = (
    ("Compute|Inflow|Legal imports", "CN", 1e-3, "legal imports, thousand H100e"),
    ("Market|Domestic share", "CN", 100, "domestic share of China's market, %"),
    ("AI|Frontier lag", "CN", 1, "Chinese models behind US ones, months"),
    ("Chips|Revenue|NVIDIA", "World", 1, "NVIDIA's revenue, USD bn"),
)


def levers(us: str, cn: str) -> dict[str, float]:
    """Return the settings of one world."""
    return {f"{lever}@{FROM}": value for lever, value in (US[us] | CN[cn]).items()}


def main() -> None:
    """Run the four worlds and print them side by side."""
    worlds = [(us, cn) for us in US for cn in CN]
    results = {w: cv.run("status-quo", draws=DRAWS, set=levers(*w)) for w in worlds}
    print(f"{YEAR}, {DRAWS} draws: median (5% to 95%)")
    for variable, region, scale, label in OUTCOMES:
        print(f"\n{label}")
        for us, cn in worlds:
            values = results[us, cn].at(variable, region, YEAR) * scale
            low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
            print(f"  US gate {us}, Chinese gate {cn}: {middle:8.1f} ({low:.1f} to {high:.1f})")
    found = cv.why(
        "status-quo",
        outcome="Compute|Inflow|Legal imports",
        period=YEAR,
        set=levers("open", "open"),
        against_set=levers("shut", "shut"),
        draws=DRAWS,
    )
    print("\nLegal imports with both gates open instead of shut; of the rise goes to")
    for row in found["levers"]:
        print(f"  {row['label']}: {100 * row['share']:.0f}%")


if __name__ == "__main__":
    main()
