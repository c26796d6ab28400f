"""Certificates: entered by the trader, checked by the county, shown while they hold."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from market.accounts.models import Account
from market.accounts.privacy.exports import export_account
from market.accounts.services import erase_account
from market.database import db, transaction
from market.messages import enquiries
from market.messages.enquiries import QuotationTerms
from market.messages.models import EnquiryThread
from market.offers.models import Offer, PriceBasis
from market.traders import certificates, disputes
from market.traders.certificates import CertificateValues, checked_certificates, checked_of_asked
from market.traders.models import (
    CertificateDecision,
    CertificateKind,
    DisputeDecision,
    TraderCertificate,
    TraderDispute,
)
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_today
from tests.conftest import Client
from tests.deals.factories import Trade, do, make_trade, refused
from tests.offers.factories import make_offer

Maker = Callable[..., Account]
LogIn = Callable[[Account], Client]
CHECKED, REFUSED = CertificateDecision.CHECKED, CertificateDecision.REFUSED


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account)


def values(days: int | None = 90, kind: CertificateKind = CertificateKind.GREEN) -> Any:
    until = None if days is None else home_today() + timedelta(days=days)
    return CertificateValues(kind, "LB-18-2026", "中国绿色食品发展中心", until)


def enter(trader: Account, *given: Any) -> TraderCertificate:
    row: TraderCertificate = do(
        certificates.enter, trader, trader, values(*given), None, uuid.uuid4().hex
    )
    return row


def check(trade: Trade, row: TraderCertificate) -> None:
    do(certificates.decide_certificate, trade.official, row, CHECKED, "绿色食品网查询", "")


@pytest.mark.postgresql
def test_only_what_an_official_of_the_county_checked_and_still_holds_is_shown(
    trade: Trade, make_account: Maker
) -> None:
    row = enter(trade.seller)
    assert checked_certificates(trade.seller) == []
    other = make_account("别县", role="county_official", region="430102")
    decide = certificates.decide_certificate
    refused(Refused, decide, other, row, CHECKED, "网上", "")
    refused(Invalid, decide, trade.official, row, CHECKED, " ", "")
    refused(Invalid, decide, trade.official, row, REFUSED, "网上", " ")
    check(trade, row)
    refused(InvalidTransition, decide, trade.official, row, REFUSED, "", "查无此号")
    assert list(checked_certificates(trade.seller)) == [row]
    with transaction():
        row.valid_until = home_today() - timedelta(days=1)
    assert checked_certificates(trade.seller) == []


def test_what_has_run_out_is_not_entered_and_nobody_enters_for_others(trade: Trade) -> None:
    key = uuid.uuid4().hex
    refused(Invalid, certificates.enter, trade.seller, trade.seller, values(-1), None, key)
    refused(Refused, certificates.enter, trade.buyer, trade.seller, values(), None, key)
    assert enter(trade.seller, None).valid_until is None


def test_of_the_certificates_a_purchase_asks_for_the_checked_ones_are_said(
    trade: Trade, log_in: LogIn
) -> None:
    wanted: Offer = make_offer(trade.buyer, side="buy", certificates="green,organic")
    with transaction():
        terms = QuotationTerms(
            *(Decimal(2), "jin", Decimal(1000), "jin", PriceBasis.DELIVERED), home_today()
        )
        enquiries.start_quoting(trade.seller, trade.seller, wanted, terms, "", uuid.uuid4().hex)
    check(trade, enter(trade.seller))
    check(trade, enter(trade.seller, 9, CertificateKind.LICENCE))
    enter(trade.seller, 9, CertificateKind.ORGANIC)
    assert checked_of_asked(wanted, trade.seller.id) == [CertificateKind.GREEN]
    assert checked_of_asked(wanted, trade.buyer.id) == []
    thread = f"/messages/{db.session.scalars(select(EnquiryThread.id)).one()}"
    assert "您的证书，县里已核对：绿色食品" in log_in(trade.seller).get(thread).text
    page = log_in(trade.buyer).get(thread).text
    assert "县里已核对：绿色食品" in page
    assert "您的证书" not in page


def test_a_certificate_is_entered_checked_shown_disputed_and_removed_on_the_pages(
    trade: Trade, client: Client, log_in: LogIn
) -> None:
    seller, desk = log_in(trade.seller), log_in(trade.official)
    page, own = f"/traders/{trade.seller.id}", f"/traders/{trade.seller.id}/certificates"
    assert seller.get("/me/certificates").location == own
    assert log_in(trade.buyer).get(own).status_code == 403
    form = {"kind": "organic", "number": "", "issued_by": "杭州万泰认证", "valid_until": ""}
    answer = seller.send(own, {**form, "key": uuid.uuid4().hex})
    assert "杭州万泰认证" in answer.text, "nothing typed is lost"
    assert "还差一项：编号" in answer.text
    seller.send(own, {**form, "key": uuid.uuid4().hex, "number": "134OP1"})
    row = db.session.scalars(select(TraderCertificate)).one()
    assert "134OP1" not in client.get(page).text
    assert "134OP1" in desk.get("/desk/certificates").text
    address = f"/desk/certificates/{row.id}"
    missing = {"decision": "checked", "source": "", "reason": ""}
    assert "请写在哪里查到的" in desk.send(address, missing, page="/desk/certificates").text
    desk.send(address, {**missing, "source": "认监委网站"}, page="/desk/certificates")
    assert "认监委网站" in client.get(page).text
    dispute = f"/traders/{trade.seller.id}/dispute-certificate/{row.id}"
    log_in(trade.buyer).send(dispute, {"key": uuid.uuid4().hex, "reason": "证号是别家的"})
    case = db.session.scalars(select(TraderDispute)).one()
    do(disputes.decide_dispute, trade.official, case, DisputeDecision.HIDE, "确是别家的")
    assert "134OP1" not in client.get(page).text
    seller.send(f"/certificates/{row.id}/remove", {}, page=own)
    assert db.session.scalar(select(func.count()).select_from(TraderCertificate)) == 0


@pytest.mark.postgresql
def test_certificates_are_exported_and_go_with_the_account(trade: Trade, app: Flask) -> None:
    check(trade, enter(trade.seller))
    exported: Any = export_account(trade.seller)
    assert exported["certificates"][0]["number"] == "LB-18-2026"
    with transaction():
        erase_account(trade.seller)
    assert db.session.scalar(select(func.count()).select_from(TraderCertificate)) == 0
