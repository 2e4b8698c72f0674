"""From lever paths and a window to the `Policy` arrays of the model."""

from typing import TYPE_CHECKING, Any

import numpy as np

from countervail.scenario.levers import QUARTERS

if TYPE_CHECKING:
    from countervail.model.policy import Policy
    from countervail.scenario.window import Window

DENIAL = 5  # the last US word
CAP_SHARE_OPEN = 9.0  # times US sales: no cap
UNITS_OPEN = 1e6  # thousand units a quarter: no cap
AS_WORDS_SAY = -1.0  # a share below zero leaves it to the words of the rules
# Levers that become an array of the same name.
PLAIN = (
    "us_review_delay", "us_equipment_controls", "us_hbm_controls", "us_enforcement",
    "us_remote_access_control", "us_rd_support", "us_export_promotion", "us_power_build", "al_alignment",
    "cn_price_subsidy", "cn_energy_subsidy", "cn_foundry_investment", "cn_hbm_investment",
    "cn_rd_grants", "cn_alliance_strength", "cn_standards_openness", "cn_input_controls",
    "cn_offshore_rental", "cn_enforcement", "cn_power_build", "demand_growth_us", "demand_growth_cn",
    "demand_growth_other",
)  # fmt: skip


def assemble(
    window: "Window", paths: dict[str, np.ndarray], reactions: int | None, fragmented: bool
) -> "Policy":
    """Return the policy of all quarters. `paths` has each lever by quarter; NaN where the rules decide."""
    from countervail.model.policy import Policy

    def ruled(id: str, otherwise: np.ndarray | float) -> np.ndarray:
        return np.where(np.isnan(paths[id]), otherwise, paths[id])

    arrays = {id: paths[id] for id in PLAIN}
    arrays |= {
        "parts": window.parts,
        "us_words": _licensable(window.us_words, paths["us_approval_share"]),
        "cn_words": window.cn_words,
        "free_parts": window.free_parts,
        "free_share": window.free_share,
        "free_cn_words": window.free_cn_words,
        "held_back": window.held_back,
        "china_only": window.china_only,
        "best": window.best,
        "announced": window.announced,
        "roadmap_end": np.broadcast_to(window.roadmap_end, (QUARTERS, len(window.roadmap_end))),
        "us_capped_product": window.capped_product,
        "us_under_cap": window.under_cap,
        "us_approval_share": ruled("us_approval_share", AS_WORDS_SAY),
        "us_volume_cap_share": ruled("us_volume_cap_share", window.cap_share),
        "us_volume_cap_units": ruled("us_volume_cap_units", UNITS_OPEN),
        "us_export_fee": ruled("us_export_fee", window.fee),
        "cn_import_gate": ruled("cn_import_gate", AS_WORDS_SAY),
        "cn_domestic_share": np.stack(
            [paths[f"cn_{b}_domestic_share"] for b in ("state", "cloud", "other")], 1
        ),
        "reactions": (np.arange(QUARTERS) >= (QUARTERS if reactions is None else reactions)).astype(float),
        "fragmented": np.full(QUARTERS, float(fragmented)),
    }
    fields: dict[str, Any] = {
        k: np.ascontiguousarray(a, dtype=np.float32)[..., None] for k, a in arrays.items()
    }
    return Policy(**fields)


def in_numbers(paths: dict[str, np.ndarray], window: "Window") -> dict[str, np.ndarray]:
    """Return each lever by quarter, with what the rules say where that is a number; else NaN."""
    cap = np.where(window.cap_share < CAP_SHARE_OPEN, window.cap_share, np.nan)
    said = {"us_export_fee": window.fee, "us_volume_cap_share": cap}
    return {id: np.where(np.isnan(path), said.get(id, np.nan), path) for id, path in paths.items()}


def _licensable(words: np.ndarray, approval: np.ndarray) -> np.ndarray:
    """Return the words without days under a presumption of denial where the lever sets the share approved.

    The model gives every licence that share; the lever speaks of licences that can be had.
    """
    out = words.copy()
    out[~np.isnan(approval), ..., DENIAL] = 0.0
    return out
