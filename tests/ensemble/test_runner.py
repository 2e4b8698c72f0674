"""Runs: options, errors, pairing, provenance."""

import numpy as np
import pytest
from tests.model import worlds

from countervail import ensemble
from countervail.ensemble import runner
from countervail.errors import UserError


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"draws": 0}, "draws"),
        ({"draws": -5}, "draws"),
        ({"draws": 2_000_000}, "draws"),
        ({"draws": 2.5}, "draws"),
        ({"draws": True}, "draws"),
        ({"seed": -1}, "seed"),
        ({"seed": "x"}, "seed"),
        ({"until": "2022Q1"}, "until"),
        ({"until": "2041Q1"}, "2041Q1"),
        ({"until": "soon"}, "soon"),
        ({"set": {"us_export_fe": 0.1}}, "us_export_fe"),
        ({"set": {"us_export_fee": 7}}, "us_export_fee"),
        ({"set": {"us_export_fee": float("nan")}}, "us_export_fee"),
        ({"set": {"fabrication.speed": 1}}, "fabrication.speed"),
        ({"as_of": "yesterday"}, "yesterday"),
    ],
)
def test_bad_options_are_one_sentence(options: dict, says: str):
    with pytest.raises(UserError) as error:
        ensemble.run("status-quo", **{"draws": 8, **options})
    assert says in str(error.value)


def test_an_unknown_scenario_names_the_nearest():
    with pytest.raises(UserError) as error:
        ensemble.run("status-qo", draws=8)
    assert "status-quo" in f"{error.value} {error.value.hint}"


def test_comparing_needs_scenarios_and_each_once():
    with pytest.raises(UserError, match="no scenario"):
        ensemble.compare([])
    with pytest.raises(UserError, match="twice"):
        ensemble.compare(["status-quo", "status-quo"], draws=8)


def test_scenarios_are_compared_on_the_same_draws():
    a, b = ensemble.compare(["status-quo", "no-controls"], draws=16)
    assert np.array_equal(a.parameters, b.parameters)
    assert a.scenario.id == "status-quo" and b.scenario.id == "no-controls"
    assert np.array_equal(a.rows, worlds.run("status-quo").rows[:, :, :16])


def test_another_seed_gives_other_draws_and_the_same_seed_the_same():
    a, b, c = (ensemble.run("status-quo", draws=8, seed=s) for s in (1, 1, 2))
    assert np.array_equal(a.rows, b.rows)
    assert not np.array_equal(a.parameters, c.parameters)


def test_a_parameter_set_by_hand_is_fixed_and_moves_no_other():
    base, fixed = worlds.run("status-quo"), worlds.run("status-quo", "fabrication.learning_rate=0.3")
    row = base.parameter_names.index("fabrication.learning_rate")
    assert fixed.parameters[row] == pytest.approx(0.3)
    others = np.delete(np.arange(len(base.parameter_names)), row)
    assert np.array_equal(base.parameters[others], fixed.parameters[others])
    assert fixed.provenance["beliefs"]["fabrication.learning_rate"] == "set"


def test_a_run_says_how_it_was_made():
    result = worlds.run("status-quo")
    assert result.seed == 0 and result.until == "2032Q4" and result.draws == worlds.DRAWS
    assert result.quarters[0] == "2022Q1" and result.quarters[-1] == "2032Q4"
    assert set(result.provenance) >= {"beliefs", "parameters", "inputs"}
    assert set(result.provenance["beliefs"]) == set(result.parameter_names)


def test_uncertain_policies_deal_the_draws_by_their_probabilities():
    members = runner._members([0.6, 0.3, 0.1], 0, 0, 5000)
    assert [len(m) / 5000 for m in members] == pytest.approx([0.6, 0.3, 0.1], abs=0.03)
    assert np.array_equal(np.sort(np.concatenate(members)), np.arange(5000))


def test_progress_is_told_once_per_block_and_ends_at_all():
    told: list[tuple[int, int]] = []
    ensemble.run("article", draws=3, progress=lambda done, total: told.append((done, total)))
    assert told and told[-1][0] == told[-1][1]


def test_what_was_not_yet_known_widens_a_prior():
    from datetime import date

    from countervail.ensemble.beliefs import beliefs, widen
    from countervail.evidence import load
    from countervail.model.parameters import names

    now, _ = beliefs(load(), names())
    then, origin = beliefs(load(), names(), as_of=date(2022, 10, 7))
    widened = [n for n in names() if origin[n] == "widened"]
    assert widened
    for name in widened:
        assert then[name] == widen(now[name])
    prior = {"dist": "lognormal", "p5": 1.0, "p50": 2.0, "p95": 8.0}
    # Twice the log range on each side: 2 / 4 = 0.5 and 2 * 16 = 32; the middle stays.
    assert widen(prior) == pytest.approx({"dist": "lognormal", "p5": 0.5, "p50": 2.0, "p95": 32.0})
    assert widen({"dist": "fixed", "value": 3.0}) == {"dist": "fixed", "value": 3.0}


def test_a_longer_horizon_cut_is_the_shorter_run_bit_for_bit():
    short = ensemble.run("article", draws=150, until="2023Q4")
    cut = ensemble.run("article", draws=150, until="2023Q4", horizon="2025Q2")
    assert cut.quarters == short.quarters
    for spec in short.variables.values():
        for region in spec.all_regions:
            np.testing.assert_array_equal(
                cut.values(spec.variable, region), short.values(spec.variable, region)
            )


def test_a_run_in_pieces_is_the_run_bit_for_bit_and_reports_from_the_first_piece_on(monkeypatch):
    monkeypatch.setattr(runner, "PIECE", 2 * runner.engine.BLOCK)
    seen = []
    whole = ensemble.run("article", draws=700, until="2023Q4")
    pieces = ensemble.run(
        "article",
        draws=700,
        until="2023Q4",
        in_pieces=True,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert pieces.summary() == whole.summary()
    np.testing.assert_array_equal(pieces.parameters, whole.parameters)
    assert len(seen) >= 6
    assert [d for d, _ in seen] == sorted(d for d, _ in seen)
    assert {t for _, t in seen} == {700}
