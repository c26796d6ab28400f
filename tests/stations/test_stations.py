"""The assistant's desk, and farmers represented with their consent."""

from __future__ import annotations

import pytest

from market.accounts.models import Account, Consent
from market.database import db, transaction
from market.offers.models import Offer, OfferStatus, Side
from tests.sql import statements
from tests.stations.farmers import FARMER, farmers, take_on


def post_offer(owner: Account, assistant: Account, status: OfferStatus, key: str) -> None:
    from datetime import timedelta

    from market.database import utcnow

    with transaction():
        db.session.add(
            Offer(
                side=Side.SELL,
                product_code=db.session.scalar(db.text("SELECT min(code) FROM products")),
                title="柑橘",
                quantity=100,
                remaining=100,
                unit="jin",
                price_unit="jin",
                region_code="430726",
                valid_until=utcnow() + timedelta(days=9),
                status=status,
                owner_id=owner.id,
                posted_by_id=assistant.id,
                published_at=utcnow(),
                key=key * 32,
            )
        )


def test_a_farmer_is_registered_with_their_consent(log_in, assistant) -> None:
    farmer = take_on(log_in(assistant), phone="138 0000 2222")
    assert (farmer.name, farmer.phone, farmer.password_hash) == ("田大伯", "+8613800002222", None)
    assert farmer.represented_by_id == assistant.id
    consent = db.session.scalar(db.select(Consent))
    assert (consent.farmer_id, consent.assistant_id) == (farmer.id, assistant.id)
    assert consent.how == "spoken: 村主任在场"
    assert consent.withdrawn_at is None


def test_a_farmer_lives_in_a_town_and_village_of_the_county(log_in, assistant) -> None:
    client = log_in(assistant)
    farmer = take_on(client, township="皂市", village="阳泉村")
    assert (farmer.township.name, farmer.village) == ("皂市镇", "阳泉村")
    page = client.get(f"/station/farmers/{farmer.id}").get_data(as_text=True)
    assert "石门县 皂市镇阳泉村" in page
    # What is offered for them begins with where they live.
    form = client.get(f"/offers/new?for={farmer.id}").get_data(as_text=True)
    assert 'value="皂市镇"' in form
    assert 'value="阳泉村"' in form
    other = take_on(client, name="田三伯", region="石门县夹山镇杨坪村")
    assert (other.township.name, other.village) == ("夹山镇", "杨坪村")


@pytest.mark.postgresql
def test_two_farmers_without_a_phone_can_be_registered(log_in, assistant) -> None:
    client = log_in(assistant)
    take_on(client)
    take_on(client, name="田二伯")
    assert [f.phone for f in farmers()] == [None, None]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"agreed": ""}, "agreed"),
        ({"way": "guessed"}, "way"),
        ({"note": ""}, "note"),
        ({"region": "桃源县"}, "region"),
        ({"phone": "123"}, "phone"),
        ({"name": ""}, "name"),
    ],
)
def test_no_farmer_without_consent_nor_outside_the_region(
    log_in, assistant, change: dict[str, str], field: str
) -> None:
    answer = log_in(assistant).send("/station/farmers/new", FARMER | change)
    assert answer.status_code == 200
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
    assert farmers() == []


def test_a_farmer_whose_phone_has_an_account_logs_in_with_it(
    log_in, assistant, make_account
) -> None:
    make_account(phone="+8613800002222")
    answer = log_in(assistant).send("/station/farmers/new", FARMER | {"phone": "13800002222"})
    page = answer.get_data(as_text=True)
    assert 'id="phone-error"' in page
    # Whether they have an account is not the station's to know; what to do is.
    assert "已有账号" not in page
    assert "先空着" in page


def test_a_station_is_told_that_one_of_its_own_farmers_has_the_number(log_in, assistant) -> None:
    browser = log_in(assistant)
    take_on(browser, phone="13800002222")
    again = {"name": "田老伯", "phone": "138 0000 2222"}
    page = browser.send("/station/farmers/new", FARMER | again).get_data(as_text=True)
    assert "您的农户田大伯" in page


def test_nobody_logs_in_as_a_represented_farmer(client, log_in, assistant) -> None:
    take_on(log_in(assistant), phone="13800002222")
    client.send("/login", {"phone": "13800002222", "password": ""})
    client.send("/login", {"phone": "13800002222", "password": "None"})
    assert client.get("/me").status_code == 303


@pytest.mark.postgresql
def test_the_desk_lists_my_farmers_with_their_counts(log_in, assistant, make_account) -> None:
    client = log_in(assistant)
    farmer = take_on(client)
    other = make_account(name="别站站长", role="assistant", scope="430726")
    take_on(log_in(other), name="别站的人")
    for status, key in (
        (OfferStatus.PUBLISHED, "a"),
        (OfferStatus.PUBLISHED, "b"),
        (OfferStatus.DRAFT, "c"),
    ):
        post_offer(farmer, assistant, status, key)
    html = client.get("/station").get_data(as_text=True)
    assert "田大伯" in html
    assert "别站的人" not in html
    row = html.split("<tbody")[1].split("田大伯")[1].split("</tr>")[0]
    assert ">2</td>" in row
    assert ">0</td>" in row


def test_the_desk_takes_the_same_number_of_queries_for_any_number_of_farmers(
    log_in, assistant
) -> None:
    client = log_in(assistant)

    def queries() -> int:
        db.session.remove()
        with statements(only="") as sent:
            assert client.get("/station").status_code == 200
        return len(sent)

    take_on(client)
    queries()
    few = queries()
    for n in range(5):
        take_on(client, name=f"田{n}伯")
    assert queries() == few


def test_a_farmers_page_shows_offers_and_leads_to_posting_for_them(log_in, assistant) -> None:
    client = log_in(assistant)
    farmer = take_on(client)
    post_offer(farmer, assistant, OfferStatus.PUBLISHED, "a")
    html = client.get(f"/station/farmers/{farmer.id}").get_data(as_text=True)
    assert "柑橘" in html
    assert f"/offers/new?side=sell&amp;for={farmer.id}" in html
    assert "村主任在场" in html


def test_only_the_representing_assistant_sees_a_farmers_page(
    log_in, assistant, make_account
) -> None:
    farmer = take_on(log_in(assistant))
    stranger = make_account(name="别站站长", role="assistant", scope="430726")
    page = f"/station/farmers/{farmer.id}"
    assert log_in(stranger).get(page).status_code == 403
    assert log_in(make_account()).get(page).status_code == 403
    assert log_in(assistant).get(f"/station/farmers/{assistant.id}").status_code == 404
    away = log_in(stranger).send(f"{page}/withdraw-consent", page="/me")
    assert away.status_code == 403
    assert farmers()[0].represented_by_id == assistant.id


def test_withdrawing_consent_ends_the_representation_and_what_stands(log_in, assistant) -> None:
    client = log_in(assistant)
    farmer = take_on(client)
    for status, key in (
        (OfferStatus.PUBLISHED, "a"),
        (OfferStatus.DRAFT, "b"),
        (OfferStatus.CLOSED, "c"),
    ):
        post_offer(farmer, assistant, status, key)
    page = f"/station/farmers/{farmer.id}"
    assert client.send(f"{page}/withdraw-consent", page=page).status_code == 303
    db.session.expire_all()
    assert farmer.represented_by_id is None
    assert db.session.scalar(db.select(Consent.withdrawn_at)) is not None
    statuses = db.session.scalars(db.select(Offer.status).order_by(Offer.id)).all()
    assert statuses == [OfferStatus.CLOSED, OfferStatus.CLOSED, OfferStatus.CLOSED]
    assert client.get(page).status_code == 404


def test_whose_consent_ended_can_register_with_their_own_phone(client, log_in, assistant) -> None:
    browser = log_in(assistant)
    farmer = take_on(browser, phone="13800002222")
    page = f"/station/farmers/{farmer.id}"
    browser.send(f"{page}/withdraw-consent", page=page)
    form = {**FARMER, "phone": "13800002222", "password": "smx-ganju-2026"}
    assert client.send("/register", form).status_code == 303
    query = db.select(Account).where(Account.phone == "+8613800002222")
    own = db.session.scalars(query).one()
    assert own.id != farmer.id
    assert own.password_hash is not None


def test_an_assistant_who_lost_the_role_represents_nobody(log_in, assistant) -> None:
    client = log_in(assistant)
    farmer = take_on(client)
    with transaction():
        assistant.grants.clear()
    assert client.get(f"/station/farmers/{farmer.id}").status_code == 403
    assert client.get("/station").status_code == 403
