"""Writes the presets: `python -m countervail.web.presets`.

A preset is the answer of /series for the default charts of one shipped scenario, so that the first chart of the page
needs no run. `tour.json` holds the figures of the guided tour, `backtest.json` the scores of the hindcasts.
`index.json` is the answer of /meta, with the names of the presets. They are kept in the repository; a test compares
what they were made from with the model of the day.
"""

import argparse
import gzip
from pathlib import Path
from typing import Any

from countervail.files import write_text
from countervail.names import DIMENSIONS
from countervail.web import tour
from countervail.web.meta import default_outcomes, meta
from countervail.web.series import encode, series_document
from countervail.web.settings import Limits, Settings
from countervail.web.stamp import stamp
from countervail.web.views import scores

DRAWS, SEED, UNTIL = 1000, 0, "2032Q4"
MOST_BYTES = 40 * 1024  # of one preset, compressed


def preset(scenario: str) -> dict[str, Any]:
    """Return the preset of one scenario."""
    from countervail.ensemble import run

    result = run(scenario, draws=DRAWS, seed=SEED, until=UNTIL)
    equal: dict[str, float] = dict.fromkeys(DIMENSIONS, 1.0)
    return {**series_document(result, default_outcomes(), equal), "elapsed_ms": 0}


def index(names: list[str]) -> dict[str, Any]:
    """Return what the page needs at its start."""
    made = {"draws": DRAWS, "seed": SEED, "until": UNTIL, "scenarios": names, **stamp()}
    return {**meta(Limits()), "presets": made}


def main(folder: Path | None = None) -> None:
    """Write every preset and the index."""
    from countervail.scenario import list_scenarios

    folder = folder or Settings().presets
    names = [row.id for row in list_scenarios()]
    for old in folder.glob("*.json"):
        if old.stem not in (*names, "index", "tour", "backtest"):
            old.unlink()
    for name in names:
        text = encode(preset(name)).decode()
        size = len(gzip.compress(text.encode(), 9))
        if size > MOST_BYTES:
            raise SystemExit(f"{name}: {size} bytes compressed are more than {MOST_BYTES}")
        write_text(folder / f"{name}.json", text + "\n")
        print(f"{name}: {len(text) / 1024:.0f} kB, {size / 1024:.0f} kB compressed")
    write_text(folder / "index.json", encode(index(names)).decode() + "\n")
    tour.main(folder)
    scores.main(folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folder", nargs="?", type=Path, default=None, help="another folder than the shipped one"
    )
    main(parser.parse_args().folder)
