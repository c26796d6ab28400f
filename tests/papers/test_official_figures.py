"""Papers print what was submitted or published, frozen; what is neither says so."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.fairs.models import FairStatus
from market.papers import services
from market.papers.document_figures import NOT_SUBMITTED
from market.papers.models import Document, DocumentKind
from market.papers.official_figures import find_statement, of_count
from market.papers.paper import paper_of
from market.papers.pdf import pdf_of
from market.papers.verification import Verdict, check, find_changed
from market.regions.models import Region
from market.statements import units
from market.tallies.services import update_count
from market.web.errors import Invalid
from market.web.filters import day, wan
from market.web.language import in_language
from tests.html import squeezed
from tests.papers.test_papers import words_of
from tests.statements.reporting_fair import CHANGDE, SHIMEN, TAOYUAN, Season, make_season

Make = Callable[..., Account]
LogIn = Callable[[Account], Any]


@pytest.fixture
def season(make_account: Make) -> Season:
    return make_season(make_account)


def paper(season: Season, code: str = SHIMEN, kind: str = "statement", **values: Any) -> Document:
    """A paper of the region, asked for in English by the province."""
    with transaction():
        return services.request_document(
            season.province,
            DocumentKind(kind),
            season.fair,
            db.session.get_one(Region, code),
            "en",
            lambda code: f"https://example.test/verify/{code}",
            **values,
        )


def text_of(document: Document) -> str:
    """All that the paper says in sentences and tables."""
    with in_language("en"):
        printed = paper_of(document)
        rows = [
            str(cell)
            for section in printed.sections
            for table in section.tables
            for block in table.blocks
            for row in block.rows
            for cell in row
        ]
    words = [w for section in printed.sections for w in section.paragraphs]
    return " ".join([printed.title, *words, *rows])


def bulletin(season: Season) -> Document:
    return paper(season, CHANGDE, "bulletin")


@pytest.mark.postgresql
def test_a_countys_paper_prints_what_it_submitted_whatever_is_counted_later(
    season: Season,
) -> None:
    season.deal(SHIMEN, 1_234_567_89)
    version = season.submit(SHIMEN).current
    season.deal(SHIMEN, 500_00)
    document = paper(season)
    assert document.printed.figures.totals.amount_fen == 1_234_567_89
    assert (document.ledger_entry, document.ledger_hash) == (version.ledger_id, version.ledger_hash)
    provenance = document.printed.provenance
    assert (provenance.version, provenance.sha256) == (1, version.sha256)
    assert "Final statement, version 1, submitted by 430726商务局" in text_of(document)
    assert "not submitted" not in text_of(document)


def test_the_pdf_carries_the_hash_of_the_statement(season: Season, font: None) -> None:
    season.deal(SHIMEN, 1_234_567_89)
    version = season.submit(SHIMEN).current
    with in_language("en"):
        words = words_of(pdf_of(paper(season)))
        value = wan(1_234_567_89)
    assert version.sha256 in words
    assert version.ledger_hash in words
    assert value in words


def test_without_a_statement_a_paper_has_the_figures_of_now_and_says_so(season: Season) -> None:
    season.deal(SHIMEN, 1_000_00)
    document = paper(season)
    assert "(not submitted)" in text_of(document)
    assert f"Figures as of ledger entry {document.ledger_entry}" in text_of(document)
    assert document.printed.figures.totals.amount_fen == 1_000_00


@pytest.mark.postgresql
def test_a_daily_paper_has_the_day_beside_the_sum_as_of_24_hours(season: Season) -> None:
    season.deal(SHIMEN, 100_00, at=season.at(0))
    season.deal(SHIMEN, 20_00, at=season.at(1))
    statement = season.submit(SHIMEN, season.day(1))
    season.deal(SHIMEN, 3_00, at=season.at(2))
    document = paper(season, statement=statement)
    assert document.printed.figures.totals.amount_fen == 120_00
    assert document.printed.figures.increment.amount_fen == 20_00
    with in_language("en"):
        printed, of_day = paper_of(document), day(season.day(1).day)
    (totals,) = printed.sections[0].tables
    assert [row[:3] for row in totals.blocks[0].rows] == [
        ("On the day", 20_00, 1),
        ("To the end of the day", 120_00, 2),
    ]
    assert printed.lines[1] == f"Cut-off time: {of_day} 24:00"


@pytest.mark.postgresql
@pytest.mark.parametrize("kind", ["daily", "final"])
def test_a_paper_whose_deal_was_taken_back_is_not_green(
    season: Season, client: Any, kind: str
) -> None:
    deal = season.deal(SHIMEN, 1_000_00, at=season.at(0))
    season.deal(SHIMEN, 7_00, at=season.at(0))
    statement = season.submit(SHIMEN, season.day(0) if kind == "daily" else season.final)
    document = paper(season, statement=statement)
    assert check(document.code).verdict is Verdict.CURRENT
    season.deal(SHIMEN, 9_00, at=season.at(2))
    assert check(document.code).verdict is Verdict.CURRENT
    season.take_back(deal, at=utcnow())
    found = check(document.code)
    assert found.verdict is Verdict.REVERSED
    assert [(r.deal_id, r.was_fen, r.now_fen) for r in found.reversed] == [(deal.id, 1_000_00, 0)]
    client.set_cookie("language", "en")
    page = client.get(f"/verify/{document.code}").text
    assert "Deals in these figures were taken back since" in page
    assert "still current" not in page
    assert f"deal {deal.id}" in page
    assert "短秤" not in page


def test_a_paper_of_a_day_is_checked_against_that_day_alone(season: Season, client: Any) -> None:
    deal = season.deal(SHIMEN, 1_000_00, at=season.at(0))
    season.deal(SHIMEN, 7_00, at=season.at(0))
    document = paper(season, statement=season.submit(SHIMEN, season.day(0)))
    season.deal(SHIMEN, 90_000_00, at=season.at(2))
    with transaction():
        update_count(season.fair)
    found = check(document.code)
    assert (found.verdict, list(found.changed), found.more) == (Verdict.CURRENT, [], 0)
    page = client.get(f"/verify/{document.code}").text
    assert "有变动</td>" not in page
    assert page.count("9.10 万元") == 1  # what the fair has by now, shown once
    season.take_back(deal, at=utcnow())
    found = check(document.code)
    assert (found.verdict, [r.deal_id for r in found.reversed]) == (Verdict.REVERSED, [deal.id])
    assert not found.changed


def test_the_bulletin_of_a_day_and_its_first_counties_have_one_cut_off(season: Season) -> None:
    season.fair.status = FairStatus.OPEN
    db.session.commit()
    season.deal(SHIMEN, 100_00, at=season.at(0))
    season.deal(TAOYUAN, 500_00, at=season.at(0))
    season.deal(SHIMEN, 900_00, at=season.at(1))
    season.bring_in(CHANGDE, [SHIMEN, TAOYUAN], season.day(0))
    season.publish(season.day(0))
    text = text_of(bulletin(season))
    assert "The first counties are Taoyuan County (CNY 500), Shimen County (CNY 100)" in text


def test_an_open_fairs_paper_is_of_the_latest_day_and_the_final_statement_comes_first(
    make_account: Make,
) -> None:
    season = make_season(make_account, status=FairStatus.OPEN)
    for number in (0, 2, 1):
        season.submit(SHIMEN, season.day(number))
    assert paper(season).printed.provenance.period == season.day(2).key
    with transaction():
        season.fair.status = FairStatus.CLOSED
    assert paper(season).printed.provenance == NOT_SUBMITTED
    season.submit(SHIMEN)
    assert paper(season).printed.provenance.period == season.final.key


def test_a_fair_that_was_extended_has_no_final_statement_yet(season: Season) -> None:
    season.submit(SHIMEN)
    with transaction():
        season.fair.ends_on += timedelta(days=3)
    assert paper(season).printed.provenance == NOT_SUBMITTED


def test_what_was_sent_back_is_not_printed(season: Season) -> None:
    statement = season.send_back(season.submit(SHIMEN))
    assert paper(season).printed.provenance == NOT_SUBMITTED
    with pytest.raises(Invalid):
        paper(season, statement=statement)


@pytest.mark.postgresql
def test_a_corrected_statement_prints_the_correction_and_both_figures(season: Season) -> None:
    deal = season.deal(SHIMEN, 90_000_00)
    season.deal(SHIMEN, 10_000_00)
    statement = season.accept(season.submit(SHIMEN))
    season.take_back(deal)
    before = paper(season)
    season.correct(statement, "短秤退货")
    document = paper(season)
    assert before.printed.figures.totals.amount_fen == 100_000_00
    assert document.printed.figures.totals.amount_fen == 10_000_00
    correction = statement.corrections[0]
    assert document.printed.provenance.sha256 == correction.sha256
    assert document.ledger_entry == correction.ledger_id
    text = text_of(document)
    for words in ("correction 1", "短秤退货", "0.1000", "0.0100"):
        assert words in text


@pytest.mark.postgresql
@pytest.mark.parametrize("seed", range(3))
def test_a_frozen_statement_says_what_the_count_said_at_that_moment(
    season: Season, seed: int
) -> None:
    _some_deals(season, seed)
    snapshot = json.loads(season.submit(SHIMEN).current.snapshot)
    counties = [u.code for u in units.units(season.fair).values() if u.is_leaf]
    for code in counties:
        season.accept(season.submit(code) if code != SHIMEN else _statement(season, SHIMEN))
    season.accept(season.submit(CHANGDE))
    season.publish()
    with transaction():
        update_count(season.fair)
    for code, kind in ((SHIMEN, "statement"), (CHANGDE, "statement"), (CHANGDE, "bulletin")):
        printed = paper(season, code, kind).printed
        now = of_count(season.fair, db.session.get_one(Region, code))
        assert find_changed(printed.figures, now.figures) == []
        for name in ("totals", "products", "days"):
            assert getattr(printed.figures, name) == getattr(now.figures, name), name
        if code == CHANGDE:
            assert printed.ranks == now.ranks
    assert snapshot["totals"]["amount_fen"] == paper(season).printed.figures.totals.amount_fen


def _some_deals(season: Season, seed: int) -> None:
    rng = random.Random(seed)
    counties = [u.code for u in units.units(season.fair).values() if u.is_leaf]
    for _ in range(12):
        fen = rng.choice([1, 99, rng.randint(1, 10**11)])
        day = season.fair.starts_on + timedelta(days=rng.randint(0, 3))
        season.deal(rng.choice(counties), fen, day)


def _statement(season: Season, code: str) -> Any:
    statement = find_statement(season.fair, db.session.get_one(Region, code))
    assert statement
    return statement


def test_a_bulletin_is_provisional_until_the_fair_is_published(season: Season) -> None:
    season.deal(SHIMEN, 20_000_00)
    before = bulletin(season)
    assert "Bulletin (provisional)" in text_of(before)
    assert f"ledger entry {before.ledger_entry}: nothing is published" in text_of(before)
    season.bring_in(CHANGDE, [SHIMEN])
    publication = season.publish()
    season.deal(SHIMEN, 70_000_00)
    after = bulletin(season)
    assert "provisional" not in text_of(after)
    assert "Final statement, published by 省商务厅" in text_of(after)
    assert "Not in these figures:" in text_of(after)
    assert "停电" in text_of(after)
    assert after.printed.figures.totals.amount_fen == 20_000_00
    assert after.printed.provenance.sha256 == publication.sha256
    assert [county.code for county in after.printed.figures.counties] == [SHIMEN]


def test_a_bulletin_has_the_figures_as_published_with_corrections_beside(season: Season) -> None:
    deal = season.deal(SHIMEN, 90_000_00)
    season.deal(TAOYUAN, 10_000_00)
    season.bring_in(CHANGDE, [SHIMEN, TAOYUAN])
    season.publish()
    first = bulletin(season)
    season.take_back(deal)
    season.correct(_statement(season, SHIMEN), "短秤退货")
    second = bulletin(season)
    assert first.printed.figures.totals == second.printed.figures.totals
    assert second.printed.figures.totals.amount_fen == 100_000_00
    assert second.printed.provenance.now.amount_fen == 10_000_00
    assert "短秤退货" not in text_of(first)
    assert "短秤退货" in text_of(second)
    assert "0.1000 → 0.0100" in text_of(second)


@pytest.fixture
def english(client: Any) -> Any:
    client.set_cookie("language", "en")
    return client


def test_a_submitted_paper_stays_current_though_the_ledger_goes_on(
    season: Season, english: Any
) -> None:
    season.deal(SHIMEN, 10_000_00)
    season.submit(SHIMEN)
    document = paper(season)
    season.deal(SHIMEN, 20_000_00)
    with transaction():
        update_count(season.fair)
    assert check(document.code).verdict is Verdict.CURRENT
    page = squeezed(english.get(f"/verify/{document.code}").text)
    assert "what was submitted" in page
    assert '<td class="num">0.0100</td><td class="num">0.0300</td>' in page


def test_a_corrected_paper_is_told_with_reason_date_entry_and_the_published_table(
    season: Season, english: Any
) -> None:
    deal = season.deal(SHIMEN, 90_000_00)
    season.deal(SHIMEN, 10_000_00)
    season.bring_in(CHANGDE, [SHIMEN])  # the others are missing, and have nothing
    season.publish()
    papers = [paper(season), bulletin(season)]
    assert [check(p.code).verdict for p in papers] == [Verdict.CURRENT] * 2
    season.take_back(deal)
    season.correct(_statement(season, SHIMEN), "短秤退货")
    with transaction():
        update_count(season.fair)
    entry = _statement(season, SHIMEN).corrections[0].ledger_id
    for document in papers:
        assert check(document.code).verdict is Verdict.CHANGED
        page = squeezed(english.get(f"/verify/{document.code}").text)
        assert "corrected since" in page
        assert {m.code for m in check(document.code).changed} <= {SHIMEN, CHANGDE}
        assert "短秤退货" in page
        assert f"ledger entry {entry}" in page
        tenth = '<td class="num">0.0100'
        assert f'<td class="num">0.1000</td>{tenth}</td>{tenth}' in page
        assert f"/fairs/{season.fair.slug}/published?period={season.final.key}" in page
    for newer in (paper(season), bulletin(season)):
        assert newer.code not in {p.code for p in papers}
        assert check(newer.code).verdict is Verdict.CURRENT


def test_a_paper_of_a_moment_is_told_of_corrections_confirmed_since(season: Season) -> None:
    deal = season.deal(SHIMEN, 90_000_00)
    statement = season.accept(season.submit(SHIMEN))
    document = bulletin(season)  # nothing is published yet
    season.take_back(deal)
    season.correct(statement)
    with transaction():
        update_count(season.fair)
    found = check(document.code)
    assert found.verdict is Verdict.CHANGED
    assert [c.reason for c in found.corrections] == ["退货"]


def test_a_paper_whose_statement_was_sent_back_counts_no_longer(
    season: Season, english: Any
) -> None:
    statement = season.submit(SHIMEN)
    document = paper(season)
    season.send_back(statement)
    assert check(document.code).verdict is Verdict.CHANGED
    assert "sent back or withdrawn since" in english.get(f"/verify/{document.code}").text
    season.submit(SHIMEN)
    assert check(document.code).verdict is Verdict.CHANGED
    assert check(paper(season).code).verdict is Verdict.CURRENT
