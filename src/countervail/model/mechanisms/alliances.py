"""Alliances of Chinese cloud firms and chip makers: Tencent with Enflame, Baidu with Kunlunxin, Alibaba with T-Head.

    porting effort    = 1 + ports_effect * strength
    relief_v          = secured * strength                utility, cloud buyers, partner's parts
    R&D of partners  += rnd_share * strength * their revenue

An alliance shares porting work, gives the maker an anchor buyer, and brings engineers and money. Strength 1 is
today's. Sizes are assumptions: that alliances exist is well sourced, what they do to cost is not.
Limits: no exclusivity, no exit. Sources: alliances table of the evidence. Priors: evidence/data/priors/alliances.yaml.
"""

import jax.numpy as jnp

from countervail.model.policy import Policy
from countervail.model.types import BUYERS, VENDORS, ByBuyerVendor, ByVendor, Draws, record

PARTNERS = (4, 5, 6)  # T-Head, Kunlunxin, Enflame
CN_CLOUD = BUYERS.index(("CN", "cloud"))


@record
class Alliances:
    """Parameters of alliances, per unit of strength."""

    ports_effect: Draws
    secured_utility: Draws
    rnd_share: Draws  # of partner revenue added to its R&D


def porting_effort(policy: Policy, p: Alliances) -> Draws:
    """Return the factor on Chinese porting work; one at strength zero."""
    return 1 + p.ports_effect * policy.cn_alliance_strength


def relief(policy: Policy, p: Alliances) -> ByBuyerVendor:
    """Return utility that partner parts gain with Chinese cloud buyers."""
    mask = jnp.zeros((len(BUYERS), len(VENDORS), 1)).at[CN_CLOUD, jnp.asarray(PARTNERS)].set(1.0)
    return mask * (p.secured_utility * policy.cn_alliance_strength)


def rnd(revenue: ByVendor, policy: Policy, p: Alliances) -> ByVendor:
    """Return R&D money partners bring, USD bn a quarter."""
    mask = jnp.zeros((len(VENDORS), 1)).at[jnp.asarray(PARTNERS)].set(1.0)
    return mask * revenue * p.rnd_share * policy.cn_alliance_strength
