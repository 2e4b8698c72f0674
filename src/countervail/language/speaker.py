"""One language at hand: its templates, texts, numbers and dates, for code that writes sentences."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from countervail.language import formats
from countervail.language.catalogue import DEFAULT, check_language, text


@dataclass(frozen=True)
class Speaker:
    """Speaks one language. `say(key, name=value)` fills a template of `data/<lang>/report.yaml`."""

    lang: str = DEFAULT

    def __call__(self, key: str, **values: object) -> str:
        """Return a sentence or a phrase from its template."""
        template = self.template(key)
        return template.format(**values) if values else template

    def template(self, key: str) -> str:
        """Return a template as it is written; one that does not exist is a mistake of the program."""
        found = text("report", key, lang=self.lang)
        if found == key:
            raise KeyError(f"no template '{key}' in {self.lang}")
        return found

    def text(self, kind: str, id: str, field: str = "label", default: str | None = None) -> str:
        """Return a text by kind, id and field; `default` is the English, where it is at hand."""
        return text(kind, id, field, self.lang, default)

    def unit(self, name: str) -> str:
        """Return a unit."""
        return text("unit", name, lang=self.lang, default=name)

    def number(self, value: float, digits: int = 3) -> str:
        """Return a number with so many significant digits."""
        return formats.number(value, self.lang, digits)

    def words(self, value: float, digits: int = 3) -> str:
        """Return a number with its large unit written out."""
        return formats.words(value, self.lang, digits)

    def short(self, value: float) -> str:
        """Return a number for an axis."""
        return formats.short(value, self.lang)

    def percent(self, share: float) -> str:
        """Return a share as a whole percent."""
        return formats.percent(share, self.lang)

    def span(self, low: float, high: float, digits: int = 3) -> str:
        """Return a range."""
        return formats.span(low, high, self.lang, digits)

    def range(self, low: float, high: float, digits: int = 3) -> str:
        """Return a range of numbers without large units: 12,300 to 45,600."""
        return f"{self.number(low, digits)}{formats.TO[self.lang]}{self.number(high, digits)}"

    def between(self, low: float, high: float) -> str:
        """Return a range with the large unit at both ends."""
        return f"{self.words(low)}{formats.TO[self.lang]}{self.words(high)}"

    def shares(self, low: float, high: float) -> str:
        """Return a range of shares in percent."""
        return f"{self.percent(low)}{formats.TO[self.lang]}{self.percent(high)}"

    def ranged(self, middle: str, span: str) -> str:
        """Return a median with its range in brackets."""
        return f"{middle}（{span}）" if self.lang == "zh-Hans" else f"{middle} ({span})"

    def money(self, low: float, middle: float, high: float) -> str:
        """Return billions of US dollars in a sentence: USD 213 (190 to 240) bn, 2,130亿（1,900亿至2,400亿）美元."""
        if self.lang == "zh-Hans":
            return self.ranged(self.words(1e9 * middle), self.span(1e9 * low, 1e9 * high)) + "美元"
        return f"USD {self.ranged(self.words(middle), self.span(low, high))} bn"

    def date(self, day: datetime.date) -> str:
        """Return a day in words."""
        return formats.date(day, self.lang)

    def quarter(self, name: str) -> str:
        """Return a quarter or a year in words."""
        return formats.quarter(name, self.lang)

    def list(self, items: Sequence[str], sign: str = "comma") -> str:
        """Return items one after the other; `sign` is comma, semicolon or and."""
        return self.template(f"join.{sign}").join(items)


@cache
def speaker(lang: str = DEFAULT) -> Speaker:
    """Return the speaker of a language, or raise the error that names the known ones."""
    return Speaker(check_language(lang))
