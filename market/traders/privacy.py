"""Export and erasure of what an account said of others here, and what was said of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select

from market.accounts.models import Account
from market.accounts.privacy.erasures import (
    FileEraser,
    Person,
    PersonalTexts,
    file_erasers,
    personal_texts,
)
from market.accounts.privacy.exports import erasers, exporters
from market.database import db
from market.messages.privacy import ERASED_TEXT
from market.offers import photos
from market.traders import complaints
from market.traders.certificates import FOLDER
from market.traders.complaint_models import Complaint, ComplaintPhoto
from market.traders.models import TraderCertificate, TraderDispute, TraderRating


def _ratings(account: Account) -> list[dict[str, Any]]:
    mine = select(TraderRating).where(_rated_or_rater(account)).order_by(TraderRating.id)
    return [
        {
            "deal": rating.deal_id,
            "as": "rater" if rating.rater_id == account.id else "rated",
            "stars": rating.stars,
            "text": rating.text,
            "at": rating.at.isoformat(),
            "answer": rating.answer,
            "hidden": rating.is_hidden,
        }
        for rating in db.session.scalars(mine)
    ]


def _disputes(account: Account) -> list[dict[str, Any]]:
    mine = select(TraderDispute).where(TraderDispute.by_id == account.id)
    return [
        {
            "about": row.trader_id,
            "rating": row.rating_id,
            "reason": row.reason,
            "at": row.at.isoformat(),
            "decision": row.decision,
            "decision_reason": row.decision_reason,
        }
        for row in db.session.scalars(mine.order_by(TraderDispute.id))
    ]


def _certificates(account: Account) -> list[dict[str, Any]]:
    mine = select(TraderCertificate).where(TraderCertificate.account_id == account.id)
    return [
        {
            "kind": row.kind,
            "number": row.number,
            "issued_by": row.issued_by,
            "valid_until": row.valid_until.isoformat() if row.valid_until else None,
            "picture": row.sha256,
            "at": row.at.isoformat(),
            "decision": row.decision,
            "source": row.source,
            "decision_reason": row.decision_reason,
        }
        for row in db.session.scalars(mine.order_by(TraderCertificate.id))
    ]


def _erase(account: Account) -> None:
    """Delete what the account wrote, and what was written on its page, which goes too."""
    ratings = select(TraderRating.id).where(_rated_or_rater(account))
    certificates = select(TraderCertificate.id).where(TraderCertificate.account_id == account.id)
    cases = or_(
        TraderDispute.certificate_id.in_(certificates),
        TraderDispute.by_id == account.id,
        TraderDispute.trader_id == account.id,
        TraderDispute.rating_id.in_(ratings),
    )
    for statement in (
        delete(TraderDispute).where(cases),
        delete(TraderRating).where(_rated_or_rater(account)),
        delete(TraderCertificate).where(TraderCertificate.account_id == account.id),
    ):
        db.session.execute(statement, execution_options={"synchronize_session": "fetch"})


def _rated_or_rater(person: Account | Person) -> ColumnElement[bool]:
    return or_(TraderRating.rater_id == person.id, TraderRating.rated_id == person.id)


def _in_disputes(person: Person) -> ColumnElement[bool]:
    return or_(TraderDispute.by_id == person.id, TraderDispute.trader_id == person.id)


def _complaints(account: Account) -> list[dict[str, Any]]:
    mine = select(Complaint).where(_complains_or_accused(account)).order_by(Complaint.id)
    return [
        {
            "as": "complainant" if row.complainant_id == account.id else "accused",
            "kind": row.kind,
            "text": row.text,
            "at": row.at.isoformat(),
            "statement": row.statement,
            "decision": row.decision,
            "decision_reason": row.decision_reason,
            "pictures": [photo.sha256 for photo in row.photos],
        }
        for row in db.session.scalars(mine)
    ]


def _complains_or_accused(person: Account | Person) -> ColumnElement[bool]:
    return or_(Complaint.complainant_id == person.id, Complaint.accused_id == person.id)


def _erase_complaints(account: Account) -> None:
    """Delete complaints about the account, and its own that nobody has decided; of those that
    were decided the text and the pictures, so that the other's record stays."""
    for row in db.session.scalars(select(Complaint).where(_complains_or_accused(account))).all():
        if row.accused_id == account.id or row.decision is None:
            db.session.delete(row)
        else:
            row.text, row.photos = ERASED_TEXT, []
    db.session.flush()


def _pictures(account: Account) -> list[str]:
    mine = TraderCertificate.account_id == account.id, TraderCertificate.sha256.is_not(None)
    of_complaints = select(ComplaintPhoto.sha256).join(
        Complaint, Complaint.id == ComplaintPhoto.complaint_id
    )
    queries: tuple[Any, ...] = (
        select(TraderCertificate.sha256).where(*mine),
        of_complaints.where(_complains_or_accused(account)),
    )
    return sorted({sha256 for query in queries for sha256 in db.session.scalars(query)})


def _delete_pictures(states: list[Any]) -> list[Any]:
    photos.delete_unused({sha256 for state in states for sha256 in state})
    return [None] * len(states)


def _pictures_in_use() -> list[str]:
    used = select(TraderCertificate.sha256).where(TraderCertificate.sha256.is_not(None))
    return [str(sha256) for sha256 in db.session.scalars(used.distinct())]


def _complaint_pictures_in_use() -> list[str]:
    return list(db.session.scalars(select(ComplaintPhoto.sha256).distinct()))


def _own_certificates(person: Person) -> ColumnElement[bool]:
    return TraderCertificate.account_id == person.id


file_erasers["certificates"] = FileEraser(_pictures, _delete_pictures)
photos.hashes_in_use[FOLDER] = _pictures_in_use
photos.hashes_in_use[complaints.FOLDER] = _complaint_pictures_in_use
personal_texts += [
    PersonalTexts(Complaint, ("text", "statement", "decision_reason"), _complains_or_accused),
    PersonalTexts(
        TraderCertificate, ("number", "issued_by", "source", "decision_reason"), _own_certificates
    ),
    PersonalTexts(TraderRating, ("text", "answer"), _rated_or_rater),
    PersonalTexts(TraderDispute, ("reason", "decision_reason"), _in_disputes),
]
exporters.extend(
    [
        ("ratings", _ratings),
        ("disputes", _disputes),
        ("certificates", _certificates),
        ("complaints", _complaints),
    ]
)
erasers.extend([_erase, _erase_complaints])
