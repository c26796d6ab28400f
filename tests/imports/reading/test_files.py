"""Files that are no sheets, or too large, or meant to harm: a sentence that says what to do."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress

import pytest

from market.imports.reading import archives
from market.imports.reading.sheets import MAX_COLUMNS, MAX_ROWS, UnreadableFile, read_sheets
from tests.imports.reading import offices
from tests.imports.reading.books import workbook

pytestmark = pytest.mark.usefixtures("reference")
SHEET = "xl/worksheets/sheet1.xml"
PLAIN = workbook({"S": [["姓名", "产品"], ["张三", "脐橙"]]})


def sentence(data: bytes, name: str = "表.xlsx") -> str:
    """What is said of a file that can't be read."""
    with pytest.raises(UnreadableFile) as refused:
        read_sheets(data, name)
    return str(refused.value.message)


def archive(**members: bytes | str) -> bytes:
    """A zip file; `__` in a name stands for a slash, `_dot_` for a dot."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return data.getvalue()


def with_member(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A zip file of which one member was changed."""
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.namelist():
            content = old.read(member)
            new.writestr(member, change(content) if member == name else content)
    return changed.getvalue()


def with_rows(xml: str) -> bytes:
    """A workbook whose sheet has these rows too."""
    end = b"</sheetData>"
    return with_member(PLAIN, SHEET, lambda old: old.replace(end, xml.encode() + end))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "是空的"),
        (b"\0" * 5000, "是空的"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "PDF"),
        (archive(word__document_dot_xml="<w/>"), "文字文档"),
        (archive(ppt__presentation_dot_xml="<p/>"), "文字文档"),
        (archive(Index__Document_dot_iwa=b"x"), "Numbers"),
        (archive(a_dot_xlsx=PLAIN), "压缩包"),
        (b"Rar!\x1a\x07\x01\0", "压缩包"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "图片"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "图片"),
        (b"{\\rtf1\\ansi}", "文字文档"),
        (b"PK\x03\x04" + b"x" * 500, "损坏"),
        (PLAIN[:-200], "损坏"),
        (b"<html><body><table><tr><td><table></table></td></tr></table>", "网页"),
        (b"<html><body><p>x</p></body></html>", "没有内容"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "另存为"),
        (b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "另存为"),
        (bytes(range(256)) * 20, "读不了"),
        ((offices.FILES / "locked.xlsx").read_bytes(), "密码"),
    ],
)  # fmt: skip
def test_what_is_no_sheet_is_refused_with_what_to_do(data: bytes, words: str) -> None:
    assert words in sentence(data)


def test_a_text_document_of_wps_is_refused_with_what_to_do() -> None:
    compound = (offices.FILES / "demand.xls").read_bytes()
    names = (word.encode("utf-16-le").ljust(24, b"\0") for word in ("Workbook", "WordDocument"))
    assert "文字文档" in sentence(compound.replace(*names), "说明.wps")


def test_a_locked_opendocument_sheet_is_known_by_its_manifest() -> None:
    locked = with_member(
        offices.libre_office(), "META-INF/manifest.xml", lambda _: b"<m><encryption-data/></m>"
    )
    assert "密码" in sentence(locked, "表.ods")


def test_a_file_of_more_bytes_than_are_read_is_refused() -> None:
    assert "10 MB" in sentence(b"a,b\n" * (3 << 20), "表.csv")


def test_a_bomb_is_not_unpacked_beyond_what_is_read() -> None:
    zeros = bytes(2 * archives.MAX_UNPACKED_BYTES)
    assert "20000" in sentence(with_member(PLAIN, SHEET, lambda _: zeros))


def test_what_an_archive_says_of_its_sizes_is_not_believed() -> None:
    zeros = bytes(2 * archives.MAX_UNPACKED_BYTES)
    bomb = bytearray(with_member(PLAIN, SHEET, lambda _: zeros))
    size, small = struct.pack("<I", len(zeros)), struct.pack("<I", 100)
    assert sentence(bytes(bomb).replace(size, small))


def test_a_picture_in_a_workbook_is_not_unpacked() -> None:
    picture = io.BytesIO(PLAIN)
    with zipfile.ZipFile(picture, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/image1.png", bytes(archives.MAX_UNPACKED_BYTES + 1))
    assert len(read_sheets(picture.getvalue(), "表.xlsx")) == 1


@pytest.mark.parametrize(
    "xml",
    [
        '<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>',
        '<row r="3">' + '<c t="str"><v>x</v></c>' * 16_384 + "</row>",
        f'<row r="{MAX_ROWS + 1}"><c t="str"><v>x</v></c></row>',
    ],
)
def test_a_sheet_beyond_what_is_read_is_refused(xml: str) -> None:
    assert "20000" in sentence(with_rows(xml))


def test_as_many_rows_and_columns_as_are_read_are_read() -> None:
    last = f'<row r="{MAX_ROWS}"><c r="GR{MAX_ROWS}" t="str"><v>x</v></c></row>'
    (sheet,) = read_sheets(with_rows(last), "表.xlsx")
    assert (len(sheet.rows), len(sheet.rows[0])) == (MAX_ROWS, MAX_COLUMNS)


def test_a_million_empty_rows_are_no_rows() -> None:
    blank = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 1_000_000))
    (sheet,) = read_sheets(with_rows(blank), "表.xlsx")
    assert len(sheet.rows) == 2


def test_a_range_merged_over_the_whole_sheet_goes_as_far_as_it_is_filled() -> None:
    cells = '<mergeCells count="1"><mergeCell ref="B2:XFD1048576"/></mergeCells>'
    end = b"</sheetData>"
    data = with_member(PLAIN, SHEET, lambda old: old.replace(end, end + cells.encode()))
    (sheet,) = read_sheets(data, "表.xlsx")
    assert sheet.rows == (("姓名", "产品"), ("张三", "脐橙"))


@pytest.mark.parametrize("part", ["xl/workbook.xml", SHEET])
def test_xml_that_declares_entities_is_refused(part: str) -> None:
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    assert sentence(with_member(PLAIN, part, lambda old: entities + old.partition(b"?>")[2]))


def test_repeated_cells_of_an_opendocument_sheet_are_not_spread_without_end() -> None:
    wide = offices.cell("x", 'table:number-columns-repeated="16384"')
    tall = offices.row(wide, attributes='table:number-rows-repeated="1048576"')
    data = offices.ods(f'<table:table table:name="S">{tall}</table:table>')
    assert "20000" in sentence(data, "表.ods")


def test_spans_of_a_web_page_are_not_spread_without_end() -> None:
    cells = "<td rowspan=20000 colspan=200>x</td>" * 50
    assert "20000" in sentence(f"<table>{f'<tr>{cells}</tr>' * 50}</table>".encode(), "表.xls")


def test_a_hidden_sheet_that_is_too_large_hinders_no_other() -> None:
    data = workbook({"S": [["a", "b"]], "旧": [["x"]]}, hidden=["旧"])
    far = b'<row r="1048576"><c t="str"><v>x</v></c></row></sheetData>'
    name = "xl/worksheets/sheet2.xml"
    data = with_member(data, name, lambda old: old.replace(b"</sheetData>", far))
    assert [sheet.name for sheet in read_sheets(data, "表.xlsx")] == ["S"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "，", "；", "|"])
def test_cells_are_cut_by_whatever_separates_them(separator: str) -> None:
    lines = [["姓名", "产品", "数量"], ["张三", "脐橙", "3000斤"], ["李四", "椪柑", "2吨"]]
    text = "\n".join(separator.join(cells) for cells in lines)
    (sheet,) = read_sheets(text.encode("gb18030"), "表.csv")
    assert [list(row) for row in sheet.rows] == lines


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "big5"])
def test_a_short_file_is_read_in_its_encoding(encoding: str) -> None:
    text = "姓名,品名,重量\n王小明,白米,500斤\n"
    (sheet,) = read_sheets(text.encode(encoding), "表.csv")
    assert sheet.rows == (("姓名", "品名", "重量"), ("王小明", "白米", "500斤"))


def test_a_lone_row_in_gb18030_is_not_taken_for_another_language() -> None:
    for text in ("脐橙,3000斤", "红薯,2", "张三,莴笋,5吨", "覃大爷,魔芋,五百斤", "䶮先生,枇杷,1吨"):
        (sheet,) = read_sheets(text.encode("gb18030"), "表.csv")
        assert ",".join(map(str, sheet.rows[0])) == text


def test_digits_that_a_system_wrote_as_a_formula_are_text() -> None:
    text = '姓名,电话,备注\n张三,="13800001122",\'-\n'
    (sheet,) = read_sheets(text.encode(), "表.csv")
    assert sheet.rows[1] == ("张三", "13800001122", "-")


@pytest.mark.parametrize("seed", range(40))
def test_strange_bytes_are_refused_or_read_as_text(seed: int) -> None:
    chance = random.Random(seed)
    begin = chance.choice([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<table>"])
    with suppress(UnreadableFile):
        read_sheets(begin + chance.randbytes(chance.randrange(4000)), "表.xls")
