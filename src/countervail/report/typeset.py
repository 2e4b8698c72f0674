"""Equations of docstrings set as MathML, which browsers draw without help.

A docstring writes an equation as it would be typed: `Y = (1 + A D / c) ** -c,   b = -log2(1 - learning)   a note`. Two
spaces or more set off notes and further equations. A product may be written as words side by side; it binds tighter
than a quotient, as the eye reads it. What does not read as an equation is set as text, word for word.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d{4}Q\d|\d+(?:\.\d+)?%?)"
    r"|(?P<name>[A-Za-z&][A-Za-z0-9&]*(?:[-_][A-Za-z0-9]+)*'?)"
    r"|(?P<mark>\*\*|\+=|\.\.|[-+*/=<>(),:]))"
)
GREEK = {"beta": "β", "theta": "θ", "tau": "τ", "lambda": "λ", "kappa": "κ", "eta": "η", "phi": "φ"}
MARKS = {"-": "−", "*": "·", "..": "…"}
WORDS = ("in", "of", "by")  # endings that are words and no index
RELATIONS = ("=", "+=", "<", ">", ":")


class _NotMath(ValueError):
    """The text is not an equation."""


def mathml(block: str) -> str:
    """Return a block of equations, one a line, as HTML."""
    lines = [line.strip() for line in block.replace("`", "").splitlines() if line.strip()]
    return (
        '<div class="equations" lang="en">'
        + "".join(f"<div>{_line(line)}</div>" for line in lines)
        + "</div>"
    )


def _line(line: str) -> str:
    line = re.sub(r"\s+(\+?=)\s+", r" \1 ", line)
    pieces = [p for p in re.split(r"(?<=[,;])\s{2,}|\s{2,}", line) if p]
    relation = any(_related(p) for p in pieces)
    return " ".join(_piece(p, k, relation) for k, p in enumerate(pieces))


def _piece(piece: str, place: int, relation: bool) -> str:
    bare = piece.rstrip(",;")
    end = f'<span class="note">{piece[len(bare) :]}</span>' if bare != piece else ""
    sign = re.search(r"(?<!\S)(\+?=|\*\*|[*/+-])(?!\S)", bare)
    if sign and (not relation or _related(bare) or place == 0):
        try:
            return f'<math displaystyle="true">{_Reader(bare).all()}</math>{end}'
        except _NotMath:
            pass
    return f'<span class="note">{escape(bare)}</span>{end}'


def _related(piece: str) -> bool:
    """Say whether a piece has an equals sign outside parentheses."""
    flat = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", piece))
    return " = " in flat or " += " in flat


@dataclass
class _Set:
    """Something set: its MathML, and what is inside where it stands in parentheses of its own."""

    code: str
    inside: str | None = None

    @property
    def bare(self) -> str:
        """Return it without parentheses, where a fraction or a raised place stands for them."""
        return self.code if self.inside is None else self.inside


class _Reader:
    """Reads one equation: relations over sums over products over words side by side over powers."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str, bool]] = []  # kind, text, whether a space stands before
        at = 0
        while at < len(text):
            found = TOKEN.match(text, at)
            if not found:
                raise _NotMath(text)
            kind = str(found.lastgroup)
            self.tokens.append((kind, found[kind], text[at].isspace()))
            at = found.end()
        self.at = 0

    def all(self) -> str:
        """Return all of it."""
        out = self.chain((*RELATIONS, ",", ".."), self.sum)
        if self.at < len(self.tokens):
            raise _NotMath
        return _row(out.code)

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1][1]

    def chain(self, marks: tuple[str, ...], part: Callable[[], _Set]) -> _Set:
        """Return parts joined by marks."""
        first = part()
        if self.peek() not in marks:
            return first
        code = first.code
        while self.peek() in marks:
            code += _mark(self.take()) + part().code
        return _Set(code)

    def sum(self) -> _Set:
        lead = _mark(self.take()) if self.peek() in ("-", "+") else ""
        out = self.chain(("+", "-"), self.product)
        return _Set(lead + out.code) if lead else out

    def product(self) -> _Set:
        out = self.beside()
        while self.peek() in ("*", "/"):
            if self.take() == "/":
                out = _Set(f"<mfrac>{_row(out.bare)}{_row(self.beside().bare)}</mfrac>")
            else:
                out = _Set(out.code + _mark("*") + self.beside().code)
        return out

    def beside(self) -> _Set:
        parts = [self.power()]
        while self.at < len(self.tokens) and (self.tokens[self.at][0] != "mark" or self.peek() == "("):
            parts.append(self.power())
        return parts[0] if len(parts) == 1 else _Set('<mspace width="0.25em"/>'.join(p.code for p in parts))

    def power(self) -> _Set:
        base = self.one()
        if self.peek() != "**":
            return base
        self.take()
        lead = _mark(self.take()) if self.peek() == "-" else ""
        return _Set(f"<msup>{_row(base.code)}{_row(lead + self.one().bare)}</msup>")

    def one(self) -> _Set:
        if self.at >= len(self.tokens):
            raise _NotMath
        kind, text, _ = self.tokens[self.at]
        if kind == "number":
            self.take()
            return _Set(f"<mn>{text}</mn>")
        if text == "(":
            inside = self.group()
            return _Set(_row(f"<mo>(</mo>{inside}<mo>)</mo>"), inside)
        if kind == "mark":
            raise _NotMath
        self.take()
        opened = self.peek() == "(" and not self.tokens[self.at][2]
        if text == "sum" or text.startswith("sum_"):
            if opened or text != "sum" or self.peek() == "(":
                below = text[4:]
                sign = "<mo>∑</mo>"
                return _Set(f"<munder>{sign}<mi>{below}</mi></munder>" if below else sign)
        if text == "sqrt" and opened:
            return _Set(f"<msqrt>{self.group()}</msqrt>")
        name = _name(text)
        if opened:
            return _Set(name + _row(f"<mo>(</mo>{self.group()}<mo>)</mo>"))
        if text in ("ln", "log2", "d") and self.peek() not in ("", ")", ","):
            return _Set(f'{name}<mspace width="0.15em"/>{self.one().code}')
        return _Set(name)

    def group(self) -> str:
        """Return what stands in parentheses, without them."""
        self.take()
        out = self.chain((*RELATIONS, ",", ".."), self.sum)
        if self.peek() != ")":
            raise _NotMath
        self.take()
        return out.code


def _name(text: str) -> str:
    """Return a name with its index and prime."""
    prime = text.endswith("'")
    text = text.removesuffix("'")
    base, _, index = text.rpartition("_")
    if not base or not _is_index(base, index):
        base, index = text.replace("_", " "), ""
    numbered = re.fullmatch(r"([A-Za-z]+)(\d)", base)
    if numbered:  # s0, log2, M0_ij
        base, number = ("log", "2") if base == "log2" else numbered.groups()
        index = f"{number}, {index}" if index else number
    code = f"<mi>{escape(GREEK.get(base, base))}</mi>"
    if index and prime:
        return f"<msubsup>{code}<mi>{index}</mi><mo>′</mo></msubsup>"
    if index:
        return f"<msub>{code}<mi>{index}</mi></msub>"
    return f"<msup>{code}<mo>′</mo></msup>" if prime else code


def _is_index(base: str, index: str) -> bool:
    """Say whether the end of a name is an index rather than a word of it."""
    if index in WORDS:
        return False
    return len(base) == 1 or index.isdigit() or index.isupper() or len(index) <= 2 or index == "ref"


def _mark(text: str) -> str:
    return f"<mo>{escape(MARKS.get(text, text))}</mo>"


def _row(code: str) -> str:
    return f"<mrow>{code}</mrow>"
