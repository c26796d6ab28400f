"""What the desk shows of documents: those of an official's regions, and what can be made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import partial

from flask import current_app
from sqlalchemy import bindparam, exists, func, or_, select
from sqlalchemy.orm import joinedload

from market.accounts.models import Account
from market.database import db, read
from market.fairs.models import HELD, Fair
from market.fairs.queries import STATE_ORDER
from market.papers.document_figures import Issue
from market.papers.models import Document, DocumentKind, DocumentStatus
from market.regions.models import Region, is_current, is_within, within
from market.web.language import select as page_language
from market.web.page_cache import depends_on

MAX_SHOWN = 50


def documents_of(paths: Collection[str]) -> Sequence[Document]:
    """The latest documents about the regions of these subtrees, the newest first."""
    return db.session.scalars(
        select(Document)
        .join(Region, Region.code == Document.region_code)
        .where(or_(*(within(Region.path, path) for path in paths)))
        .options(
            joinedload(Document.fair, innerjoin=True).joinedload(Fair.region, innerjoin=True),
            joinedload(Document.region, innerjoin=True),
            joinedload(Document.requested_by, innerjoin=True),
        )
        .order_by(Document.id.desc())
        .limit(MAX_SHOWN)
    ).all()


def counted_fairs(paths: Collection[str]) -> list[Fair]:
    """The fairs with figures that share a region with these subtrees."""
    fairs = db.session.scalars(
        select(Fair)
        .where(Fair.totals_only.is_(False), Fair.status.in_(HELD))
        .options(joinedload(Fair.region, innerjoin=True))
        .order_by(STATE_ORDER, Fair.ends_on.desc(), Fair.id.desc())
    )
    return [
        fair
        for fair in fairs
        if any(
            is_within(path, fair.region.path) or is_within(fair.region.path, path) for path in paths
        )
    ]


def regions_inside(paths: Collection[str]) -> Sequence[Region]:
    """The regions of these subtrees that are or hold reporting ones, by code."""
    return db.session.scalars(
        select(Region)
        .where(
            or_(*(within(Region.path, path) for path in paths)),
            or_(Region.is_leaf, Region.host_code.is_(None)),
            is_current(),
        )
        .order_by(Region.path)
    ).all()


def published_of(fair: Fair) -> Sequence[Document]:
    """The fair's published bulletins, the latest first."""
    return db.session.scalars(
        select(Document)
        .where(
            Document.fair_id == fair.id,
            Document.kind == DocumentKind.BULLETIN,
            Document.published_at.is_not(None),
        )
        .order_by(Document.published_at.desc(), Document.id.desc())
    ).all()


def count_failed(account: Account) -> tuple[int, datetime | None]:
    """How many documents the account asked for have failed and wait for another try, and since
    when the first was asked for."""
    asked = select(func.count(), func.min(Document.requested_at)).where(
        Document.requested_by_id == account.id, Document.status == DocumentStatus.FAILED
    )
    count, oldest = db.session.execute(asked).one()
    return count, oldest


def latest_bulletin(fair: Fair) -> tuple[str, str]:
    """(code, number) of the fair's last published bulletin, of the page's language if there is
    one; both empty without any. A reused page is made anew with the next one."""
    found = _latest_bulletin(fair.id, page_language())
    depends_on(partial(_latest_bulletin, fair.id, page_language()), found)
    return found


def _latest_bulletin(fair_id: int, language: str) -> tuple[str, str]:
    row = read(_BULLETIN, fair=fair_id, language=language).first()
    return (row[0], row[1] or "") if row else ("", "")


def is_number_published(number: str, language: str) -> bool:
    """Whether a bulletin of that number is published in that language."""
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    Document.kind == DocumentKind.BULLETIN,
                    Document.published_at.is_not(None),
                    Document.language == language,
                    _ISSUE["number"].as_string() == number,
                )
            )
        )
    )


def proposed_issue(actor: Account, language: str, today: date) -> Issue:
    """The issuer of the last bulletin in that language, or who asks; and the number after the last
    of the year, as 湘商对接〔2026〕3号."""
    found = db.session.execute(
        select(_ISSUE["issuer"].as_string(), _ISSUE["number"].as_string(), Document.published_at)
        .where(
            Document.kind == DocumentKind.BULLETIN,
            Document.language == language,
            _ISSUE["number"].as_string().is_not(None),
        )
        .order_by(Document.id.desc())
    ).all()
    head = f"{current_app.config['BULLETIN_NUMBER_PREFIX']}〔{today.year}〕"
    published = [number for _issuer, number, at in found if at and number.startswith(head)]
    numbers = [
        int(n)
        for n in (text[len(head) :].removesuffix("号") for text in published)
        if n.isdecimal()
    ]
    return Issue(found[0][0] if found else actor.name, f"{head}{max(numbers, default=0) + 1}号")


_ISSUE = Document.figures["issue"]
_BULLETIN = (
    select(Document.code, _ISSUE["number"].as_string())
    .where(
        Document.fair_id == bindparam("fair"),
        Document.kind == DocumentKind.BULLETIN,
        Document.published_at.is_not(None),
    )
    .order_by(Document.language != bindparam("language"), Document.published_at.desc())
    .limit(1)
)
