"""Calibration end to end: the same code on few particles, and the posterior that is shipped."""

import json

import numpy as np
import pytest

from countervail.calibration import backtest
from countervail.calibration.fit import CUTOFFS, calibrate, digest_of_priors, fingerprint, save
from countervail.calibration.problem import problem
from countervail.ensemble import posterior, run
from countervail.errors import UserError


@pytest.fixture(scope="module")
def fit():
    return calibrate("2023Q4", quick=True, resume=False)


@pytest.fixture(scope="module")
def file(fit, tmp_path_factory):
    return save(fit, rows=60, folder=tmp_path_factory.mktemp("posterior"))


def test_quick_calibration_agrees_better_with_history_than_the_prior(fit):
    prior = fit.problem.loglik(np.random.default_rng(0).standard_normal((fit.problem.size, 128)))
    assert np.median(fit.loglik) > np.quantile(prior, 0.9)


def test_the_file_is_small_and_says_how_it_was_made(file):
    held = posterior.read(file)
    about = json.loads(file.with_suffix(".json").read_text())
    assert held.rows == 60
    assert file.stat().st_size < 400_000
    assert about["checksum"] == held.head["checksum"]
    assert {"command", "made", "log_evidence", "fingerprint", "priors", "taught", "stages"} <= set(about)


def test_a_damaged_file_is_refused(file, tmp_path):
    with np.load(file) as parts:
        content = {k: parts[k] for k in parts.files}
    content["rho"] = content["rho"] * np.float32(1.01)
    broken = tmp_path / "broken.npz"
    np.savez(broken, **content)
    with pytest.raises(UserError, match="damaged"):
        posterior.read(broken)
    (tmp_path / "text.npz").write_text("no archive")
    with pytest.raises(UserError, match="no posterior file"):
        posterior.read(tmp_path / "text.npz")


def test_draw_i_takes_the_same_row_in_a_longer_run(file):
    held = posterior.read(file)
    short, long = held.pick(7, 0, 20), held.pick(7, 0, 150)
    np.testing.assert_array_equal(short, long[:20])
    np.testing.assert_array_equal(long[100:], held.pick(7, 100, 50))
    assert held.pick(0, 0, 3).tolist() == [0, 1, 2]


@pytest.fixture
def in_use(file, monkeypatch):
    monkeypatch.setattr(posterior, "shipped", lambda cutoff="final": posterior.read(file))
    return posterior.read(file)


def test_a_run_uses_the_posterior_and_a_setting_wins(in_use):
    name = in_use.names[0]
    plain = run("status-quo", draws=8, until="2026Q4")
    i = plain.parameter_names.index(name)
    np.testing.assert_allclose(plain.parameters[i], in_use.values[0, :8], rtol=1e-6)
    assert plain.provenance["beliefs"][name] == "posterior"
    value = float(np.median(in_use.values[0]))
    mine = run("status-quo", draws=8, until="2026Q4", set={name: value})
    assert np.allclose(mine.parameters[i], value) and mine.provenance["beliefs"][name] == "set"


def test_a_run_as_of_an_earlier_date_uses_priors_alone(in_use):
    then = run("status-quo", draws=8, until="2026Q4", as_of="2023-06-30")
    assert "posterior" not in then.provenance["beliefs"].values()


def test_points_of_the_fit_are_marked_and_left_out(file):
    held = posterior.read(file)
    result = backtest(draws=64, posterior=held)
    used = [p for p in result.points if p["fitted"]]
    assert len(used) == len({tuple(x) for x in held.head["points"]})
    assert not any(p["scored"] for p in used)


SHIPPED = [c for c in ("final", *CUTOFFS) if posterior.path_of(c).exists()]


@pytest.mark.parametrize("cutoff", SHIPPED)
def test_the_shipped_posterior_belongs_to_this_model_and_these_targets(cutoff):
    """When this fails, run `countervail calibrate` again: model, targets or priors have changed since."""
    head = posterior.read(posterior.path_of(cutoff)).head
    task = problem(None if cutoff == "final" else cutoff)
    assert head["fingerprint"] == fingerprint()
    assert head["priors"] == digest_of_priors(task.beliefs)
    assert {tuple(k) for k in head["points"]} == {p.key for p in task.points}


def test_comments_do_not_change_the_fingerprint(tmp_path):
    from countervail.calibration.fit import _code

    a, b = tmp_path / "a.py", tmp_path / "b.py"
    a.write_text('"""One."""\nx = 1  # because\n')
    b.write_text('"""Two words."""\n\nx = 1\n')
    assert _code(a) == _code(b)
    b.write_text("x = 2\n")
    assert _code(a) != _code(b)
