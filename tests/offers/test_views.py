"""The pages as people use them."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from market.accounts.models import Account, PhoneReveal
from market.database import db, transaction, utcnow
from market.offers.expiring import expire_offers
from market.offers.models import Offer, OfferStatus, Verification
from market.offers.services import edit_offer, verify_offer
from market.products import unmatched
from tests.conftest import Client
from tests.offers.factories import make_offer, offer_values
from tests.sql import statements

Make = Callable[..., Account]
LogIn = Callable[[Account], Client]
PEARS = {
    "product": "翠冠梨",
    "quantity": "2000",
    "unit": "jin",
    "price_low": "2.35",
    "price_unit": "jin",
    "region": "石门县",
    "price_basis": "ex_farm",
    "key": "a" * 32,
    "action": "publish",
}


@pytest.fixture
def owner(make_account: Make) -> Account:
    return make_account(name="王大伯", phone="+8613800001234")


def photo(color: int = 90) -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), color).save(out, "PNG")
    out.seek(0)
    return out, "photo.png"


def text(answer: Any) -> str:
    return answer.get_data(as_text=True)


def offers() -> list[Offer]:
    return list(db.session.scalars(select(Offer).order_by(Offer.id)))


def test_four_lines_post_an_offer(owner: Account, log_in: LogIn) -> None:
    browser = log_in(owner)
    answer = browser.send("/offers/new?side=sell", PEARS)
    (offer,) = offers()
    assert (answer.status_code, answer.location) == (303, f"/offers/{offer.id}")
    assert (offer.status, offer.product_code) == (OfferStatus.PUBLISHED, "0302011")
    assert (offer.price_low, offer.price_high) == (Decimal("2.35"), Decimal("2.35"))
    assert offer.region_code == "430726"


def test_a_form_sent_twice_leads_to_the_one_offer(owner: Account, log_in: LogIn) -> None:
    browser = log_in(owner)
    first, again = (browser.send("/offers/new", PEARS) for _ in range(2))
    assert first.location == again.location
    assert len(offers()) == 1


def test_a_draft_is_saved_and_published_later(owner: Account, log_in: LogIn) -> None:
    browser = log_in(owner)
    browser.send("/offers/new?side=buy", {**PEARS, "action": "draft"})
    (offer,) = offers()
    assert (offer.status, offer.side) == (OfferStatus.DRAFT, "buy")
    browser.send(f"/offers/{offer.id}/publish", page=f"/offers/{offer.id}")
    assert offers()[0].status is OfferStatus.PUBLISHED


@pytest.mark.parametrize(
    ("change", "typed_text"),
    [
        ({"product": "没有这种东西"}, "没有这种东西"),
        ({"product": ""}, "2000"),
        ({"product": "地瓜"}, "0103003"),
        ({"region": "亚特兰蒂斯"}, "亚特兰蒂斯"),
        ({"quantity": "0"}, "2.35"),
        ({"quantity": "-5"}, "-5"),
        ({"quantity": "很多"}, "很多"),
        ({"quantity": "9" * 40}, "9" * 40),
        ({"quantity": "5000000", "unit": "ton"}, "5000000"),
        ({"quantity": "1.2345"}, "1.2345"),
        ({"price_low": "3", "price_high": "2"}, 'value="3"'),
        ({"price_low": ""}, "2000"),
        ({"price_low": "1e5"}, "1e5"),
        ({"price_unit": "plant"}, "2000"),
        ({"unit": "stone"}, "2000"),
        ({"min_lot": "2001"}, "2001"),
        ({"supply_from": "2099-02-02", "supply_to": "2099-02-01"}, "2099-02-02"),
        ({"supply_to": "2001-01-01"}, "2001-01-01"),
        ({"supply_to": "someday"}, "someday"),
        ({"days": "181"}, "181"),
        ({"days": "soon"}, "soon"),
        ({"title": "长" * 81}, "长" * 81),
        ({"description": "长" * 2001}, "长" * 2001),
    ],
)
def test_bad_input_is_refused_at_its_field_with_everything_typed_kept(
    owner: Account, log_in: LogIn, change: dict[str, str], typed_text: str
) -> None:
    answer = log_in(owner).send("/offers/new", {**PEARS, "packaging": "周转筐", **change})
    page = text(answer)
    assert answer.status_code == 200
    assert offers() == []
    assert typed_text in page
    assert "周转筐" in page
    assert 'class="field-error"' in page


def test_an_ambiguous_product_offers_the_choices(owner: Account, log_in: LogIn) -> None:
    page = text(log_in(owner).send("/offers/new", {**PEARS, "product": "地瓜"}))
    assert "红薯" in page
    assert "豆薯" in page


def test_photos_of_a_refused_form_are_not_lost(owner: Account, log_in: LogIn) -> None:
    browser = log_in(owner)
    page = text(browser.send("/offers/new", {**PEARS, "quantity": "0", "photos": [photo()]}))
    (sha,) = re.findall(r'name="photos" value="([0-9a-f]{64})"', page)
    browser.send("/offers/new", {**PEARS, "photos": [sha, photo(200)]})
    (offer,) = offers()
    assert len(offer.photos) == 2
    assert offer.photos[0].sha256 == sha


def test_a_photo_is_taken_out_and_the_others_move_up(owner: Account, log_in: LogIn) -> None:
    browser = log_in(owner)
    browser.send("/offers/new", {**PEARS, "photos": [photo(1), photo(200)]})
    (offer,) = offers()
    first, second = (p.sha256 for p in offer.photos)
    change = {**PEARS, "photos": [first, second], "photos-remove": first}
    browser.send(f"/offers/{offer.id}/edit", change)
    db.session.expire_all()
    assert [(p.position, p.sha256) for p in offer.photos] == [(0, second)]


def test_a_file_that_is_no_photo_and_a_seventh_photo_are_refused(
    owner: Account, log_in: LogIn
) -> None:
    browser = log_in(owner)
    page = text(browser.send("/offers/new", {**PEARS, "photos": [(io.BytesIO(b"no"), "a.jpg")]}))
    assert "photos-error" in page
    seven = [photo(n * 30) for n in range(7)]
    page = text(browser.send("/offers/new", {**PEARS, "photos": seven}))
    assert "photos-error" in page
    assert len(re.findall(r'name="photos" value="[0-9a-f]{64}"', page)) == 6
    assert offers() == []


def test_an_invented_photo_is_left_out(owner: Account, log_in: LogIn) -> None:
    log_in(owner).send("/offers/new", {**PEARS, "photos": ["0" * 64, "../../x"]})
    assert offers()[0].photos == []


def test_nobody_posts_for_another_without_representing_them(
    owner: Account, make_account: Make, log_in: LogIn
) -> None:
    assert log_in(make_account()).get(f"/offers/new?for={owner.id}").status_code == 403
    assert log_in(owner).get("/offers/new?for=99999").status_code == 404


def test_the_form_remembers_the_place_and_copies_an_old_offer(
    owner: Account, log_in: LogIn
) -> None:
    browser = log_in(owner)
    assert "常德市·石门县" in text(browser.get("/offers/new"))
    offer = make_offer(owner, region="430725", grade="特级")
    assert "桃源县" in text(browser.get("/offers/new"))
    copy = text(browser.get(f"/offers/new?copy={offer.id}"))
    assert "特级" in copy
    assert "翠冠梨" in copy


def test_nobody_copies_anothers_draft(owner: Account, make_account: Make, log_in: LogIn) -> None:
    offer = make_offer(owner, draft=True, grade="秘密")
    page = text(log_in(make_account()).get(f"/offers/new?copy={offer.id}"))
    assert "秘密" not in page


def test_an_offer_shows_its_price_first_and_hides_phone_numbers_from_visitors(
    owner: Account, client: Client
) -> None:
    offer = make_offer(owner, description="电话 13800001234 随时打", title="好梨 13800001234")
    for address in (f"/offers/{offer.id}", "/offers"):
        page = text(client.get(address))
        assert "2.35–2.6" in page
        assert "13800001234" not in page
        assert "138 0000 1234" not in page


def test_a_number_asked_for_stays_shown_to_who_asked_and_is_recorded_once(
    owner: Account, make_account: Make, log_in: LogIn, client: Client
) -> None:
    offer, viewer = make_offer(owner), make_account()
    page, browser = f"/offers/{offer.id}", log_in(viewer)
    assert "+8613800001234" not in text(browser.get(page))
    for _ in range(2):
        answer = browser.send(f"{page}/phone", page="/offers/new")
        assert (answer.status_code, answer.location) == (303, f"{page}#phone")
    shown = browser.get(page)
    assert "tel:+8613800001234" in text(shown)
    assert 'id="phone"' in text(shown)
    assert "no-store" in shown.headers["Cache-Control"]
    (record,) = db.session.scalars(select(PhoneReveal))
    assert (record.viewer_id, record.account_id) == (viewer.id, owner.id)
    assert "+8613800001234" not in text(log_in(make_account()).get(page)), "to nobody else"
    assert "+8613800001234" not in text(client.get(page))
    refused = client.send(f"{page}/phone", page="/login")
    assert "/login" in refused.location


def test_the_badge_says_of_which_day_and_an_owner_is_told_when_it_goes(
    owner: Account, make_account: Make, log_in: LogIn, client: Client
) -> None:
    offer, official = make_offer(owner), make_account(role="county_official")
    with transaction():
        verify_offer(official, offer)
    client.set_cookie("language", "en")
    assert "as it stands here" in text(client.get(f"/offers/{offer.id}"))
    browser = log_in(owner)
    browser.set_cookie("language", "en")
    with transaction():
        edit_offer(owner, offer, offer_values(grade="特级"))
    assert "as it stands here" not in text(client.get(f"/offers/{offer.id}"))


def test_a_protected_product_of_the_county_says_so(owner: Account, client: Client) -> None:
    from market.products.models import GeographicalIndication

    known = db.session.scalars(select(GeographicalIndication).limit(1)).one()
    offer = make_offer(owner, product=known.product_code, region=known.region_code)
    page = text(client.get(f"/offers/{offer.id}"))
    assert known.name in page
    assert known.source.replace("&", "&amp;") in page


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (OfferStatus.DRAFT, 404),
        (OfferStatus.REJECTED, 404),
        (OfferStatus.CLOSED, 410),
        (OfferStatus.EXPIRED, 410),
    ],
)
def test_an_offer_that_is_not_public_is_a_page_of_its_own_to_others(
    owner: Account,
    make_account: Make,
    log_in: LogIn,
    client: Client,
    status: OfferStatus,
    code: int,
) -> None:
    offer = make_offer(owner)
    with transaction():
        offer.status = status
    for browser in (client, log_in(make_account())):
        answer = browser.get(f"/offers/{offer.id}")
        assert answer.status_code == code
        assert text(answer).count("<h1") == 1
    assert log_in(owner).get(f"/offers/{offer.id}").status_code == 200


def test_the_owner_edits_and_bad_input_keeps_what_was_typed(owner: Account, log_in: LogIn) -> None:
    offer, browser = make_offer(owner), log_in(owner)
    page = text(browser.send(f"/offers/{offer.id}/edit", {**PEARS, "min_lot": "9999"}))
    assert 'value="9999"' in page
    assert browser.send(f"/offers/{offer.id}/edit", {**PEARS, "quantity": "7"}).status_code == 303
    assert offers()[0].quantity == 7


def test_strangers_can_neither_edit_nor_move_an_offer(
    owner: Account, make_account: Make, log_in: LogIn
) -> None:
    offer, browser = make_offer(owner), log_in(make_account())
    assert browser.get(f"/offers/{offer.id}/edit").status_code == 403
    for step in ("publish", "close", "renew", "verify", "return", "reject"):
        answer = browser.send(f"/offers/{offer.id}/{step}", {"reason": "x"}, f"/offers/{offer.id}")
        assert answer.status_code == 403
    assert offers()[0].status is OfferStatus.PUBLISHED


@pytest.mark.parametrize(
    ("step", "status"),
    [
        ("close", OfferStatus.CLOSED),
        ("renew", OfferStatus.PUBLISHED),
    ],
)
def test_the_owner_moves_an_offer_by_one_tap(
    owner: Account, log_in: LogIn, step: str, status: OfferStatus
) -> None:
    offer, browser = make_offer(owner), log_in(owner)
    of_yesterday(offer)
    answer = browser.send(f"/offers/{offer.id}/{step}", page=f"/offers/{offer.id}")
    assert answer.status_code == 303
    assert "notice-error" not in text(browser.get(f"/offers/{offer.id}"))
    assert offers()[0].status is status
    assert browser.get(answer.location).status_code == 200


def of_yesterday(offer: Offer) -> None:
    """So that it may be renewed."""
    with transaction():
        offer.published_at = utcnow() - timedelta(days=1)


def test_a_step_that_is_no_longer_possible_is_told_on_the_page(
    owner: Account, log_in: LogIn
) -> None:
    offer, browser = make_offer(owner), log_in(owner)
    browser.send(f"/offers/{offer.id}/close", page=f"/offers/{offer.id}")
    answer = browser.send(f"/offers/{offer.id}/close", page=f"/offers/{offer.id}")
    assert "notice-error" in text(browser.get(answer.location))


def test_the_county_verifies_returns_and_rejects(
    owner: Account, make_account: Make, log_in: LogIn
) -> None:
    offer, browser = make_offer(owner), log_in(make_account(role="county_official"))
    address = f"/offers/{offer.id}"
    browser.send(f"{address}/verify", page=address)
    assert offers()[0].verification is Verification.VERIFIED
    assert "reason-error" in text(browser.send(f"{address}/return", {"reason": " "}, address))
    browser.send(f"{address}/return", {"reason": "补照片"}, address)
    assert offers()[0].verification_reason == "补照片"
    assert "补照片" in text(log_in(owner).get(address))
    browser.send(f"{address}/reject", {"reason": "虚假"}, address)
    assert offers()[0].status is OfferStatus.REJECTED
    assert "虚假" in text(log_in(owner).get(address))


def test_my_offers_warn_of_what_ends_soon_and_renew_by_one_tap(
    owner: Account, log_in: LogIn
) -> None:
    offer, browser = make_offer(owner, days=2), log_in(owner)
    make_offer(owner, days=60)
    assert "/renew" not in text(browser.get("/offers/mine"))
    of_yesterday(offer)
    page = text(browser.get("/offers/mine"))
    # With its number of days; the header says besides that something waits.
    assert page.count('badge-warn">还有') == page.count("/renew") == 1
    answer = browser.send(f"/offers/{offer.id}/renew", {"back": "mine"}, "/offers/mine")
    assert answer.location == "/offers/mine"
    assert 'badge-warn">还有' not in text(browser.get("/offers/mine"))
    for status in (*OfferStatus, "nonsense"):
        assert browser.get(f"/offers/mine?status={status}").status_code == 200


def test_the_list_filters_and_shows_what_is_in_force(
    owner: Account, client: Client, log_in: LogIn
) -> None:
    make_offer(owner)
    make_offer(owner, product="0101001", region="430725")
    page = text(client.get("/offers?product=0302&region=430700&price_min=2&side=sell"))
    assert page.count('class="offer-card') >= 1
    assert "稻谷" not in re.sub(r"(?s)<details.*?</details>", "", page)
    assert page.count('<ul class="chips" aria-label') == 1
    assert "offer-card-title" in text(client.get("/offers?q=翠冠梨"))
    assert 'class="empty"' in text(client.get("/offers?q=榴莲"))


@pytest.mark.parametrize(
    "query",
    [
        *("page=0", "page=99999", "page=x", "sort=worst", "side=both", "price_min=-1"),
        *(
            "price_min=abc",
            "price_min=5&price_max=2",
            "product=地瓜",
            "product=xyz",
            "region=999999",
        ),
        *("region=新华区", "q=%00%27%22%3Cscript%3E", "q=" + "长" * 300, "price_unit=ton"),
        *("q=地瓜", "q=%25_", "verified=1", "page=1e9", "product=99"),
    ],
)
def test_no_query_breaks_the_list(owner: Account, client: Client, query: str) -> None:
    make_offer(owner)
    answer = client.get(f"/offers?{query}")
    assert answer.status_code == 200
    assert "<script>" not in text(answer)


def test_a_filter_that_cannot_be_read_is_named_first_with_all_filters_open(
    owner: Account, client: Client
) -> None:
    make_offer(owner)
    page = text(client.get("/offers?price_min=abc"))
    narrowing = page[page.index('<details class="narrowing') :]
    assert re.match(r'<details class="narrowing stack" open', narrowing)
    assert narrowing.index('href="#price_min"') < narrowing.index('id="price_min"')
    assert narrowing[: narrowing.index('id="price_min"')].count(" open") >= 2


def test_an_ambiguous_word_asks_which_was_meant(owner: Account, client: Client) -> None:
    page = text(client.get("/offers?q=地瓜"))
    assert "product=0103003" in page
    assert "product=0202040" in page


def test_a_page_behind_the_last_shows_the_last(owner: Account, client: Client) -> None:
    for _ in range(21):
        make_offer(owner)
    assert text(client.get("/offers?page=2")).count("<article") == 1
    assert text(client.get("/offers?page=9")).count("<article") == 1


def queries_of(browser: Client, address: str) -> int:
    db.session.remove()
    with statements() as sent:
        assert browser.get(address).status_code == 200
    return len(sent)


def test_pages_ask_the_database_a_fixed_number_of_times(
    app: Flask, owner: Account, client: Client, log_in: LogIn
) -> None:
    first = make_offer(owner)
    browser = log_in(owner)
    addresses = ("/offers", f"/offers/{first.id}", "/offers/mine")
    for address in addresses:  # which gathers the words of products and places once
        browser.get(address)
    few = [queries_of(browser, address) for address in addresses]
    owner = db.session.get_one(Account, 1)
    for _ in range(15):
        make_offer(owner)
    assert queries_of(browser, "/offers") == few[0] + 1  # the new ones, read together
    assert [queries_of(browser, address) for address in addresses] == few
    assert queries_of(client, "/offers") <= 9
    # Two of them are the matches, one what else its seller has.
    assert queries_of(client, addresses[1]) <= 5


def test_expired_offers_leave_the_list(owner: Account, client: Client) -> None:
    offer = make_offer(owner)
    with transaction():
        offer.valid_until = utcnow() - timedelta(seconds=1)
    with transaction():
        expire_offers(utcnow())
    assert "<article" not in text(client.get("/offers"))
    assert db.session.scalar(select(func.count()).where(Offer.status == OfferStatus.EXPIRED)) == 1


@pytest.mark.parametrize(
    ("product", "counted"),
    [("咕噜果", ["咕噜果"]), ("翠冠梨", []), ("地瓜", []), ("", []), ("13800001234", [])],
)
def test_a_product_box_that_was_not_understood_is_counted_as_a_post(
    owner: Account,
    log_in: LogIn,
    monkeypatch: pytest.MonkeyPatch,
    product: str,
    counted: list[str],
) -> None:
    monkeypatch.setattr(unmatched.unmatched_counts, "_waiting", Counter())
    log_in(owner).send("/offers/new", PEARS | {"product": product})
    unmatched.unmatched_counts.flush()
    db.session.rollback()
    rows = unmatched.unmatched_texts(unmatched.monday())
    assert [(row.text, row.searches, row.posts) for row in rows] == [
        (text, 0, 1) for text in counted
    ]
