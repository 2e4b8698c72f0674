"""The page of diagnostics: its parts from results, and the page that is committed."""

import json
from pathlib import Path

from countervail.calibration import diagnostics
from countervail.calibration.pictures import sbc_picture, taught_picture
from countervail.ensemble.posterior import path_of

DOCS = Path(__file__).parent.parent.parent / "docs"
INVENTED = {
    "sets": 64,
    "ranks_of": 32,
    "ranks": {"demand.cn_step": [k % 32 for k in range(64)], "procurement.nest": [0] * 64},
    "p_values": {"demand.cn_step": 1.0, "procurement.nest": 0.0},
    "settings": {"particles": 16},
    "command": "a command",
    "made": "2026-11-24",
    "machine": "a machine",
    "minutes": 3,
}


def test_ranks_of_the_truth_become_a_table_and_a_picture(tmp_path):
    (tmp_path / "_static").mkdir()
    assert "has not been run" in diagnostics._sbc(tmp_path)
    (tmp_path / "_static" / "sbc.json").write_text(json.dumps(INVENTED))
    text = diagnostics._sbc(tmp_path)
    assert "| `demand.cn_step` | 0.50 | 0.88 | 1.00 |" in text
    assert "| `procurement.nest` | 0.02 | 0.00 | 0.00 |" in text
    assert (tmp_path / "_static" / diagnostics.SBC_PICTURE).exists()


def test_a_sampler_that_is_off_leaves_the_band():
    text = sbc_picture(INVENTED)
    right, wrong = (part.split('points="')[1].split('"')[0] for part in text.split("<polyline ")[1:])
    heights = [[float(p.split(",")[1]) for p in line.split()] for line in (right, wrong)]
    assert max(heights[0]) - min(heights[0]) < 2 < max(heights[1]) - min(heights[1])


def test_the_picture_of_what_was_taught_has_a_row_for_each_parameter():
    about = json.loads(path_of().with_suffix(".json").read_text())
    assert taught_picture(about).count("<circle") == min(len(about["shipped"]), 40)


def test_the_committed_page_is_about_the_shipped_posterior():
    about = json.loads(path_of().with_suffix(".json").read_text())
    page = (DOCS / "calibration.md").read_text()
    assert f"The final fit uses {about['observations']} observations" in page
    assert ", ".join(f"{x:.2f}" for x in about["log_evidence"]) in page
