"""Run tests and keep a record of them. Unknown values give None, which `both` and `either` pass on."""

import operator
from typing import Any

from countervail.rules.groups import Place
from countervail.rules.outcome import Test
from countervail.rules.regime import Parameter

_OPS = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}


def both(*results: bool | None) -> bool | None:
    """Return False if any is False, else None if any is unknown, else True."""
    if False in results:
        return False
    return None if None in results else True


def either(*results: bool | None) -> bool | None:
    """Return True if any is True, else None if any is unknown, else False."""
    if True in results:
        return True
    return None if None in results else False


def holds(op: str, value: Any, threshold: Any) -> bool | None:
    """Return whether `value op threshold`; None where the value is unknown."""
    if value is None:
        return None
    if op in _OPS:
        return _OPS[op](value, threshold)
    if op == "any of":
        return not threshold.isdisjoint(value)
    return value == threshold  # "is"


class Trace:
    """The record of tests. With `on=False` tests are run and not recorded."""

    __slots__ = ("on", "sources", "tests")

    def __init__(self, on: bool = True, sources: dict[str, str] | None = None) -> None:
        self.on = on
        self.sources = sources or {}
        self.tests: list[Test] = []

    def test(self, p: Parameter, value: Any) -> bool | None:
        """Compare a value with a parameter of a measure."""
        passed = None if value is None else _OPS[p.op](value, p.value)
        if self.on:
            self.tests.append(
                Test(p.label, value, p.op, p.value, passed, p.measure, p.cite, p.source, p.quantity)
            )
        return passed

    def place(self, label: str, place: Place, groups: frozenset[str], measure: str, clause: str) -> bool:
        """Ask whether a country belongs to any of some groups."""
        passed = not groups.isdisjoint(place.groups)
        if self.on:
            source = self.sources.get(measure, "")
            self.tests.append(
                Test(label, place.groups, "any of", groups, passed, measure, clause, source, "country")
            )
        return passed

    def words(self, label: str, value: frozenset[str], p: Parameter) -> bool:
        """Ask whether a product answers to any of the words of a measure."""
        passed = not p.value.isdisjoint(value)
        if self.on:
            self.tests.append(
                Test(label, value, "any of", p.value, passed, p.measure, p.cite, p.source, "keys")
            )
        return passed

    def fact(
        self, label: str, value: Any, want: Any, measure: str, clause: str, quantity: str = ""
    ) -> bool | None:
        """Ask whether a stated fact is as wanted."""
        passed = None if value is None else value == want
        if self.on:
            source = self.sources.get(measure, "")
            self.tests.append(Test(label, value, "is", want, passed, measure, clause, source, quantity))
        return passed
