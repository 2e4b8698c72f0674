"""What an outcome word is worth: the share let through and the delay, as priors with their thin evidence."""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

from countervail.files import read_yaml
from countervail.rules.outcome import OUTCOMES

Quantiles = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Word:
    """An outcome word: share let through and quarters of delay, each (p5, p50, p95)."""

    word: str
    meaning: str
    approval_share: Quantiles
    delay_quarters: Quantiles
    basis: str
    parameter: str | None  # a prior of the trade mechanism that holds the share
    sources: tuple[str, ...]
    note: str


@lru_cache(maxsize=1)
def outcome_words() -> dict[str, Word]:
    """Return every outcome word with its priors."""
    path = Path(str(resources.files("countervail.rules"))) / "data" / "outcome_words.yaml"
    rows = read_yaml(path)["words"]

    def quantiles(row: dict[str, float]) -> Quantiles:
        return float(row["p5"]), float(row["p50"]), float(row["p95"])

    return {
        word: Word(
            word,
            OUTCOMES[word],
            quantiles(row["approval_share"]),
            quantiles(row["delay_quarters"]),
            row["basis"],
            row.get("parameter"),
            tuple(row.get("sources", ())),
            row.get("note", ""),
        )
        for word, row in rows.items()
    }
