"""Documents that name people: a workbook the parties of its deals and listings, a paper who
submitted or published, and whom the reason of a correction names.

Once somebody is erased, such a workbook is deleted, to be asked for again; its row stays, so that
its code can be checked. A paper is made anew with the person starred.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from market.accounts.models import Account
from market.accounts.privacy.erasures import FileEraser, Person, file_erasers
from market.database import db, transaction
from market.deals.models import Deal
from market.fairs.models import FairListing
from market.offers.models import Offer
from market.papers import document_jobs, services
from market.papers.document_figures import Origin
from market.papers.models import Document, DocumentKind, DocumentStatus
from market.statements.models import Publication, StatementVersion


def _naming(account: Account) -> list[int] | None:
    """The documents made, or being made, that name the person; papers say so no longer."""
    person = Person.of(account)
    in_files = Document.status.in_((DocumentStatus.DONE, DocumentStatus.RUNNING))
    workbook = Document.kind == DocumentKind.WORKBOOK
    books = list(
        db.session.scalars(select(Document.id).where(workbook, in_files, _has_party(account)))
    )
    papers = []
    for paper in db.session.scalars(select(Document).where(~workbook)):
        figures = _without(person, paper.figures)
        if figures != paper.figures:
            paper.figures = {**figures, "starred": True}
            if paper.status in (DocumentStatus.DONE, DocumentStatus.RUNNING):
                papers.append(paper.id)
    db.session.flush()
    return sorted(books + papers) or None


def _has_party(account: Account) -> ColumnElement[bool]:
    """The condition for workbooks of fairs in which the account has a deal or a listing."""
    party = or_(Deal.seller_id == account.id, Deal.buyer_id == account.id)
    deals = exists().where(Deal.fair_id == Document.fair_id, party)
    listings = (
        exists()
        .where(FairListing.fair_id == Document.fair_id, Offer.owner_id == account.id)
        .where(Offer.id == FairListing.offer_id)
    )
    return or_(deals, listings)


def _without(person: Person, figures: dict[str, Any]) -> dict[str, Any]:
    # The JSON as it is stored, in either format of market.papers.document_figures.
    part, missing = ("provenance", "figures") if "format" in figures else ("standing", "standing")
    provenance = figures.get(part, {})
    if provenance.get("kind", Origin.COUNT) == Origin.COUNT:
        return figures
    units = person.redacted(figures[missing]["missing"], name_too=False)
    figures = {**figures, missing: {**figures[missing], "missing": units}}
    starred = {
        **figures[part],
        "corrections": [
            {**each, "reason": person.redacted(each["reason"], name_too=True)}
            for each in provenance["corrections"]
        ],
    }
    if "findings" in provenance:
        texts = ("explanation", "consent")
        starred["findings"] = [
            {**each, **{name: person.redacted(each[name], name_too=True) for name in texts}}
            for each in provenance["findings"]
        ]
    if provenance["by"] in person.names and _vouched(person, provenance):
        starred["by"] = person.redacted(provenance["by"], name_too=True)
    return {**figures, part: starred}


def _vouched(person: Person, provenance: dict[str, Any]) -> bool:
    """Whether it was this person who submitted or published, and nobody of the same name."""
    if provenance["kind"] == Origin.STATEMENT:
        by = select(StatementVersion.by_id).where(
            StatementVersion.statement_id == provenance["statement"],
            StatementVersion.number == provenance["version"],
        )
    else:
        by = select(Publication.by_id).where(Publication.sha256 == provenance["sha256"])
    return person.id in db.session.scalars(by).all()


def _make_without(states: list[Any]) -> list[Any]:
    """Delete or make anew what names people; all of it later where another makes documents."""
    with document_jobs.exclusive_maker() as alone:
        if not alone:
            return states
        for number in sorted({number for state in states for number in state}):
            _make_anew(number)
    return [None] * len(states)


def _make_anew(number: int) -> None:
    document = db.session.get_one(Document, number)
    db.session.refresh(document)
    if document.status is not DocumentStatus.DONE:
        return  # the next maker takes it up and reads what is so now
    old = document_jobs.file_of(document)
    if document.kind is DocumentKind.WORKBOOK:
        with transaction():
            services.withdraw_file(document)
    else:
        path = document_jobs.rewrite_file(document)
        if path == old:
            return
    same = select(exists().where(Document.file_sha256 == old.stem))
    if not db.session.scalar(same):
        old.unlink(missing_ok=True)


file_erasers["documents"] = FileEraser(_naming, _make_without)
