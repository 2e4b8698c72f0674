"""The ledger: forecasts before the fact, never changed after it."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from countervail.calibration import ledger
from countervail.errors import UserError
from countervail.evidence import load

FOLDER = Path(__file__).parent.parent.parent / "ledger"


@pytest.fixture(scope="module")
def entry():
    return ledger.forecast(draws=128, made=date(2026, 11, 24))


def test_the_next_four_quarters_follow_what_is_known(entry):
    of = [r["period"] for r in entry["rows"] if r["series_id"] == "nvidia_revenue_datacenter"]
    last = max(o.period for o in load().history if o.series_id == "nvidia_revenue_datacenter")
    assert len(of) == 4 and min(of) > last
    for row in entry["rows"]:
        assert list(row["quantiles"].values()) == sorted(row["quantiles"].values())
        assert row["observed"] is None


def test_an_entry_is_filled_in_and_never_replaced(entry, tmp_path):
    path = ledger.write(entry, tmp_path)
    with pytest.raises(UserError, match="there already"):
        ledger.write(entry, tmp_path)
    other = ledger.write({**entry, "posterior": "another"}, tmp_path)
    assert (path.name, other.name) == ("2026-11-24.json", "2026-11-24-2.json")
    row = next(r for r in entry["rows"] if r["series_id"] == "cambricon_revenue")
    old = next(o for o in load().history if o.series_id == "cambricon_revenue")
    seen = old.model_copy(update={"period": row["period"], "value": row["quantiles"]["0.5"]})
    filled = ledger.score(path, [seen])
    done = [r for r in filled["rows"] if r["observed"] is not None]
    assert len(done) == 1 and 0 < done[0]["crps"] < 1
    assert ledger.digest(filled) == entry["hash"]


def test_a_changed_forecast_is_found_out(entry, tmp_path):
    path = ledger.write(entry, tmp_path)
    changed = json.loads(path.read_text())
    changed["rows"][0]["quantiles"]["0.5"] *= 1.1
    path.write_text(json.dumps(changed))
    with pytest.raises(UserError, match="was changed"):
        ledger.score(path, [])
    path.write_text("[]")
    with pytest.raises(UserError, match="no entry"):
        ledger.score(path, [])


def test_the_committed_entries_are_whole():
    for path in sorted(FOLDER.glob("*.json")) if FOLDER.exists() else []:
        held = json.loads(path.read_text())
        assert held["hash"] == ledger.digest(held)
        assert np.isfinite([r["quantiles"]["0.5"] for r in held["rows"]]).all()
