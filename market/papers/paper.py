"""What a statement and a bulletin say, from their frozen figures alone: page and paper are
both made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from market.papers import pictures, provenance, wording
from market.papers.models import Document, DocumentKind
from market.papers.official_figures import PRESENT, PUBLISHED, standing_of
from market.papers.provenance import cut_off
from market.papers.wording import name_of
from market.regions.labels import level_word, level_words
from market.tables.fair_tables import added, figure_columns
from market.tables.figures import FIGURES, basis_of, every_day, is_daily, thawed
from market.tables.table import Block, Column, Kind, Table
from market.tallies.figures import Basis, known
from market.tallies.quantities import format_dealt
from market.web.language import is_english

NUMERALS = "一二三四五六七八九十"
# A statement is to fit on a page or two: the first products are enough.
ON_A_STATEMENT = 8
# Of a product, what stands before and after the quantity.
BEFORE, AFTER = ("amount_fen", "deals"), ("sell", "buy")
# The figures of the long table: as many as a page is wide.
OF_COUNTIES = ("amount_fen", "deals", "mass_kg", "listings", "merchants", "sold_fen", "bought_fen")


@dataclass(frozen=True)
class Picture:
    """An SVG with what it shows and where its shapes are from; width in percent of the line."""

    svg: str
    caption: str
    source: str = ""
    width: int = 88


@dataclass
class Section:
    """A part of a paper under its heading."""

    heading: str
    paragraphs: Sequence[str] = ()
    pictures: Sequence[Picture] = ()
    tables: Sequence[Table] = ()


@dataclass(frozen=True)
class Check:
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
    """A statement or bulletin: everything that is printed; the fair's name stands first."""

    fair: str
    title: str
    number: str
    lines: Sequence[str]
    sections: list[Section]
    notes: Sequence[str]
    check: Check
    signatures: Sequence[str] = field(default_factory=tuple)


def paper_of(document: Document, font: str = "sans-serif") -> Paper:
    """The paper of a document in the language of the moment; `font` is that of its pictures."""
    figures = document.figures
    filed_as = standing_of(figures)
    if document.kind is DocumentKind.BULLETIN:
        title = _("Bulletin") if filed_as["kind"] == PUBLISHED else _("Bulletin (provisional)")
        sections, signatures = _bulletin(figures, font), []
    else:
        region = name_of(figures["region"])
        title = (
            _("Statement of %(region)s (not submitted)", region=region)
            if filed_as["kind"] == PRESENT
            else _("Statement of %(region)s", region=region)
        )
        sections, signatures = _statement(figures), wording.signatures()
    sections[0].paragraphs = [
        *provenance.said(figures, document.kind),
        *sections[0].paragraphs,
    ]
    if filed_as.get("corrections") or filed_as.get("late"):
        words, tables = provenance.since(figures), _corrections(filed_as)
        sections.append(Section(_("Corrections"), words, tables=tables))
    for place, section in enumerate(sections):
        section.heading = (
            f"{place + 1}. {section.heading}"
            if is_english()
            else f"{NUMERALS[place]}、{section.heading}"
        )
    return Paper(
        fair=name_of(figures["fair"]),
        title=title,
        number=_("No. %(code)s", code=document.code),
        lines=[
            _("Reporting unit: %(region)s", region=name_of(figures["region"])),
            _("Cut-off time: %(time)s", time=cut_off(figures)),
            *wording.warnings(figures),
        ],
        sections=sections,
        notes=wording.notes(),
        check=Check(
            document.code,
            document.address,
            document.ledger_entry,
            document.ledger_hash,
            document.figures_sha256,
            pictures.qr_picture(document.address),
            filed_as.get("sha256", ""),
        ),
        signatures=signatures,
    )


def _statement(figures: Mapping[str, Any]) -> list[Section]:
    sections = [Section(_("Totals"), wording.totals(figures), tables=[_totals(figures)])]
    if not _is_county(figures):
        sections.append(Section(_("Counties"), tables=[_counties(figures)]))
    if figures["products"]:
        words = wording.most_products(figures, ON_A_STATEMENT)
        sections.append(Section(_("Products"), words, tables=[_products(figures, ON_A_STATEMENT)]))
    if figures["days"]:
        sections.append(Section(_("Day by day"), tables=[_days(figures)]))
    return sections


def _bulletin(figures: Mapping[str, Any], font: str) -> list[Section]:
    sections = [Section(_("Overall"), wording.overall(figures), tables=[_totals(figures)])]
    if figures["comparisons"]:
        sections.append(
            Section(_("Comparison"), wording.compared(figures), tables=_comparisons(figures))
        )
    drawn, value = [], FIGURES["amount_fen"].by(Basis.VERIFIED if is_daily(figures) else None)
    if county_map := pictures.county_picture(figures, font):
        svg, source = county_map
        drawn.append(
            Picture(svg, _("%(figure)s by county", figure=value.heading), source, width=46)
        )
    if bars := pictures.ranking_picture(figures, font):
        caption = _("%(figure)s: the first ten counties", figure=value.heading)
        drawn.append(Picture(bars, caption))
    # One prefecture alone is the whole; a county has none.
    several = [_prefectures(figures)] if len(figures["prefectures"]) > 1 else []
    sections.append(Section(_("Regions"), wording.regions(figures), drawn, several))
    if figures["products"]:
        words = [*wording.products(figures), *wording.most_products(figures)]
        sections.append(Section(_("Products"), words, tables=[_products(figures)]))
    if line := pictures.days_picture(figures, font):
        of_days = value.by(basis_of(figures))
        caption = _("%(figure)s of each day", figure=of_days.heading)
        sections.append(Section(_("Day by day"), wording.days(figures), [Picture(line, caption)]))
    sections.append(Section(_("All counties"), tables=[_counties(figures)]))
    return sections


def _is_county(figures: Mapping[str, Any]) -> bool:
    codes = [c["code"] for p in figures["prefectures"] for c in p["counties"]]
    return codes == [figures["region"]["code"]]


def _table(name: str, title: str, columns: Sequence[Column], **values: Any) -> Table:
    return Table(name, title, title, (), columns, **values)


def _cells(total: Mapping[str, Any], names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(known(name, thawed(total, name), total.get("deals")) for name in names)


def _totals(figures: Mapping[str, Any]) -> Table:
    names = tuple(figures["totals"])
    if not is_daily(figures):
        blocks = [Block([_cells(figures["totals"], names)])]
        return _table("totals", _("Totals"), figure_columns(names), blocks=blocks)
    rows = (
        (_("On the day"), *_cells(figures["increment"], names)),
        (_("To the end of the day"), *_cells(figures["totals"], names)),
    )
    columns = (Column("", width=14), *figure_columns(names, Basis.VERIFIED))
    return _table("totals", _("Totals"), columns, blocks=[Block(rows)])


def _columns(figures: Mapping[str, Any], names: Sequence[str]) -> tuple[Column, ...]:
    """The columns of figures of the whole fair, or to the end of a day."""
    return figure_columns(names, Basis.VERIFIED if is_daily(figures) else None)


def _counties(figures: Mapping[str, Any]) -> Table:
    columns = (Column(_("County"), width=22), Column(_("Rank"), Kind.COUNT, width=7))
    several = len(figures["prefectures"]) > 1
    blocks = [
        Block(
            [
                (name_of(c), c["rank"], *_cells(c["total"], OF_COUNTIES))
                for c in prefecture["counties"]
            ],
            (name_of(prefecture), "", *_cells(prefecture["total"], OF_COUNTIES))
            if several
            else None,
        )
        for prefecture in figures["prefectures"]
    ]
    return _table(
        "counties",
        _("All counties by prefecture, ranked by deal value")
        if several
        else _("All counties, ranked by deal value"),
        columns + _columns(figures, OF_COUNTIES),
        blocks=blocks,
        total=(_("Total"), "", *_cells(figures["totals"], OF_COUNTIES)),
    )


def _prefectures(figures: Mapping[str, Any]) -> Table:
    codes = [p["code"] for p in figures["prefectures"]]
    rows = [(name_of(p), *_cells(p["total"], OF_COUNTIES)) for p in figures["prefectures"]]
    return _table(
        "prefectures",
        str(level_words(codes)),
        (Column(str(level_word(codes)), width=22), *_columns(figures, OF_COUNTIES)),
        blocks=[Block(rows)],
        total=(_("Total"), *_cells(figures["totals"], OF_COUNTIES)),
    )


def _products(figures: Mapping[str, Any], most: int | None = None) -> Table:
    told = figures["products"][:most]
    rows = [
        (name_of(g), *_cells(g["total"], BEFORE), _dealt(figures, g), *_cells(g["total"], AFTER))
        for g in told
    ]
    dealt = Column(_("Quantity dealt in"), Kind.TOLD, width=16)
    return _table(
        "products",
        _("Products by deal value"),
        (Column(_("Product"), width=22), *_columns(figures, BEFORE), dealt, *figure_columns(AFTER)),
        blocks=[Block(rows)],
    )


def _dealt(figures: Mapping[str, Any], product: Mapping[str, Any]) -> str:
    """What was dealt in of a product, each in its own measure."""
    others = figures.get("quantities", {}).get(product["code"], {})
    mass = thawed(product["total"], "mass_kg")
    return format_dealt(Decimal(mass or 0), {m: Decimal(q) for m, q in others.items()})


def _days(figures: Mapping[str, Any]) -> Table:
    rows = every_day(figures)
    label = _("Day verified") if is_daily(figures) else _("Day agreed")
    columns = (
        Column(label, Kind.DATE),
        *figure_columns(("deals", "amount_fen"), basis_of(figures)),
    )
    total = (_("Total"), *added(rows, 1, 2))
    return _table("days", _("Day by day"), columns, blocks=[Block(rows)], total=total)


def _corrections(filed_as: Mapping[str, Any]) -> list[Table]:
    """A row for each figure that a correction changed: both values, when, why."""
    rows = [
        (name_of(c), FIGURES[name].heading, *provenance.both(name, was, now), *_when_and_why(c))
        for c in filed_as["corrections"]
        for name, was, now in c["changes"]
    ]
    if not rows:
        return []
    columns = (
        Column(_("Unit"), width=13),
        Column(_("Figure"), width=16),
        Column(_("Before"), Kind.TOLD, width=12),
        Column(_("Corrected"), Kind.TOLD, width=12),
        Column(_("Confirmed"), width=19),
        Column(_("Ledger entry"), Kind.COUNT, width=9),
        Column(_("Reason"), width=18),
    )
    return [_table("corrections", _("Corrections"), columns, blocks=[Block(rows)])]


def _when_and_why(correction: Mapping[str, Any]) -> tuple[str, int, str]:
    when = provenance.local_time(correction["at"])
    return when, correction["entry"], correction["reason"]


def _comparisons(figures: Mapping[str, Any]) -> list[Table]:
    heads = (_("This fair"), _("Baseline"), _("Change"))
    columns = (Column("", width=20), *(Column(head, Kind.TOLD, width=14) for head in heads))
    return [
        _table(
            comparison["kind"],
            _comparison_title(comparison),
            columns,
            blocks=[Block([wording.compared_row(f) for f in comparison["figures"]])],
        )
        for comparison in figures["comparisons"]
    ]


def _comparison_title(comparison: Mapping[str, Any]) -> str:
    title = _(
        "%(kind)s: %(baseline)s",
        kind=wording.KINDS[comparison["kind"]],
        baseline=name_of(comparison["baseline"]),
    )
    limits = wording.comparison_limits(comparison)
    return (
        _("%(title)s (%(limits)s)", title=title, limits=limits.rstrip(".。")) if limits else title
    )
