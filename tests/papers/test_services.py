"""Asking for a document freezes its figures; the table is the queue, and nothing in it is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from market.accounts.models import Account
from market.database import db, transaction
from market.deals.ledger import head
from market.fairs.models import Fair
from market.papers import document_jobs, services
from market.papers.models import Document, DocumentKind, DocumentStatus
from market.regions.models import Region
from market.tallies.queries import Totals
from market.web.errors import Invalid, InvalidTransition, Refused
from tests.fairs.factories import count_deal, make_fair, publish

Ask = Callable[..., Document]
Make = Callable[..., Account]


def number_of_documents() -> int:
    return db.session.scalar(select(func.count()).select_from(Document)) or 0


@pytest.mark.postgresql
def test_the_same_figures_asked_for_again_are_the_same_document(ask: Ask) -> None:
    first = ask().id
    assert ask().id == first
    assert ask(language="en").id != first
    assert ask("statement", "430726").id != first
    assert number_of_documents() == 3


@pytest.mark.postgresql
def test_a_document_carries_the_ledger_as_it_was_and_a_code_nobody_guesses(ask: Ask) -> None:
    document = ask()
    last = head()
    assert (document.ledger_entry, document.ledger_hash) == (last.id, last.hash)
    assert re.fullmatch(f"[{services.CODE_ALPHABET}]{{10}}", document.code)
    assert document.address.endswith(document.code)
    assert not set("01ILOU") & set(services.CODE_ALPHABET)


@pytest.mark.postgresql
def test_a_deal_counted_since_makes_another_document_though_nobody_recounted(
    ask: Ask, fair: Fair, make_account: Make
) -> None:
    before = ask()
    count_deal(fair, make_account(), make_account(region="430102"), 777_00)
    after = ask()
    assert after.id != before.id
    totals = (before.printed.figures.totals, after.printed.figures.totals)
    assert totals[1].deals - totals[0].deals == 1
    assert totals[1].amount_fen - totals[0].amount_fen == 777_00


def test_figures_are_stated_by_officials_over_them_only(
    ask: Ask, county: Account, make_account: Make
) -> None:
    assert ask("statement", "430726", actor=county).region_code == "430726"
    assert ask("workbook", "430726", actor=county).region_code == "430726"
    prefecture = make_account("常德", role="prefecture_official", scope="430700")
    assert ask("statement", "430725", actor=prefecture).region_code == "430725"
    trader = make_account()
    for kind, region, actor in (
        ("statement", "430725", county),
        ("statement", "430000", prefecture),
        ("workbook", "430000", prefecture),
        ("bulletin", "430000", prefecture),
        ("statement", "430726", trader),
    ):
        with pytest.raises(Refused):
            ask(kind, region, actor=actor)


def test_there_is_no_bulletin_of_a_county_and_no_statement_of_elsewhere(ask: Ask) -> None:
    for kind, region in (("bulletin", "430726"), ("statement", "110101")):
        with pytest.raises(Invalid):
            ask(kind, region)


def test_a_fair_known_by_its_totals_has_no_document(province: Account) -> None:
    fair = make_fair(totals_only=True, total_listings=1)
    with pytest.raises(Invalid), transaction():
        services.request_document(
            province, DocumentKind.STATEMENT, fair, fair.region, "en", lambda code: code
        )


@pytest.mark.postgresql
def test_a_document_is_made_once_and_its_file_kept_by_its_content(ask: Ask, font: None) -> None:
    document = ask()
    assert document_jobs.make_queued() == 1
    assert document_jobs.make_queued() == 0
    db.session.refresh(document)
    assert (document.status, document.progress, document.error) == (DocumentStatus.DONE, 100, "")
    path = document_jobs.file_of(document)
    assert path.stem == document.file_sha256
    assert path.stat().st_size == document.file_size
    assert path.read_bytes().startswith(b"%PDF")
    assert not list(document_jobs.folder().glob("*.part"))


def test_without_a_font_the_document_says_so_and_is_made_once_there_is_one(
    app: Any, ask: Ask, county: Account, font: None
) -> None:
    folders, app.config["FONT_FOLDERS"] = app.config["FONT_FOLDERS"], ("/none",)
    document = ask("statement", "430726")
    document_jobs.make_queued()
    db.session.refresh(document)
    assert (document.status, document.error) == (DocumentStatus.FAILED, "no_font")
    app.config["FONT_FOLDERS"] = folders
    with transaction():
        services.retry_document(county, document)
    document_jobs.make_queued()
    db.session.refresh(document)
    assert document.status is DocumentStatus.DONE


def test_a_failed_document_asked_for_again_waits_again(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(document_jobs, "pdf_of", lambda _: 1 / 0)
        document = ask()
        document_jobs.make_queued()
    db.session.refresh(document)
    assert (document.status, document.error) == (DocumentStatus.FAILED, "broken")
    assert ask().id == document.id
    assert document.status is DocumentStatus.QUEUED


@pytest.mark.postgresql
def test_what_a_dead_maker_was_at_is_taken_up_again_and_given_up_after_three(ask: Ask) -> None:
    document = ask()
    for left in (DocumentStatus.QUEUED, DocumentStatus.QUEUED, DocumentStatus.FAILED):
        with transaction():
            assert services.start_next() is document
        with transaction():
            services.requeue_interrupted()
        assert document.status is left
    assert document.error == "stopped"


def test_only_one_process_makes_documents(ask: Ask) -> None:
    ask()
    with document_jobs.exclusive_maker() as alone:
        assert alone
        assert document_jobs.make_queued() == 0
    assert services.is_anything_to_make()


@pytest.mark.postgresql
def test_progress_is_seen_by_others_while_the_maker_reads(ask: Ask) -> None:
    document = ask()
    with transaction():
        services.start_next()
    number = document.id
    db.session.execute(select(Document.id)).all()
    services.save_progress(number, 40, "setting")
    db.session.rollback()
    assert (document.progress, document.doing) == (40, "setting")


@pytest.mark.postgresql
def test_a_workbook_has_every_table_with_what_was_counted_while_it_waited(
    ask: Ask, fair: Fair, make_account: Make
) -> None:
    import openpyxl

    document = ask("workbook")
    count_deal(fair, make_account(), make_account(region="430102"))
    document_jobs.make_queued()
    db.session.refresh(document)
    assert document.status is DocumentStatus.DONE
    assert document.ledger_entry == head().id
    book = openpyxl.load_workbook(document_jobs.file_of(document), data_only=True)
    assert len(book.sheetnames) == 7
    deals = list(book["成交明细"].iter_rows(min_row=5, values_only=True))
    assert len(deals) - 1 == document.printed.figures.totals.deals == 13
    assert deals[-1][6] * 100 == pytest.approx(document.printed.figures.totals.amount_fen)


def test_a_workbook_whose_figures_another_has_says_so(
    ask: Ask, fair: Fair, make_account: Make
) -> None:
    first = ask("workbook")
    count_deal(fair, make_account(), make_account(region="430102"))
    second = ask("workbook")
    document_jobs.make_queued()
    for document in (first, second):
        db.session.refresh(document)
    assert (first.status, first.error) == (DocumentStatus.FAILED, "overtaken")
    assert second.status is DocumentStatus.DONE


def test_a_bulletin_is_published_once_by_the_province_when_it_is_made(
    ask: Ask, province: Account, county: Account, font: None
) -> None:
    document = ask()
    statement = ask("statement", "430726")
    with pytest.raises(InvalidTransition), transaction():
        services.publish_document(province, document)
    document_jobs.make_queued()
    for actor, what, error in (
        (county, document, Refused),
        (province, statement, InvalidTransition),
    ):
        with pytest.raises(error), transaction():
            services.publish_document(actor, what)
    with transaction():
        services.publish_document(province, document)
    assert document.published_at
    with pytest.raises(InvalidTransition), transaction():
        services.publish_document(province, document)


def test_a_document_of_zeros_is_a_document(make_account: Make, province: Account) -> None:
    fair = make_fair()
    publish(make_account())
    with transaction():
        document = services.request_document(
            province,
            DocumentKind.STATEMENT,
            fair,
            db.session.get_one(Region, "430726"),
            "zh_CN",
            lambda code: f"https://example.test/verify/{code}",
        )
    assert (document.ledger_entry, document.ledger_hash) == (0, "0" * 64)
    assert document.printed.figures.totals == Totals(varieties=0)
