"""A Word document (.docx) in Chinese, drawn piece by piece: the only door to python-docx. Pure.

Every text is put in as it stands: nothing in it is a template, a field or a tag.
"""

import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

WIDTH = 15.5  # centimetres between the margins
MARGIN = 2.75  # of an A4 page 21 cm wide
_SIZES = {"Normal": 12, "Title": 20, "Heading 1": 14}  # points
_BLACK = RGBColor(0, 0, 0)
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """The text without the characters that XML 1.0 forbids (section 2.2), its line ends alike."""
    return _NOT_IN_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


class Paper:
    """A document that grows downwards. `fonts` has `latin`, and `body` and `head` for Chinese."""

    def __init__(self, title: str, fonts: Mapping[str, str], now: datetime) -> None:
        self._document = docx.Document()
        self._set_page()
        self._set_fonts(fonts)
        self._set_properties(title, now)
        heading = self._document.add_heading(clean(title), 0)
        heading.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def heading(self, text: str) -> None:
        """A heading of a section."""
        self._document.add_heading(clean(text), 1)

    def text(self, text: str, *, is_bold: bool = False) -> None:
        """A paragraph for each line of the text."""
        for line in clean(text).split("\n"):
            _run(self._document.add_paragraph(), line, is_bold)

    def pairs(self, rows: Sequence[tuple[str, str]]) -> None:
        """A table of two columns: what, and what it is."""
        table = self._table(len(rows), (4.0, WIDTH - 4.0))
        for (left, right), row in zip(rows, table.rows, strict=True):
            _write(row.cells[0], left, is_bold=True)
            _write(row.cells[1], right)

    def table(
        self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]
    ) -> None:
        """A table whose head stands again on each page; `widths` in centimetres."""
        table = self._table(len(rows) + 1, widths)
        for texts, row in zip((head, *rows), table.rows, strict=True):
            for text, cell in zip(texts, row.cells, strict=True):
                _write(cell, text, is_bold=texts is head)
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))

    def footer(self, text: str) -> None:
        """A line at the foot of every page."""
        self._document.sections[0].footer.paragraphs[0].text = clean(text)

    def content(self) -> bytes:
        """The bytes of the .docx file."""
        written = io.BytesIO()
        self._document.save(written)
        return written.getvalue()

    def _table(self, rows: int, widths: Sequence[float]) -> Table:
        table: Table = self._document.add_table(rows, len(widths), style="Table Grid")
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            for cell in column.cells:  # Word goes by the cells, WPS by the columns
                cell.width = Cm(width)
            column.width = Cm(width)
        return table

    def _set_page(self) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        section.left_margin = section.right_margin = Cm(MARGIN)

    def _set_fonts(self, fonts: Mapping[str, str]) -> None:
        """Chinese letters have a font of their own in Word, which python-docx does not set."""
        styles = self._document.styles
        defaults = styles.element.find(qn("w:docDefaults"))
        _set_fonts(defaults.find(f".//{qn('w:rFonts')}"), fonts["latin"], fonts["body"])
        defaults.find(f".//{qn('w:lang')}").set(qn("w:eastAsia"), "zh-CN")
        for name, size in _SIZES.items():
            style = styles[name]
            chinese = fonts["body" if name == "Normal" else "head"]
            _set_fonts(style.element.get_or_add_rPr().get_or_add_rFonts(), fonts["latin"], chinese)
            style.font.size, style.font.color.rgb = Pt(size), _BLACK

    def _set_properties(self, title: str, now: datetime) -> None:
        properties = self._document.core_properties
        properties.title, properties.language = clean(title), "zh-CN"
        properties.author = properties.comments = ""  # else it says what made it
        properties.created = properties.modified = now.replace(tzinfo=None)


def _write(cell: _Cell, text: str, *, is_bold: bool = False) -> None:
    _run(cell.paragraphs[0], clean(text), is_bold)


def _run(paragraph: Paragraph, text: str, is_bold: bool) -> None:
    run = paragraph.add_run(text)
    run.bold = is_bold
    # Signs that both scripts have, such as □ and “, stand in the Chinese font.
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")


def _set_fonts(fonts: Any, latin: str, chinese: str) -> None:
    """Name the fonts in a w:rFonts; the fonts of a theme, which would go first, are taken out."""
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    for name, font in (("ascii", latin), ("hAnsi", latin), ("eastAsia", chinese)):
        fonts.set(qn(f"w:{name}"), font)
