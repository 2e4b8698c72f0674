"""Equations of docstrings as MathML."""

import xml.etree.ElementTree as ET

import pytest

from countervail.report.typeset import mathml


def inner(line: str) -> str:
    """Return the MathML of a line, without the space between tags that means nothing."""
    return mathml(line).split('<math displaystyle="true">')[1].split("</math>")[0]


@pytest.mark.parametrize(
    ("written", "set_as"),
    [
        ("a = b / c", "<mi>a</mi><mo>=</mo><mfrac><mrow><mi>b</mi></mrow><mrow><mi>c</mi></mrow></mfrac>"),
        ("y = x ** 2", "<mi>y</mi><mo>=</mo><msup><mrow><mi>x</mi></mrow><mrow><mn>2</mn></mrow></msup>"),
        (
            "Q' = Q_start",
            "<msup><mi>Q</mi><mo>\u2032</mo></msup><mo>=</mo><msub><mi>Q</mi><mi>start</mi></msub>",
        ),
        ("b = -log2(x)", "<mi>b</mi><mo>=</mo><mo>\u2212</mo><msub><mi>log</mi><mi>2</mi></msub>"),
        ("p = take_off + tau", "<mi>p</mi><mo>=</mo><mi>take off</mi><mo>+</mo><mi>\u03c4</mi>"),
    ],
)
def test_worked_by_hand(written, set_as):
    assert set_as in inner(written)


def test_words_side_by_side_bind_tighter_than_a_quotient_and_brackets_give_way_to_it():
    assert inner("y = A D / (c + 1)").count("<mo>(</mo>") == 0
    top = inner("y = A D / (c + 1)").split("<mfrac>")[1]
    assert top.startswith("<mrow><mi>A</mi>") and "<mi>D</mi></mrow>" in top


def test_notes_and_what_is_no_equation_stay_text():
    line = mathml("leave = 1 - exp(-2 / L)                a quarter; mean life L years")
    assert line.count("<math") == 1 and '<span class="note">a quarter; mean life L years</span>' in line
    assert "<math" not in mathml("a path that rises & falls <fast>")
    assert "rises &amp; falls &lt;fast&gt;" in mathml("a path that rises & falls <fast>")
    assert mathml("x = 1,   y = 2").count("<math") == 2


def test_every_equation_of_the_model_is_set_and_is_well_formed():
    from countervail.report import reasons

    for name in reasons.all_mechanisms():
        told = reasons.mechanism(name).equations
        assert told, name
        found = mathml(told)
        ET.fromstring(found)
        for line in told.splitlines():
            assert "<math" in mathml(line), (name, line)
