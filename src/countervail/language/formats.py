"""Numbers, dates and quarters as each language writes them; three significant digits, no false precision.

English counts large numbers in millions and billions, Chinese in 万 (ten thousand) and 亿 (hundred million).
"""

import datetime
import math

WORDS = {
    "en": ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")),
    "zh-Hans": ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")),
}
LETTERS = {
    "en": ((1e12, "T"), (1e9, "bn"), (1e6, "M"), (1e3, "k")),
    "zh-Hans": ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")),
}
NONE = {"en": "n/a", "zh-Hans": "无数据"}
FEW, MOST = {"en": "under 1%", "zh-Hans": "不足1%"}, {"en": "over 99%", "zh-Hans": "超过99%"}
TO = {"en": " to ", "zh-Hans": "至"}
QUARTERS = "一二三四"


def number(value: float, lang: str = "en", digits: int = 3) -> str:
    """Return a number with `digits` significant digits and thousand separators: 12300 becomes 12,300."""
    if not math.isfinite(value):
        return NONE[lang]
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    rounded = round(value, digits - 1 - size)
    size = math.floor(math.log10(abs(rounded)))
    places = max(digits - 1 - size, 0)
    if abs(rounded) < 1e-4:
        return f"{rounded:.{digits - 1}e}"
    text = f"{rounded:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text and abs(rounded) < 0.1 else text


def words(value: float, lang: str = "en", digits: int = 3) -> str:
    """Return a number with its large unit written out: 2.68 million, 268万."""
    for size, word in WORDS[lang]:
        if abs(value) >= 0.9995 * size:
            return number(value / size, lang, digits) + word
    return number(value, lang, digits)


def short(value: float, lang: str = "en") -> str:
    """Return a number for an axis: 2.5M, 300k, 0.05; 250万, 30万."""
    for size, letter in LETTERS[lang]:
        if abs(value) >= 0.9999 * size:
            return f"{value / size:.6g}{letter}"
    return f"{value:.6g}"


def percent(share: float, lang: str = "en") -> str:
    """Return a share as a whole percent; a share that is not quite none or all is not rounded to it."""
    if 0 < share < 0.005:
        return FEW[lang]
    if 0.995 <= share < 1:
        return MOST[lang]
    return f"{100 * share:.0f}%"


def span(low: float, high: float, lang: str = "en", digits: int = 3) -> str:
    """Return a range: 1.75 to 3.88 million (English says a shared word once), 175万至388万."""
    if lang == "en":
        for size, word in WORDS[lang]:
            if min(abs(low), abs(high)) >= 0.9995 * size:
                top = next(w for s, w in WORDS[lang] if abs(high) >= 0.9995 * s)
                if top == word:
                    return f"{number(low / size, lang, digits)} to {number(high / size, lang, digits)}{word}"
                break
    return f"{words(low, lang, digits)}{TO[lang]}{words(high, lang, digits)}"


def signed(value: float, lang: str = "en", digits: int = 3) -> str:
    """Return a number with its sign."""
    return ("+" if value > 0 else "") + number(value, lang, digits)


def date(day: datetime.date, lang: str = "en") -> str:
    """Return a day in words: 9 November 2026, 2026年11月9日."""
    if lang == "en":
        return f"{day.day} {day:%B} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def quarter(name: str, lang: str = "en") -> str:
    """Return a quarter or a year in words: 2026Q4 stays, or becomes 2026年第四季度."""
    year, found, q = name.partition("Q")
    if lang == "en":
        return name
    return f"{year}年第{QUARTERS[int(q) - 1]}季度" if found else f"{year}年"
