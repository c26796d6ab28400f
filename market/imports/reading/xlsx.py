"""What calamine does not tell of an Excel workbook: how far its cells reach, its errors, and
formulas that were never worked out."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

from market.imports.reading.scan import Scan
from market.imports.reading.sheet import UnreadableFile

_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
# Cells that have only a look, in rows of nothing else: often a million of them.
_EMPTY_CELL = re.compile(rb'<c r="[A-Z]{1,3}\d{1,7}"(?: [a-z]+="\d+")*/>')
_EMPTY_ROW = re.compile(rb'<row r="\d{1,7}"[^<>]*(?:/>|></row>)')
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_STYLES = "xl/styles.xml"


def scan_xlsx(members: Mapping[str, bytes]) -> dict[str, Scan]:
    """The scans of a workbook's sheets by their names.

    Raises:
        UnreadableFile: its XML is broken.
    """
    paths = _sheet_paths(members)
    struck = _struck_styles(members.get(_STYLES, b"<none/>"))
    return {
        name: _Pass(members[path], struck).scan for name, path in paths.items() if path in members
    }


class _Pass:
    """One pass over a sheet's XML."""

    def __init__(self, xml: bytes, struck: frozenset[str]) -> None:
        self.scan, self._struck = Scan(), struck
        self._row, self._column, self._inside = -1, -1, ""
        self._cell: dict[str, Any] | None = None
        parse_xml(
            _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", xml)), self._start, self._end, self._text
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "row":
            number = attributes.get("r", "")
            self._row = int(number) - 1 if number.isdecimal() else self._row + 1
            self._column = -1
        elif name == "c":
            self._column += 1
            if found := _REFERENCE.fullmatch(attributes.get("r", "")):
                self._row, self._column = int(found[2]) - 1, _column(found[1])
            self._cell = {"t": attributes.get("t", "")}
            self._is_struck = attributes.get("s", "0") in self._struck
        elif self._cell is not None:
            self._inside = name
            self._cell.setdefault(name, "")

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "c" and self._cell is not None:
            self._finish(self._cell)
            self._cell = None
        elif name == self._inside:
            self._inside = ""

    def _text(self, text: str) -> None:
        if self._cell is not None and self._inside in ("v", "f", "t"):
            self._cell[self._inside] += text

    def _finish(self, cell: dict[str, Any]) -> None:
        if len(cell) == 1:
            return
        self.scan.reach(self._row, self._column)
        place, value = (self._row, self._column), cell.get("v", "")
        if self._is_struck:
            self.scan.struck.add(place)
        if cell["t"] == "e" and value:
            self.scan.shown[place] = value
        elif "f" in cell and not value and not ("v" in cell and cell["t"] == "str"):
            self.scan.shown[place] = f"={cell['f']}"


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _struck_styles(xml: bytes) -> frozenset[str]:
    """The styles of cells (their numbers, as cells name them) whose font crosses its text out."""
    inside, fonts, struck, styles = "", 0, set[str](), list[str]()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside, fonts
        name = name.rpartition(":")[2]
        if name in ("fonts", "cellXfs"):
            inside = name
        elif name == "font" and inside == "fonts":
            fonts += 1
        elif name == "strike" and inside == "fonts":
            if attributes.get("val", "1") not in ("0", "false"):
                struck.add(str(fonts - 1))
        elif name == "xf" and inside == "cellXfs":
            styles.append(attributes.get("fontId", "0"))

    def end(name: str) -> None:
        nonlocal inside
        if name.rpartition(":")[2] == inside:
            inside = ""

    parse_xml(xml, start, end)
    return frozenset(str(number) for number, font in enumerate(styles) if font in struck)


def _sheet_paths(members: Mapping[str, bytes]) -> dict[str, str]:
    """Name of each sheet -> the member that holds it."""
    targets = related_paths(members.get(_RELATIONS, b"<none/>"))
    names: dict[str, str] = {}

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "sheet":
            key = next((v for k, v in attributes.items() if k.endswith(":id") or k == "id"), "")
            names[attributes.get("name", "")] = key

    parse_xml(members.get(_WORKBOOK, b"<none/>"), sheet)
    return {name: targets[key] for name, key in names.items() if key in targets}


def related_paths(relations: bytes) -> dict[str, str]:
    """Key of each relation of the workbook -> the member that it leads to."""
    targets: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name.endswith("Relationship"):
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
            targets[attributes.get("Id", "")] = posixpath.normpath(path)

    parse_xml(relations, relation)
    return targets


def parse_xml(xml: bytes, start: Any, end: Any = None, text: Any = None) -> None:
    """Run through some XML.

    Raises:
        UnreadableFile: it is broken, or declares entities, which no workbook does.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise UnreadableFile() from None


def _refuse_doctype(*_declaration: Any) -> None:
    raise UnreadableFile()
