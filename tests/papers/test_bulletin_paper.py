"""A bulletin has a red head, its number and three figures first; what checks it comes last."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pypdf
import pytest
from sqlalchemy import update

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.fairs.models import Fair
from market.papers import document_jobs, queries, services
from market.papers.document_figures import Issue
from market.papers.models import Document, DocumentStatus
from market.papers.paper import paper_of
from market.papers.pdf import pdf_of
from market.text.days import local_day
from market.web.errors import Invalid
from market.web.filters import day, money_parts
from market.web.home_time import home_zone
from market.web.language import in_language
from tests.html import squeezed

Ask = Callable[..., Document]
LogIn = Callable[[Account], Any]
ISSUE = Issue("湖南省商务厅", "湘商对接〔2026〕3号")


def pages_of(document: Document, language: str = "zh_CN") -> list[str]:
    """The text of each page, without white space."""
    with in_language(language):
        pages = pypdf.PdfReader(io.BytesIO(pdf_of(document))).pages
    return ["".join(page.extract_text().split()) for page in pages]


def made_public(document: Document) -> None:
    """As the maker and the province leave it, without making the file."""
    with transaction():
        values = {
            **{"status": DocumentStatus.DONE, "file_sha256": "a" * 64, "file_size": 1},
            **{"made_at": utcnow(), "published_at": utcnow()},
        }
        db.session.execute(update(Document).filter_by(id=document.id).values(values))
    db.session.refresh(document)


def test_the_head_names_issuer_number_and_three_figures(ask: Ask, font: None) -> None:
    document = ask(issue=ISSUE)
    first, *_, last = pages = pages_of(document)
    totals = document.printed.figures.totals
    with in_language("zh_CN"):
        value = money_parts(totals.amount_fen)[0]
        of_day = "".join(day(document.requested_at).split())
    assert first.startswith("湖南省商务厅湘商对接〔2026〕3号")
    head = first[: first.index("一、")]
    for shown in (f"成交额{value}万元", f"成交笔数{totals.deals}", "有效涉农商户"):
        assert shown in head
    assert any(f"湖南省商务厅{of_day}" in page for page in pages[1:])
    # Hashes are in the appendix alone.
    assert [n for n, page in enumerate(pages, 1) if document.ledger_hash in page] == [len(pages)]
    assert "附录" in last


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_no_page_ends_with_a_head(ask: Ask, font: None, language: str) -> None:
    document = ask(issue=ISSUE, language=language)
    with in_language(language):
        printed = paper_of(document)
    heads = {"".join(section.heading.split()) for section in printed.sections}
    heads |= {"".join(table.title.split()) for s in printed.sections for table in s.tables}
    for page in pages_of(document, language):
        text = re.sub(r"湘商对接〔2026〕3号\d+/\d+\S*$", "", page)
        assert text != page
        assert not [head for head in heads if text.endswith(head)]


def test_a_bulletin_without_issuer_is_printed_as_before(ask: Ask) -> None:
    with in_language("zh_CN"):
        printed = paper_of(ask())
    assert (printed.issuer, printed.issue_number) == ("", "")


def test_issuer_and_number_are_proposed_and_needed(
    fair: Fair, province: Account, log_in: LogIn, ask: Ask
) -> None:
    client = log_in(province)
    year = local_day(utcnow(), home_zone()).year
    page = client.get("/desk/documents").text
    assert f'value="湘商对接〔{year}〕1号"' in page
    assert f'value="{province.name}"' in page
    given = {"kind": "bulletin", "fair": fair.slug, "region": "430000"}
    assert "公报须填写此项" in client.send("/desk/documents", {**given, "issuer": " "}).text
    number = f"湘商对接〔{year}〕7号"
    given |= {"issuer": "省商务厅", "number": number}
    assert client.send("/desk/documents", given).status_code == 303
    document = db.session.query(Document).one()
    assert document.printed.issue == Issue("省商务厅", number)
    made_public(document)
    page = client.get("/desk/documents").text
    assert f'value="湘商对接〔{year}〕8号"' in page
    assert 'value="省商务厅"' in page


@pytest.mark.postgresql
def test_a_number_is_published_once_in_each_language(ask: Ask, province: Account) -> None:
    made_public(ask(issue=ISSUE))
    assert queries.is_number_published(ISSUE.number, "zh_CN")
    assert not queries.is_number_published(ISSUE.number, "en")
    second = ask(issue=Issue("省商务厅", ISSUE.number))
    made_public(second)
    with transaction():
        second.published_at = None
    with pytest.raises(Invalid, match="3号"), transaction():
        services.publish_document(province, second)
    assert second.published_at is None


def test_the_fairs_page_and_the_page_itself_lead_to_it(ask: Ask, fair: Fair, client: Any) -> None:
    address = f"/fairs/{fair.slug}"
    document = ask(issue=ISSUE)
    assert document.code not in client.get(address).text
    made_public(document)
    page = squeezed(client.get(address).text)
    assert f'href="/documents/{document.code}">公报 湘商对接〔2026〕3号</a>' in page
    page = squeezed(client.get(f"/documents/{document.code}").text)
    assert "paper-masthead" in page
    assert page.count("湖南省商务厅") == 2
    assert page.index("paper-landing") < page.index("附件1") < page.index("paper-check")


def test_the_map_names_the_prefectures_within_their_borders(ask: Ask) -> None:
    with in_language("zh_CN"):
        sections = paper_of(ask()).sections
    (svg,) = [p.svg for section in sections for p in section.pictures if p.source]
    assert svg.count("<text") >= 14
    for name in (">长沙</text>", ">湘西</text>", ">常德</text>"):
        assert name in svg
    assert 'stroke="#3c463e"' in svg


def test_the_file_is_made(ask: Ask, font: None) -> None:
    document = ask(issue=ISSUE)
    document_jobs.make_queued()
    db.session.refresh(document)
    assert document.status is DocumentStatus.DONE
