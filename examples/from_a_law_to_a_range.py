# %% [markdown]
# # From a law to a range
#
# A notebook as text: run it whole with `python examples/from_a_law_to_a_range.py`, or cell by cell in an editor that
# knows `# %%`. It writes a law that nobody has passed, asks what it would change, and asks the answer why.

# %%
from pathlib import Path

import numpy as np

import countervail as cv

DRAWS, YEAR = 256, "2030"

# %% [markdown]
# ## The law
#
# A scenario builds on another one. Here a measure that holds in six of ten draws asks Chinese cloud firms for half
# domestic chips from 2028 on, and a lever doubles the money for memory. Whether it passes is uncertain, so it is drawn
# like everything else.

# %%
LAW = """
id: cloud-quota
title: A quota for cloud firms, and money for memory
base: status-quo
measures:
  - id: cn-cloud-quota-2028
    name: Half of cloud firms' budgets for domestic chips
    actor: CN
    from: 2028Q1
    probability: 0.6
    levers: {cn_cloud_domestic_share: 0.5}
levers:
  cn_hbm_investment: {2028Q1: 2.0}
"""
path = Path("cloud-quota.yaml")
path.write_text(LAW.lstrip(), encoding="utf-8")

# %% [markdown]
# ## What it changes
#
# Both runs have the same draws of every parameter and of chance, so the difference of a draw is the law alone.

# %%
base, law = cv.compare("status-quo", path, draws=DRAWS)
for variable, region in (("Market|Domestic share", "CN"), ("Compute|Stock", "CN"), ("AI|Frontier lag", "CN")):
    change = law.at(variable, region, YEAR) - base.at(variable, region, YEAR)
    low, middle, high = np.quantile(change, (0.05, 0.5, 0.95))
    effect = f"{middle:+.3g} {law.variables[variable].unit} ({low:+.3g} to {high:+.3g})"
    print(f"{variable}, {YEAR}: {effect}; up in {np.mean(change > 0):.0%} of draws")

# %% [markdown]
# ## Draws where it matters
#
# A result holds every draw, so any question about them can be asked: here, how the draws in which China's compute
# rises most differ from the others in one parameter.

# %%
change = law.at("Compute|Stock", "CN", YEAR) - base.at("Compute|Stock", "CN", YEAR)
most = change >= np.quantile(change, 0.8)
stacks = law.parameters[law.parameter_names.index("hbm.domestic_2026_k")]
inside, outside = np.median(stacks[most]), np.median(stacks[~most])
print(f"domestic memory in 2026: {inside:,.0f} thousand stacks in these draws, {outside:,.0f} in the others")

# %% [markdown]
# ## Why
#
# Each change gets its share; the shares add up. A mechanism's effect is what is gone of the change when it is off.

# %%
found = cv.why(path, against="status-quo", outcome="Compute|Stock", region="CN", period=YEAR, draws=DRAWS)
for row in found["levers"]:
    print(f"{row['label']}: {row['contribution']['mean']:+,.0f} H100e")
for row in found["mechanisms"][:3]:
    print(f"{row['title']}: {row['effect']['mean']:+,.0f} H100e of the change are gone without it")
