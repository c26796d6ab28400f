"""Page and paper print the frozen figures exactly, in both languages, whatever names hold."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pypdf
import pytest

from market.accounts.models import Account
from market.database import db, transaction
from market.papers import document_jobs
from market.papers.document_figures import FrozenComparison
from market.papers.models import Document, DocumentStatus
from market.papers.paper import paper_of
from market.papers.paper_tables import COUNTY_FIGURES, comparison_table
from market.papers.pdf import pages_of, pdf_of
from market.papers.pictures import days_picture
from market.papers.wording import format_comparisons
from market.products.models import Product
from market.regions.models import Region
from market.regions.queries import leaves
from market.tables.figures import kind_of
from market.tables.table import format_cell
from market.tallies.comparisons import ComparedFigure
from market.tallies.frozen_figures import FrozenFigures, read_figures
from market.web.filters import money
from market.web.language import in_language
from tests.fairs.factories import ORANGE, TEA
from tests.html import squeezed
from tests.tables.test_tables import HOSTILE

Ask = Callable[..., Document]
Make = Callable[..., Account]


def words_of(pdf: bytes) -> list[str]:
    """The words of a PDF in their order."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(page.extract_text() for page in pages).split()


def has_row(words: list[str], row: list[str]) -> bool:
    """Whether the words of the row stand one after the other."""
    wanted = " ".join(row).split()
    return any(words[i : i + len(wanted)] == wanted for i in range(len(words)))


def rows_of(document: Document) -> Iterator[list[str]]:
    """What the long table must say of each county, worked out from the frozen figures."""
    printed = document.printed
    for county in printed.figures.counties:
        cells = [format_cell(kind_of(n), getattr(county.totals, n)) for n in COUNTY_FIGURES]
        yield [county.name, str(printed.ranks.get(county.code, "–")), *cells]


def test_every_county_of_the_bulletin_is_printed_with_its_figures(ask: Ask, font: None) -> None:
    document = ask()
    with in_language("zh_CN"):
        words = words_of(pdf_of(document))
    rows = list(rows_of(document))
    assert len(rows) == len(leaves("43")) == 124
    assert [row for row in rows if not has_row(words, row)] == []
    figures = document.printed.figures
    totals = [format_cell(kind_of(n), getattr(figures.totals, n)) for n in figures.figure_names]
    assert has_row(words, totals)


def test_the_page_to_print_has_the_same_rows(ask: Ask, log_in: Any, province: Account) -> None:
    document = ask()
    page = squeezed(log_in(province).get(f"/documents/{document.code}").text)
    for row in rows_of(document):
        cells = "".join(f'<td class="num">{cell}</td>' for cell in row[1:])
        assert f"<tr><td>{row[0]}</td>{cells}</tr>" in page
    assert page.count("<svg") == 4  # map, ranking, days, QR code


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(("kind", "region"), [("bulletin", "430000"), ("statement", "430726")])
def test_a_paper_carries_what_it_is_checked_by(
    ask: Ask, font: None, language: str, kind: str, region: str
) -> None:
    document = ask(kind, region, language=language)
    with in_language(language):
        words = words_of(pdf_of(document))
    for shown in (document.code, document.ledger_hash, document.figures_sha256):
        assert any(shown in word for word in words)
    assert str(document.ledger_entry) in words
    assert any(word.endswith(f"/verify/{document.code}") for word in words)


def test_a_statement_leaves_room_for_stamp_and_signature(ask: Ask) -> None:
    with in_language("zh_CN"):
        assert len(paper_of(ask("statement", "430726")).signatures) == 4
        assert not paper_of(ask()).signatures


def test_the_sentences_are_filled_from_the_figures(ask: Ask) -> None:
    document = ask()
    with in_language("en"):
        _standing, overall = paper_of(document).sections[0].paragraphs
        expected = money(document.printed.figures.totals.amount_fen)
    totals = document.printed.figures.totals
    assert f"{totals.deals} deals were verified" in overall
    assert expected in overall
    assert expected.startswith("CNY ")
    assert "124 counties of 14 prefectures" in overall


def test_the_same_document_is_the_same_file(ask: Ask, font: None) -> None:
    document = ask()
    with in_language("zh_CN"):
        assert pdf_of(document) == pdf_of(document)


def test_the_pages_can_be_looked_at(ask: Ask, font: None) -> None:
    with in_language("zh_CN"):
        pages = pages_of(ask())
    assert len(pages) > 3
    assert all(page.startswith(b"\x89PNG") for page in pages)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_printed_as_it_is(
    ask: Ask, font: None, log_in: Any, province: Account, name: str
) -> None:
    with transaction():
        for region in ("430726", "430725", "430671", "430102", "431103"):
            db.session.get_one(Region, region).name = name
        for product in (ORANGE, TEA):
            db.session.get_one(Product, product).name = f"{name}{product}"
    document = ask()
    document_jobs.make_queued()
    db.session.refresh(document)
    assert document.status is DocumentStatus.DONE
    printed = "".join(words_of(document_jobs.file_of(document).read_bytes()))
    assert "".join(name.replace("\x01", "").split()) in printed
    page = squeezed(log_in(province).get(f"/documents/{document.code}").text)
    assert "<script>alert" not in page


def test_a_running_fairs_bulletin_compares_the_same_days_or_not_at_all(app: Any) -> None:
    figures = [ComparedFigure("deals", now=51, then=40, change=Decimal("0.275"))]
    comparison = FrozenComparison("same_season", "去年", "Last year", figures)
    with in_language("zh_CN"):
        (sentence,) = format_comparisons([replace(comparison, through=7)])
        table = comparison_table([replace(comparison, through=7)])
        (left_out,) = format_comparisons([replace(comparison, provisional=True)])
    assert "27.5%" in sentence
    assert "第 7 天" in sentence
    assert "第 7 天" in table.columns[2].label
    assert table.blocks[0].rows[0][1:] == ("51", "40", "+27.5%")
    assert "暂不与去年对比" in left_out
    assert "27.5%" not in left_out


def test_all_comparisons_are_one_table(app: Any) -> None:
    deals = ComparedFigure("deals", now=51, then=40, change=Decimal("0.275"))
    value = ComparedFigure("amount_fen", now=2_000_000_00, then=None, change=None)
    with in_language("zh_CN"):
        table = comparison_table(
            [
                FrozenComparison("previous", "春季", "Spring", [deals, value]),
                FrozenComparison("same_season", "去年", "Last year", [deals]),
                FrozenComparison("beside", "去年全年", "The year before", [value]),
            ]
        )
    heads = [str(column.label) for column in table.columns]
    assert heads[2:] == ["春季", "环比", "去年", "同比", "去年全年"]
    first, second = table.blocks[0].rows
    assert first[1:] == ("51", "40", "+27.5%", "40", "+27.5%", "–")
    assert second[1:] == ("200.00", "无数据", "–", "–", "–", "无数据")


def test_the_paper_says_under_its_tables_why_rounded_rows_may_differ(
    ask: Ask, font: None, log_in: Any, province: Account
) -> None:
    document = ask()
    with in_language("zh_CN"):
        tables = [t for s in paper_of(document).sections for t in s.tables if t.total]
        text = "".join(words_of(pdf_of(document)))
    page = squeezed(log_in(province).get(f"/documents/{document.code}").text)
    assert tables
    assert page.count("四舍五入") == text.count("四舍五入") == len(tables) + 1


def of_days(*days: tuple[str, int], frozen_at: str, **more: Any) -> FrozenFigures:
    """Frozen figures of a fair of 15 to 28 November with these (day, fen), up to the instant."""
    return read_figures(
        {
            "fair": {"name": "", "name_en": "", "starts_on": "2026-11-15", "ends_on": "2026-11-28"},
            "region": {"code": "43", "name": "", "name_en": ""},
            "ledger": {"id": 0, "hash": ""},
            "totals": {},
            "days": [{"day": day, "deals": 1, "amount_fen": fen} for day, fen in days],
            "taken_at": frozen_at,
            **more,
        }
    )


def test_a_day_without_deals_is_drawn_as_zero_and_not_left_out(app: Any) -> None:
    figures = of_days(
        ("2026-11-16", 12_7500_00),
        ("2026-11-21", 3_8300_00),
        frozen_at="2026-11-23T01:00:00Z",
        until="2026-11-22T16:00:00Z",
        increment={},
    )
    with app.test_request_context():
        picture = days_picture(figures, "serif")
    assert picture
    drawn = re.search(r'points="([^"]+)"', picture)
    assert drawn
    heights = [float(point.split(",")[1]) for point in drawn[1].split()]
    third = round(260 - 220 * 3.83 / 12.75, 1)
    assert heights == [260, 40, 260, 260, 260, 260, third, 260]  # 15 to 22 November
    assert [day for day, *_ in figures.every_day][-1] == date(2026, 11, 22)


def test_a_day_on_which_more_was_taken_back_than_verified_is_below_zero(app: Any) -> None:
    figures = of_days(
        ("2026-11-15", 300_00), ("2026-11-16", -100_00), frozen_at="2026-11-16T04:00:00Z"
    )
    with app.test_request_context():
        picture = days_picture(figures, "serif")
    assert picture
    assert 'points="0.0,40.0 1000.0,260.0 "' in picture
    assert "M0 205.0H1000" in picture
