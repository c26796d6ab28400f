"""The demonstration's enquiries: threads in every state, read by both sides and by the desk."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from sqlalchemy import func, select

from market.accounts.models import Account
from market.accounts.today import waiting_for
from market.database import db
from market.messages.enquiry_queries import threads_of
from market.messages.models import (
    EnquiryMessage,
    EnquiryReport,
    EnquiryThread,
    Quotation,
    QuotationState,
    ReportDecision,
)
from market.messages.next_steps import next_step


def test_there_are_threads_in_every_state_and_none_is_of_the_future(
    seeded: Flask, moment: datetime
) -> None:
    assert set(db.session.scalars(select(Quotation.state))) == set(QuotationState)
    decisions = set(db.session.scalars(select(EnquiryReport.decision)))
    assert decisions == {None, ReportDecision.CLOSED}
    latest = db.session.scalar(select(func.max(EnquiryMessage.at)))
    assert latest is not None
    assert latest <= moment
    for quotation in db.session.scalars(select(Quotation)):
        if quotation.deal is not None:
            assert quotation.deal.unit_price == quotation.price
            assert quotation.deal.seller_offer_id == quotation.thread.offer_id
    threads = db.session.scalars(select(EnquiryThread)).all()
    with seeded.test_request_context():
        assert all(next_step(thread, side).words for thread in threads for side in (True, False))
    asker = db.session.get_one(Account, threads[-1].asker_id)
    assert threads_of(asker, 1)[0]
    assert any(
        {"messages", "quotations"} & waiting_for(thread.owner_id).keys() for thread in threads
    )
