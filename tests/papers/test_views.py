"""The desk's page of documents, and who may have what was made."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction
from market.fairs.models import Fair
from market.papers import document_jobs, services
from market.papers.backlog import failed_documents
from market.papers.models import Document, DocumentStatus
from tests.sql import statements

Ask = Callable[..., Document]
Make = Callable[..., Account]
LogIn = Callable[[Account], Any]


def test_a_statement_is_asked_for_made_and_downloaded(
    fair: Fair, county: Account, log_in: LogIn, font: None
) -> None:
    client = log_in(county)
    given = {"kind": "statement", "fair": fair.slug, "region": "430726"}
    answer = client.send("/desk/documents", given)
    document = db.session.scalars(select(Document)).one()
    assert (answer.status_code, answer.location) == (303, f"/desk/documents#{document.code}")
    page = client.get("/desk/documents").text
    assert "<progress" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    document_jobs.make_queued()
    page = client.get("/desk/documents").text
    assert "<progress" not in page
    assert "http-equiv" not in page
    with client.get(f"/documents/{document.code}/file") as file:
        assert file.data.startswith(b"%PDF")
        assert document.code in file.headers["Content-Disposition"]


def test_a_county_is_offered_its_own_region_and_no_bulletin(
    fair: Fair, county: Account, province: Account, log_in: LogIn
) -> None:
    page = log_in(county).get("/desk/documents").text
    assert re.findall(r'<option[^>]*value="(43\d+)"', page) == ["430726"]
    assert 'value="bulletin"' not in page
    page = log_in(province).get("/desk/documents").text
    assert len(re.findall(r'value="43\d+"', page)) == 124 + 14 + 1
    assert 'value="bulletin"' in page


def test_what_is_not_offered_is_refused_at_its_field(
    fair: Fair, county: Account, log_in: LogIn
) -> None:
    client = log_in(county)
    for wrong in ({"region": "430725"}, {"kind": "bulletin"}, {"fair": "none"}):
        given = {"kind": "statement", "fair": fair.slug, "region": "430726", **wrong}
        assert "field-bad" in client.send("/desk/documents", given).text
    assert not db.session.scalars(select(Document)).all()


def test_a_failure_is_told_and_can_be_tried_again(
    ask: Ask, county: Account, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_jobs, "pdf_of", lambda _: 1 / 0)
    document = ask("statement", "430726", actor=county)
    document_jobs.make_queued()
    client = log_in(county)
    client.set_cookie("language", "en")
    assert "Something broke on our side" in client.get("/desk/documents").text
    with client.application.test_request_context():
        [task] = failed_documents(county)
        assert (task.count, task.oldest) == (1, document.requested_at)
    client.send(f"/desk/documents/{document.code}/retry", page="/desk/documents")
    db.session.refresh(document)
    assert document.status is DocumentStatus.QUEUED


def test_without_a_font_the_page_says_so_and_the_paper_can_be_printed(
    app: Any, ask: Ask, county: Account, log_in: LogIn
) -> None:
    app.config["FONT_FOLDERS"] = ("/none",)
    document = ask("statement", "430726")
    document_jobs.make_queued()
    client = log_in(county)
    client.set_cookie("language", "en")
    page = client.get("/desk/documents").text
    assert page.count("no Chinese font") == 2
    assert document.code in client.get(f"/documents/{document.code}").text


def test_papers_are_for_officials_over_their_region_until_they_are_published(
    ask: Ask,
    client: Any,
    county: Account,
    province: Account,
    log_in: LogIn,
    make_account: Make,
    font: None,
) -> None:
    bulletin, statement = ask(), ask("statement", "430726")
    document_jobs.make_queued()
    neighbour = log_in(make_account("桃源", role="county_official", region="430725"))
    mine = log_in(county)
    for page in ("", "/file"):
        with mine.get(f"/documents/{statement.code}{page}") as answer:
            assert answer.status_code == 200
        assert mine.get(f"/documents/{bulletin.code}{page}").status_code == 403
        assert neighbour.get(f"/documents/{statement.code}{page}").status_code == 403
        assert client.get(f"/documents/{statement.code}{page}").status_code == 303
    log_in(province).send(f"/desk/documents/{bulletin.code}/publish", page="/desk/documents")
    for page in ("", "/file"):
        with client.get(f"/documents/{bulletin.code}{page}") as answer:
            assert answer.status_code == 200
    tables = client.get("/fairs/2026-autumn/regions/430000/tables").text
    assert f"/documents/{bulletin.code}/file" in tables


def test_a_neighbour_neither_tries_again_nor_publishes(
    ask: Ask, log_in: LogIn, make_account: Make
) -> None:
    document = ask("statement", "430726")
    neighbour = log_in(make_account("桃源", role="county_official", region="430725"))
    for what in ("retry", "publish"):
        answer = neighbour.send(f"/desk/documents/{document.code}/{what}", page="/desk/documents")
        assert answer.status_code == 403


def test_what_is_not_made_yet_cannot_be_had(ask: Ask, province: Account, log_in: LogIn) -> None:
    workbook = ask("workbook")
    client = log_in(province)
    for page in (f"/documents/{workbook.code}/file", f"/documents/{workbook.code}"):
        assert client.get(page).status_code == 404
    assert client.get("/documents/AAAAAAAAAA").status_code == 404


def test_the_list_takes_as_many_queries_for_many_documents_as_for_one(
    ask: Ask, province: Account, log_in: LogIn
) -> None:
    client = log_in(province)
    counts = []
    for regions in (["430726"], ["430725", "430102", "430671"]):
        for region in regions:
            ask("statement", region)
        with transaction():
            services.requeue_interrupted()
        with statements() as sent:
            assert client.get("/desk/documents").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 8


def test_documents_are_reached_from_the_fairs_page_and_from_the_desk(
    fair: Fair, client: Any, county: Account, log_in: LogIn
) -> None:
    assert f"/fairs/{fair.slug}/regions/430000/tables" in client.get(f"/fairs/{fair.slug}").text
    assert 'href="/verify"' in client.get(f"/fairs/{fair.slug}/regions/430000/tables").text
    assert 'href="/desk/documents"' in log_in(county).get("/desk").text
