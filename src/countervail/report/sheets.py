"""A small writer of spreadsheets (Office Open XML): text, numbers, bold headings, widths, frozen panes.

A general library needs seconds for the hundred thousand cells of a comparison; this needs a tenth of one.
"""

import math
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

Row = list[Any]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
LONGEST = 32_000  # characters in a cell; the format allows 32,767
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Sheet:
    """One sheet. A row whose first cell starts with `#` is a heading in bold."""

    title: str
    rows: Iterable[Row]
    widths: tuple[int, ...] = ()
    frozen_columns: int = 0  # columns that stay in view, with the first row; 0 for none


def save(sheets: list[Sheet], path: Path) -> None:
    """Write a workbook."""
    numbers = range(1, len(sheets) + 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as book:
        book.writestr("[Content_Types].xml", _types(numbers))
        book.writestr("_rels/.rels", HEAD + _relations([("officeDocument", "xl/workbook.xml")]))
        names = "".join(
            f'<sheet name="{escape(s.title)}" sheetId="{i}" r:id="rId{i}"/>'
            for i, s in zip(numbers, sheets, strict=True)
        )
        workbook = f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>{names}</sheets></workbook>'
        book.writestr("xl/workbook.xml", HEAD + workbook)
        parts = [*(("worksheet", f"worksheets/sheet{i}.xml") for i in numbers), ("styles", "styles.xml")]
        book.writestr("xl/_rels/workbook.xml.rels", HEAD + _relations(parts))
        book.writestr("xl/styles.xml", HEAD + _STYLES)
        for i, sheet in zip(numbers, sheets, strict=True):
            book.writestr(f"xl/worksheets/sheet{i}.xml", HEAD + _sheet(sheet))


def _sheet(sheet: Sheet) -> str:
    view = ""
    if sheet.frozen_columns:
        corner = f"{_letters(sheet.frozen_columns)}2"
        pane = f'<pane xSplit="{sheet.frozen_columns}" ySplit="1" topLeftCell="{corner}" state="frozen"/>'
        view = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    widths = "".join(
        f'<col min="{i}" max="{i}" width="{w}" customWidth="1"/>' for i, w in enumerate(sheet.widths, 1)
    )
    columns = f"<cols>{widths}</cols>" if widths else ""
    rows = "".join(_row(r) for r in sheet.rows)
    return f'<worksheet xmlns="{MAIN}">{view}{columns}<sheetData>{rows}</sheetData></worksheet>'


def _row(row: Row) -> str:
    if row and isinstance(row[0], str) and row[0].startswith("#"):
        return "<row>" + "".join(_cell(v, ' s="1"') for v in [row[0][1:], *row[1:]]) + "</row>"
    return "<row>" + "".join(map(_cell, row)) + "</row>"


def _cell(value: Any, style: str = "") -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, bool):
        return f'<c{style} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f"<c{style}><v>{value:.6g}</v></c>" if math.isfinite(value) else "<c/>"
    if isinstance(value, (list, tuple)):
        value = ", ".join(map(str, value))
    text = escape(_CONTROL.sub(" ", str(value))[:LONGEST])
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _letters(index: int) -> str:
    """Return the letters of a column, 0 for A."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def _types(numbers: Iterable[int]) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{kind}.worksheet+xml"/>'
        for i in numbers
    )
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{sheets}</Types>'
    )


def _relations(parts: list[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{i}" Type="{REL}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(parts, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{rows}</Relationships>'


_STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    "<borders count='1'><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
