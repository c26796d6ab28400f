"""A number is shown on the offer it was asked for on, and its owner learns who asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from market.accounts.blocks import block, unblock
from market.accounts.models import Account, PhoneReveal
from market.accounts.services import reveal_phone
from market.database import db, transaction
from market.web.errors import Refused
from tests.conftest import Client
from tests.offers.factories import make_offer

Maker = Callable[..., Account]
LogIn = Callable[[Account], Client]


def test_one_tap_shows_the_number_as_a_link_and_it_stays_on_this_offer(
    make_account: Maker, log_in: LogIn
) -> None:
    owner = make_account("王大伯", phone="+8613900001234")
    offer, other = make_offer(owner), make_offer(owner, title="另一批梨")
    client = log_in(make_account("长沙鲜果"))
    page = f"/offers/{offer.id}"
    assert "13900001234" not in client.get(page).text
    sent = client.send(f"{page}/phone", page=page)
    assert sent.location == f"{page}#phone"
    for _ in range(2):
        shown = client.get(page).text
        assert 'href="tel:+8613900001234"' in shown
        assert 'id="phone"' in shown
    assert "13900001234" not in client.get(f"/offers/{other.id}").text


def test_each_reveal_is_told_to_the_owner_with_who_when_where_and_on_which_offer(
    make_account: Maker, log_in: LogIn
) -> None:
    owner, buyer = make_account("王大伯"), make_account("长沙鲜果", region="430111")
    first, second = make_offer(owner, title="头一批梨"), make_offer(owner, title="第二批梨")
    client = log_in(buyer)
    for offer in (first, first, second):
        client.send(f"/offers/{offer.id}/phone", page=f"/offers/{offer.id}")
    rows = db.session.scalars(select(PhoneReveal.page).order_by(PhoneReveal.id)).all()
    assert rows == [f"offers/{first.id}", f"offers/{second.id}"]
    assert "长沙鲜果" not in client.get(f"/offers/{first.id}").text
    mine = log_in(owner)
    assert "长沙鲜果</strong> · 长沙市·雨花区" in mine.get(f"/offers/{first.id}").text
    me = mine.get("/me").text
    assert me.count("长沙鲜果</strong>") == 2
    assert "第二批梨" in me


def test_a_person_counts_once_for_the_quota_whatever_the_offer(
    app: Flask, make_account: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "QUOTAS", {**app.config["QUOTAS"], "reveals": (1, 1)})
    viewer, owner = make_account(), make_account()
    for page in ("offers/1", "offers/2"):
        with transaction():
            reveal_phone(viewer, owner, page)


def test_who_is_blocked_sees_no_number_even_one_they_had_seen(
    make_account: Maker, log_in: LogIn
) -> None:
    owner, buyer = make_account("王大伯", phone="+8613900001234"), make_account("长沙鲜果")
    offer = make_offer(owner)
    client, page = log_in(buyer), f"/offers/{offer.id}"
    client.send(f"{page}/phone", page=page)
    with transaction():
        block(owner, owner, buyer)
    assert "13900001234" not in client.get(page).text
    with pytest.raises(Refused), transaction():
        reveal_phone(buyer, owner, "offers/9")
    with transaction():
        unblock(owner, owner, buyer)
    assert "13900001234" in client.get(page).text


def test_nobody_blocks_in_the_name_of_another(make_account: Maker) -> None:
    one, other, third = (make_account() for _ in range(3))
    for party, blocked in ((other, third), (one, one)):
        with pytest.raises(Refused), transaction():
            block(one, party, blocked)


def test_reveals_elsewhere_name_no_offer(make_account: Maker, log_in: LogIn) -> None:
    owner: Any = make_account("王大伯")
    with transaction():
        reveal_phone(make_account("县商务局"), owner, "desk/offers/1")
    assert "县商务局</strong>" in log_in(owner).get("/me").text
