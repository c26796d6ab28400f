"""What earlier versions froze still verifies byte for byte, and prints what it printed then.

earlier_formats.json holds what those versions stored of one fair: statements with their hashes,
and papers with their fingerprints and everything that they printed, in English.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from market.database import db, transaction
from market.papers.document_figures import fingerprint, read_document
from market.papers.models import Document, DocumentKind
from market.papers.paper import paper_of
from market.papers.verification import Verdict, check
from market.regions.models import Region
from market.tallies.frozen_figures import canonical, digest, read_figures
from market.web.language import in_language
from tests.statements.reporting_fair import CHANGDE, SHIMEN, Season, make_season

STORED = json.loads(Path(__file__).with_name("earlier_formats.json").read_text("utf-8"))
STATEMENTS, DOCUMENTS = STORED["statements"], STORED["documents"]


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_hash_of_a_stored_statement_still_verifies(name: str) -> None:
    text, sha256 = STATEMENTS[name]["text"], STATEMENTS[name]["sha256"]
    assert digest(text) == sha256
    assert canonical(read_figures(text).data) == text


def test_figures_of_a_day_of_both_formats_are_read_alike() -> None:
    first, second = (read_figures(STATEMENTS[n]["text"]) for n in ("daily, format 1", "daily"))
    assert first.totals == second.totals
    day = date(2026, 11, 27)
    assert first.increment_on(day).amount_fen == second.increment_on(day).amount_fen == 20_00
    assert (first.is_daily, second.is_daily) == (False, True)
    assert (first.until, second.until) == (None, datetime(2026, 11, 27, 16, tzinfo=UTC))


def test_gathered_figures_name_their_counties_and_who_is_missing() -> None:
    for name in ("prefecture", "published"):
        figures = read_figures(STATEMENTS[name]["text"])
        assert [county.code for county in figures.counties] == ["430725", SHIMEN]
        assert [group.code for group in figures.prefectures] == [CHANGDE]
        assert {unit.reason for unit in figures.missing} == {"停电"}
        assert figures.totals.amount_fen == 620_00
        assert not figures.is_county


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_stored_document_keeps_its_fingerprint(name: str) -> None:
    stored = DOCUMENTS[name]
    assert fingerprint(stored["figures"]) == stored["sha256"]


def test_a_document_of_today_is_read_as_it_was_frozen() -> None:
    printed = read_document(DOCUMENTS["published"]["figures"])
    again = read_document(json.loads(json.dumps(printed.to_json())))
    assert (again.provenance, again.ranks) == (printed.provenance, printed.ranks)
    assert again.figures.data == printed.figures.data


@pytest.fixture
def season(make_account: Any) -> Season:
    days = {"starts_on": date(2026, 11, 26), "ends_on": date(2026, 11, 29)}
    return make_season(make_account, **days)


def stored_document(season: Season, name: str) -> Document:
    """The document as an earlier version stored it."""
    stored = DOCUMENTS[name]
    document = Document(
        code="STRED22222",
        address="https://example.test/verify/STRED22222",
        kind=DocumentKind(stored["kind"]),
        fair=season.fair,
        region=db.session.get_one(Region, stored["region"]),
        language="en",
        requested_by=season.province,
        figures=stored["figures"],
        figures_sha256=stored["sha256"],
        ledger_entry=stored["figures"]["ledger"]["entry"],
        ledger_hash=stored["figures"]["ledger"]["hash"],
    )
    with transaction():
        db.session.add(document)
    return document


def printed_text(document: Document) -> list[Any]:
    """All titles, sentences and cells of the paper, in their order."""
    paper = paper_of(document)
    text: list[Any] = [paper.title, *paper.lines]
    for section in paper.sections:
        text += [section.heading, *section.paragraphs]
        for table in section.tables:
            text += [table.title, [column.label for column in table.columns]]
            for block in table.blocks:
                text += [[str(cell) for cell in row] for row in block.rows]
                text += [[str(cell) for cell in block.subtotal]] if block.subtotal else []
            text += [[str(cell) for cell in table.total]] if table.total else []
    return text


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_stored_document_prints_what_it_printed(season: Season, name: str) -> None:
    document = stored_document(season, name)
    with in_language("en"):
        assert printed_text(document) == DOCUMENTS[name]["paper"]


def test_a_stored_document_of_the_count_can_be_checked(season: Season, client: Any) -> None:
    document = stored_document(season, "present county")
    assert check(document.code).verdict is Verdict.CHANGED  # nothing of it is counted here
    page = client.get(f"/verify/{document.code}")
    assert page.status_code == 200
    document.figures = {**document.figures, "rank": 7}
    db.session.commit()
    assert check(document.code).verdict is Verdict.NEVER
