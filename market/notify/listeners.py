"""What other rooms tell of, in their transactions, as notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from market.accounts.models import Account
from market.database import chunks, db, transaction
from market.deals.models import Deal, DealStatus
from market.deals.signals import deal_changed, deal_opened
from market.matching.signals import matches_found, matches_seen, matches_withdrawn
from market.messages.models import EnquiryMessage, EnquiryThread, Question
from market.messages.signals import (
    enquiry_read,
    enquiry_written,
    question_answered,
    question_read,
)
from market.notify.models import Notice, NoticeKind, SearchChange
from market.notify.queries import has_unread_about
from market.notify.services import mark_read_about, notify, reached, withdraw
from market.offers.models import Offer, PublicQuestion, Side
from market.offers.revocation import dependent_tables
from market.offers.signals import (
    offer_published,
    offers_posted,
    offers_revoked,
    public_question_answered,
    public_question_asked,
)
from market.search.models import SavedSearch
from market.search.signals import search_opened
from market.traders.signals import TraderEvent, trader_event

# Notices that lead to an offer.
ABOUT_OFFERS = (NoticeKind.MATCH, NoticeKind.EXPIRING, NoticeKind.DEADLINE)

dependent_tables.add(SearchChange.__tablename__)


@deal_changed.connect
def _tell_of_deal(sender: Any, deal: Deal, by: Account, at: datetime) -> None:
    """Tell both sides but the one that took the step."""
    for side, party_id in ((Side.SELL, deal.seller_id), (Side.BUY, deal.buyer_id)):
        if party_id is None or (account := reached(party_id)) is None or account.id == by.id:
            continue
        waits = deal.status is DealStatus.PROPOSED and deal.proposed_side is not side
        notify(
            party_id,
            NoticeKind.DEAL,
            f"deal {deal.id} {at.timestamp():.6f}",
            deal.id,
            is_listed=waits,
            at=at,
            product=deal.product_code,
            status=deal.status.value,
            waits=waits,
        )


@deal_opened.connect
def _deal_was_opened(sender: Any, deal: Deal, by: Account) -> None:
    """Most who open a deal have nothing to mark, and write nothing."""
    if has_unread_about(by.id, NoticeKind.DEAL, deal.id):
        with transaction():
            mark_read_about(by.id, NoticeKind.DEAL, deal.id)


@enquiry_written.connect
def _tell_of_enquiry(
    sender: Any, thread: EnquiryThread, message: EnquiryMessage, by: Account, at: datetime
) -> None:
    """Tell the other side of the thread."""
    notify(
        thread.owner_id if message.from_asker else thread.asker_id,
        NoticeKind.ENQUIRY,
        f"enquiry {message.id}",
        thread.id,
        is_listed=True,
        at=at,
        product=thread.offer.product_code,
        quotes=message.quotation is not None,
    )


@enquiry_read.connect
def _enquiry_was_read(sender: Any, thread: EnquiryThread, by: Account) -> None:
    mark_read_about(by.id, NoticeKind.ENQUIRY, thread.id)


@question_answered.connect
def _tell_of_answer(sender: Any, question: Question, at: datetime) -> None:
    notify(
        question.asker_id,
        NoticeKind.ANSWER,
        f"answer {question.id} {at.timestamp():.6f}",
        question.id,
        is_listed=True,
        at=at,
    )


@question_read.connect
def _answer_was_read(sender: Any, question: Question) -> None:
    if account := reached(question.asker_id):
        mark_read_about(account.id, NoticeKind.ANSWER, question.id)


@matches_found.connect
def _tell_of_matches(sender: Any, found: Mapping[int, list[int]], at: datetime) -> None:
    """Tell the owner of each offer how many matches are new."""
    columns = select(Offer.id, Offer.owner_id, Offer.product_code)
    offers = db.session.execute(columns.where(Offer.id.in_(found))).all()
    # Held, so that notify() finds them in the session: else it asks for each owner alone.
    owners = select(Account).where(Account.id.in_({offer.owner_id for offer in offers}))
    _held = db.session.scalars(owners).all()
    for offer in offers:
        notify(
            offer.owner_id,
            NoticeKind.MATCH,
            f"match {offer.id} {max(found[offer.id])}",
            offer.id,
            is_listed=True,
            at=at,
            count=len(found[offer.id]),
            product=offer.product_code,
        )


@matches_seen.connect
def _matches_were_seen(sender: Any, offer: Offer, by: Account) -> None:
    mark_read_about(by.id, NoticeKind.MATCH, offer.id)


@matches_withdrawn.connect
def _matches_were_withdrawn(sender: Any, left: Mapping[int, int]) -> None:
    """What nobody has read yet counts only the matches that are left."""
    unread = select(Notice).where(Notice.kind == NoticeKind.MATCH, Notice.read_at.is_(None))
    for notice in db.session.scalars(unread.where(Notice.about_id.in_(left))).all():
        if count := min(left[notice.about_id], notice.facts["count"]):
            notice.facts = {**notice.facts, "count": count}
        else:
            withdraw([notice])


@trader_event.connect
def _tell_of_trader(
    sender: Any, party_id: int, event: TraderEvent, about_id: int, key: str
) -> None:
    notify(party_id, NoticeKind.TRADER, key, about_id, is_listed=False, event=event.value)


@public_question_asked.connect
def _tell_of_public_question(
    sender: Any, question: PublicQuestion, by: Account, at: datetime
) -> None:
    """Tell the buyer."""
    _notify_of_public(question.offer.owner_id, question, "asked", is_listed=True, at=at)


@public_question_answered.connect
def _tell_of_public_answer(
    sender: Any, question: PublicQuestion, by: Account, at: datetime
) -> None:
    """Tell who asked; the buyer has read what was asked."""
    mark_read_about(by.id, NoticeKind.PUBLIC_QUESTION, question.offer_id)
    _notify_of_public(question.asker_id, question, "answered", is_listed=False, at=at)


def _notify_of_public(
    party_id: int, question: PublicQuestion, what: str, is_listed: bool, at: datetime
) -> None:
    notify(
        party_id,
        NoticeKind.PUBLIC_QUESTION,
        f"public {what} {question.id}",
        question.offer_id,
        is_listed=is_listed,
        at=at,
        product=question.offer.product_code,
        what=what,
    )


@search_opened.connect
def _search_was_opened(sender: Any, search: SavedSearch) -> None:
    mark_read_about(search.account_id, NoticeKind.SAVED_SEARCH, search.id)


@offer_published.connect
def _look_at_searches(sender: Any, offer: Offer, at: datetime) -> None:
    db.session.add(SearchChange(offer_id=offer.id))


@offers_posted.connect
def _look_at_searches_for_all(sender: Any, offer_ids: Iterable[int], at: datetime) -> None:
    db.session.execute(insert(SearchChange), [{"offer_id": id_} for id_ in offer_ids])


@offers_revoked.connect
def _withdraw_notices(sender: Any, offer_ids: Iterable[int], at: datetime) -> None:
    """Nobody is told any more of what was taken back."""
    for some in chunks(offer_ids):
        db.session.execute(delete(SearchChange).where(SearchChange.offer_id.in_(some)))
        about = Notice.about_id.in_(some), Notice.kind.in_(ABOUT_OFFERS)
        withdraw(db.session.scalars(select(Notice).where(*about)).all())
