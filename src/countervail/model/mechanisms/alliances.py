"""Alliances of Chinese cloud firms and chip makers: Tencent with Enflame, Baidu with Kunlunxin, Alibaba with T-Head.

    porting effort    = 1 + ports_effect * strength
    pull_v            = exp(secured * strength / tau)     weight in the choice, cloud buyers, partners' parts
    R&D of partners  += rnd_share * strength * their revenue

An alliance shares porting work, gives the maker an anchor buyer, and brings engineers and money. Strength 1 is
today's. Sizes are assumptions: that alliances exist is well sourced, what they do to cost is not.
Limits: no exclusivity, no exit. Sources: alliances table of the evidence. Priors: evidence/data/priors/alliances.yaml.
"""

import jax.numpy as jnp

from countervail.model.policy import Policy
from countervail.model.types import BUYERS, ByBuyerVendor, ByVendor, Draws, cells, record

PARTNERS = slice(4, 7)  # T-Head, Kunlunxin, Enflame
CN_CLOUD = BUYERS.index(("CN", "cloud"))
_SECURED = cells(len(BUYERS), CN_CLOUD, PARTNERS)


@record
class Alliances:
    """Parameters of alliances, per unit of strength."""

    ports_effect: Draws
    secured_utility: Draws
    rnd_share: Draws  # of partner revenue added to its R&D


def porting_effort(policy: Policy, p: Alliances) -> Draws:
    """Return the factor on Chinese porting work; one at strength zero."""
    return 1 + p.ports_effect * policy.cn_alliance_strength


def pull(policy: Policy, nest: Draws, p: Alliances) -> ByBuyerVendor:
    """Return the factor on the weight that partner parts have in the choice of Chinese cloud buyers; `nest` is tau."""
    return 1 + _SECURED * (jnp.exp(p.secured_utility * policy.cn_alliance_strength / nest) - 1)


def rnd(revenue: ByVendor, policy: Policy, p: Alliances) -> ByVendor:
    """Return R&D money partners bring, USD bn a quarter."""
    return _SECURED[CN_CLOUD] * revenue * p.rnd_share * policy.cn_alliance_strength
