"""Two languages: texts by id, sentences from templates, numbers and dates as each language writes them.

English stands where it always stood (levers.yaml, priors, measures, ...); Chinese (Simplified) stands in
`data/zh-Hans/`, by the same ids. What had no home of its own (report, words) stands in `data/en/` as well.

    text("lever", "us_export_fee", "label", "zh-Hans")
    localised("scenario", {"id": "status-quo", "title": ..., "summary": ...}, "zh-Hans")
    speaker("zh-Hans").words(2.61e6)  # 261万
"""

from countervail.language.catalogue import (
    DEFAULT,
    LANGUAGES,
    catalogue,
    check_language,
    glossary,
    localised,
    text,
)
from countervail.language.formats import date, number, percent, quarter, short, signed, span, words
from countervail.language.phrases import phrase, phrased
from countervail.language.speaker import Speaker, speaker

__all__ = [
    "DEFAULT",
    "LANGUAGES",
    "Speaker",
    "catalogue",
    "check_language",
    "date",
    "glossary",
    "localised",
    "number",
    "percent",
    "phrase",
    "phrased",
    "quarter",
    "short",
    "signed",
    "span",
    "speaker",
    "text",
    "words",
]
