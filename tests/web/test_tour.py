"""The guided tour: its figures are there, of today's model, and its addresses show the runs they speak of."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from countervail.language import LANGUAGES
from countervail.web import tour
from countervail.web.settings import Settings
from countervail.web.stamp import stamp

SOURCE = Path(__file__).parents[2] / "web" / "src" / "tour"
SHIPPED = Settings().presets / "tour.json"


def steps() -> list[dict[str, str]]:
    return json.loads((SOURCE / "steps.json").read_text(encoding="utf-8"))


def texts(lang: str) -> dict[str, dict[str, str]]:
    return json.loads((SOURCE / f"tour.{lang}.json").read_text(encoding="utf-8"))["steps"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_figure_that_the_texts_name_is_made(lang: str):
    made = json.loads(SHIPPED.read_text(encoding="utf-8"))["figures"][lang]
    named = {n for step in texts(lang).values() for n in re.findall(r"\{(\w+)\}", step["text"])}
    assert named <= made.keys()
    assert all(made[n] for n in named)


def test_the_figures_are_of_this_model():
    made = json.loads(SHIPPED.read_text(encoding="utf-8"))["made"]
    assert {k: made[k] for k in stamp()} == stamp(), "run: python -m countervail.web.tour"


def test_the_addresses_of_the_steps_are_the_runs_behind_the_figures():
    shown = {s["id"]: parse_qs(s["query"]) for s in steps()}
    for step, name in (
        ("today", "base"),
        ("window", "open"),
        ("gate", "shut"),
        ("us", "us"),
        ("china", "cn"),
    ):
        scenario, sets = tour.RUNS[name]
        assert shown[step]["scenario"] == [scenario], step
        assert shown[step].get("set", []) == list(sets), step


def test_verdicts_come_from_the_claims():
    from countervail.claims import check_file

    made = json.loads(SHIPPED.read_text(encoding="utf-8"))["figures"]["en"]
    verdicts = [c["verdict"] for c in check_file(tour.CLAIMS).to_json()["claims"]]
    for word in ("supported", "contradicted", "unsupported", "undecidable"):
        assert made[f"claims_{word}"] == str(verdicts.count(word))
