"""What a paper is put together of: page and PDF are both made of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from market.tables.table import Table


@dataclass(frozen=True)
class Picture:
    """An SVG with what it shows and where its shapes are from; width in percent of the line."""

    svg: str
    caption: str
    source: str = ""
    width: int = 88


@dataclass
class Section:
    """A part of a paper under its heading.

    Attributes:
        is_half: narrow enough to stand beside another such section.
        may_be_cut: where all must be on one page, its table may lose its last rows.
        is_appendix: stands after the signature.
    """

    heading: str
    paragraphs: Sequence[str] = ()
    pictures: Sequence[Picture] = ()
    tables: Sequence[Table] = ()
    is_half: bool = False
    may_be_cut: bool = False
    is_appendix: bool = False


@dataclass(frozen=True)
class Highlight:
    """A figure that stands large at the head of a bulletin; `note` is small beneath it."""

    label: str
    value: str
    unit: str
    note: str = ""


@dataclass(frozen=True)
class CheckDetails:
    """How to check a paper: what it carries, and the QR code of where; `snapshot` is the
    SHA-256 of the statement or table it prints, empty where it prints neither."""

    code: str
    address: str
    entry: int
    hash: str
    fingerprint: str
    qr: str
    snapshot: str = ""


@dataclass
class Paper:
    """A statement or bulletin: everything that is printed; the fair's name stands first.

    Attributes:
        period: of a statement, which one it is: 日报 · 2026年11月27日.
        issuer, issue_number: of a bulletin, who issues it 发布单位 and its number 文号; date: its
            day of issue, beneath the issuer at the end.
        highlights: of a bulletin, the figures that stand large.
        is_one_page: whether it is to stand on a single page.
    """

    fair: str
    title: str
    number: str
    lines: Sequence[str]
    sections: list[Section]
    notes: Sequence[str]
    check: CheckDetails
    signatures: Sequence[str] = field(default_factory=tuple)
    period: str = ""
    issuer: str = ""
    issue_number: str = ""
    date: str = ""
    highlights: Sequence[Highlight] = ()
    is_one_page: bool = False
