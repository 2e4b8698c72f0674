"""Every English text of an answer to why has a Chinese one."""

import pytest

from countervail.language import phrase
from countervail.strategy import pathways
from countervail.strategy.answer import method
from countervail.strategy.changes import SWITCHES
from countervail.strategy.why import NOTE

TABLE = pathways.table()
TEXTS = [
    *(k[field] for k in TABLE["knockouts"] for field in ("title", "without")),
    *(p["label"] for row in TABLE["pathways"] for p in row["parts"]),
    *(row["rest"] for row in TABLE["pathways"] if "rest" in row),
    *(method(n, every, 4) for n, every in ((1, True), (3, True), (9, False))),
    *(word for label, words in SWITCHES.values() for word in (label, *words.values())),
    *("as before", "as written", "rules", "drawn", "prior", "in force from 2027Q1", "ended from 2027Q1"),
    *("US export rules", "US inputs", "Chinese demand side", "Chinese industry", "Parameters"),
    NOTE,
]


@pytest.mark.parametrize("text", dict.fromkeys(TEXTS))
def test_it_is_there_in_chinese(text):
    assert phrase(text, "zh-Hans") != text
