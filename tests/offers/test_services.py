"""Writing offers: who may, what becomes of them, and what the outbox of the index gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from market.accounts.models import Account, Consent
from market.database import db, transaction, utcnow
from market.offers import services, signals
from market.offers.expiring import expire_offers
from market.offers.fields import COLUMN_FIELDS, Recheck
from market.offers.models import (
    TRANSITIONS,
    ClosingReason,
    Offer,
    OfferChange,
    OfferPublication,
    OfferStatus,
    PriceBasis,
    Side,
    Verification,
)
from market.offers.photos import StoredPhoto
from market.offers.verification import outlives_verification
from market.products.models import Product
from market.web.errors import DomainError, Invalid, InvalidTransition, Refused, Repeated
from tests.offers.factories import make_offer, offer_values

pytestmark = [pytest.mark.postgresql, pytest.mark.usefixtures("app")]
Make = Callable[..., Account]
KEY = "0" * 32


@pytest.fixture
def owner(make_account: Make) -> Account:
    return make_account()


@pytest.fixture
def official(make_account: Make) -> Account:
    return make_account(role="county_official")


@pytest.fixture
def heard() -> Iterator[list[tuple[str, int]]]:
    """(signal, offer id) of what was sent."""
    sent: list[tuple[str, int]] = []

    def published(_: Any, offer: Offer, at: Any) -> None:
        sent.append(("published", offer.id))

    def changed(_: Any, offer: Offer, at: Any) -> None:
        sent.append(("changed", offer.id))

    with (
        signals.offer_published.connected_to(published),
        signals.offer_changed.connected_to(changed),
    ):
        yield sent


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def put(offer: Offer, **values: Any) -> Offer:
    with transaction():
        for name, value in values.items():
            setattr(offer, name, value)
    return offer


def test_a_posted_offer_is_published_and_the_index_and_followers_hear_of_it(
    owner: Account, heard: list[tuple[str, int]]
) -> None:
    offer = make_offer(owner)
    assert offer.status is OfferStatus.PUBLISHED
    assert offer.is_public
    assert offer.remaining == offer.quantity
    assert offer.title == "石门翠冠梨"
    assert offer.price_per_base == Decimal("4.7")
    assert count(OfferPublication) == 1
    assert count(OfferChange) == 1
    assert ("published", offer.id) in heard
    assert ("changed", offer.id) in heard


def test_a_draft_is_seen_by_nobody_and_listed_nowhere(
    owner: Account, heard: list[tuple[str, int]]
) -> None:
    offer = make_offer(owner, draft=True)
    assert not offer.is_public
    assert count(OfferPublication) == 0
    assert ("published", offer.id) not in heard


def test_a_form_sent_twice_posts_one_offer(owner: Account) -> None:
    with transaction():
        first = services.post_offer(owner, owner, offer_values(), KEY)
    with pytest.raises(Repeated) as caught, transaction():
        services.post_offer(owner, owner, offer_values(), KEY)
    assert caught.value.existing.id == first.id
    assert count(Offer) == 1


def test_the_key_of_another_account_makes_an_offer_of_ones_own(
    owner: Account, make_account: Make
) -> None:
    with transaction():
        first = services.post_offer(owner, owner, offer_values(), KEY)
    other = make_account()
    with transaction():
        second = services.post_offer(other, other, offer_values(), KEY)
    assert (second.id != first.id, second.owner_id) == (True, other.id)


def test_a_receiver_that_fails_undoes_the_posting(owner: Account) -> None:
    def fail(_: Any, **about: Any) -> None:
        raise InvalidTransition()

    with signals.offer_published.connected_to(fail), pytest.raises(InvalidTransition):
        make_offer(owner)
    assert count(Offer) == 0


def test_an_assistant_posts_for_a_farmer_only_on_recorded_consent(make_account: Make) -> None:
    assistant = make_account(role="assistant")
    farmer = make_account()
    put(farmer, password_hash=None, represented_by_id=assistant.id)
    with pytest.raises(Refused), transaction():
        services.post_offer(assistant, farmer, offer_values(), KEY)
    with transaction():
        db.session.add(Consent(farmer_id=farmer.id, assistant_id=assistant.id, how="signed"))
    with transaction():
        offer = services.post_offer(assistant, farmer, offer_values(), KEY)
    assert (offer.owner_id, offer.posted_by_id) == (farmer.id, assistant.id)
    assert offer.consent_id is not None


def test_nobody_touches_anothers_offer(owner: Account, make_account: Make) -> None:
    offer, stranger = make_offer(owner), make_account()
    for act in (services.close_offer, services.renew_offer):
        with pytest.raises(Refused), transaction():
            act(stranger, offer)
    with pytest.raises(Refused), transaction():
        services.edit_offer(stranger, offer, offer_values())
    with pytest.raises(Refused):
        services.copy_offer(stranger, offer)
    with pytest.raises(Refused), transaction():
        services.verify_offer(stranger, offer)


STEPS: dict[str, tuple[OfferStatus, Callable[..., Any]]] = {
    "publish": (OfferStatus.PUBLISHED, lambda o, off, x: services.publish_offer(o, x)),
    "renew": (OfferStatus.PUBLISHED, lambda o, off, x: services.renew_offer(o, x)),
    "close": (OfferStatus.CLOSED, lambda o, off, x: services.close_offer(o, x)),
    "reject": (OfferStatus.REJECTED, lambda o, off, x: services.reject_offer(off, x, "false")),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_taken_only_from_states_that_allow_it(
    owner: Account, official: Account, step: str
) -> None:
    to, act = STEPS[step]
    allowed = {status for status in OfferStatus if to in TRANSITIONS[status]}
    if step == "publish":
        allowed = {OfferStatus.DRAFT}
    if step == "renew":
        allowed = {OfferStatus.PUBLISHED, OfferStatus.EXPIRED, OfferStatus.CLOSED}
    for status in OfferStatus:
        before = utcnow() - timedelta(days=2)
        offer = put(make_offer(owner), status=status, published_at=before)
        refused = nullcontext() if status in allowed else pytest.raises(InvalidTransition)
        with refused, transaction():
            act(owner, official, offer)
        assert offer.status is (to if status in allowed else status), status


def test_renewing_starts_the_days_anew_and_is_a_publication(
    owner: Account, heard: list[tuple[str, int]]
) -> None:
    offer = put(make_offer(owner, days=1), status=OfferStatus.EXPIRED, valid_until=utcnow())
    heard.clear()
    with transaction():
        services.renew_offer(owner, offer, 30)
    assert offer.valid_until > utcnow() + timedelta(days=29)
    assert count(OfferPublication) == 2
    assert ("published", offer.id) in heard
    put(offer, published_at=utcnow() - timedelta(days=1))
    with pytest.raises(Invalid), transaction():
        services.renew_offer(owner, offer, 181)


def test_an_offer_is_renewed_once_a_day_at_most(owner: Account) -> None:
    offer = make_offer(owner)
    with pytest.raises(Refused, match="一天一次"), transaction():
        services.renew_offer(owner, offer)
    put(offer, published_at=utcnow() - timedelta(days=1))
    with transaction():
        services.renew_offer(owner, offer)
    with pytest.raises(Refused, match="一天一次"), transaction():
        services.renew_offer(owner, offer)


def test_closing_and_renewing_does_not_make_an_offer_the_newest(owner: Account) -> None:
    offer = make_offer(owner)
    before = offer.published_at
    with transaction():
        services.close_offer(owner, offer)
    with transaction():
        services.renew_offer(owner, offer)
    assert (offer.status, offer.published_at) == (OfferStatus.PUBLISHED, before)


def test_a_draft_published_later_runs_as_long_as_it_says(owner: Account) -> None:
    offer = make_offer(owner, draft=True, days=10)
    with transaction():
        services.publish_offer(owner, offer)
    assert timedelta(days=10) < offer.valid_until - utcnow() <= timedelta(days=11)


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": Decimal(2001)},
        {"title": "一级翠冠梨，包邮"},
        {"description": "早熟"},
        {"grade": "特级"},
        {"packaging": "礼盒"},
        {"delivery": "到门"},
        {"price_basis": PriceBasis.DELIVERED},
        {"min_lot": Decimal(100)},
        {"supply_from": date(2026, 12, 1)},
        {"photos": (StoredPhoto("a" * 64, 1, 1),)},
        {"unit": "kg"},
        {"price_unit": "kg"},
        {"price_low": Decimal("2.30")},
        {"price_low": None, "price_high": None},
        {"region": "430725"},
        {"product": "0101001"},
    ],
)
def test_editing_what_was_verified_makes_it_unverified(
    owner: Account, official: Account, change: dict[str, Any]
) -> None:
    offer = make_offer(owner)
    with transaction():
        services.verify_offer(official, offer)
    with transaction():
        services.edit_offer(owner, offer, offer_values(**{"delivery": offer.delivery, **change}))
    assert offer.verification is Verification.UNVERIFIED
    assert offer.verified_by_id is None


def test_what_only_spells_it_otherwise_or_lessens_it_stays_verified(
    owner: Account, official: Account
) -> None:
    pictures = tuple(StoredPhoto(letter * 64, 1, 1) for letter in "ab")
    offer = make_offer(owner, title="翠冠梨 A级", min_lot=Decimal(100), photos=pictures)
    with transaction():
        services.verify_offer(official, offer)
    with transaction():
        change = {"title": "翠冠梨Ａ级", "quantity": Decimal(1900), "photos": pictures[::-1]}
        change |= {"delivery": offer.delivery}
        services.edit_offer(owner, offer, offer_values(**change, days=60))
    assert offer.verification is Verification.VERIFIED
    with transaction():
        services.edit_offer(owner, offer, offer_values(title="翠冠梨B级", photos=pictures))
    assert offer.verification is Verification.UNVERIFIED


@settings(max_examples=30)
@given(st.text(max_size=30), st.text(max_size=30))
def test_a_change_of_words_stands_or_falls_the_same_both_ways(one: str, other: str) -> None:
    empty = {f.name: 1 if f.recheck is Recheck.WHEN_RAISED else "" for f in COLUMN_FIELDS}
    first, second = ({**empty, "description": d, "photos": set()} for d in (one, other))
    stands = outlives_verification(first, second)
    assert stands == outlives_verification(second, first)
    assert outlives_verification(first, first)


def test_a_returned_offer_is_looked_at_again_after_any_edit(
    owner: Account, official: Account
) -> None:
    offer = make_offer(owner)
    with transaction():
        services.return_offer(official, offer, "缺照片")
    assert (offer.verification, offer.verification_reason) == (Verification.RETURNED, "缺照片")
    with transaction():
        services.edit_offer(owner, offer, offer_values(description="附照片"))
    assert (offer.verification, offer.verification_reason) == (Verification.UNVERIFIED, "")


def test_a_rejected_offer_becomes_a_draft_when_edited(owner: Account, official: Account) -> None:
    offer = make_offer(owner)
    with transaction():
        services.reject_offer(official, offer, "不实")
    assert offer.status_reason == "不实"
    with transaction():
        services.edit_offer(owner, offer, offer_values())
    assert (offer.status, offer.status_reason) == (OfferStatus.DRAFT, "")


def test_returning_and_rejecting_need_a_reason(owner: Account, official: Account) -> None:
    offer = make_offer(owner)
    for act in (services.return_offer, services.reject_offer):
        with pytest.raises(Invalid), transaction():
            act(official, offer, "  ")


def test_an_official_verifies_only_in_their_county_and_never_their_own(
    owner: Account, make_account: Make
) -> None:
    elsewhere = make_account(role="county_official", region="430725")
    with pytest.raises(Refused), transaction():
        services.verify_offer(elsewhere, make_offer(owner))
    trading = make_account(role="county_official")
    with pytest.raises(Refused), transaction():
        services.verify_offer(trading, make_offer(trading))


def test_expiring_takes_all_whose_time_is_up_and_no_other(owner: Account) -> None:
    now = utcnow()
    over = [put(make_offer(owner), valid_until=now - timedelta(seconds=n)) for n in (0, 1)]
    running = make_offer(owner)
    draft = put(make_offer(owner, draft=True), valid_until=now - timedelta(days=1))
    before = count(OfferChange)
    with transaction():
        assert expire_offers(now) == 2
    assert [o.status for o in (*over, running, draft)] == [
        *(OfferStatus.EXPIRED, OfferStatus.EXPIRED, OfferStatus.PUBLISHED, OfferStatus.DRAFT),
    ]
    assert count(OfferChange) == before + 2
    with transaction():
        assert expire_offers(now) == 0


def test_reserving_takes_off_what_a_deal_agreed_in_any_unit_of_weight(owner: Account) -> None:
    offer = make_offer(owner)
    with transaction():
        services.reserve_quantity(offer, Decimal(250), "kg")
    assert offer.remaining == 1500
    with transaction():
        services.release_quantity(offer, Decimal(250), "kg")
    assert offer.remaining == 2000


def test_more_than_remains_cant_be_reserved(owner: Account) -> None:
    offer = make_offer(owner)
    with pytest.raises(services.InsufficientRemaining), transaction():
        services.reserve_quantity(offer, Decimal("1.001"), "ton")
    with pytest.raises(Invalid), transaction():
        services.reserve_quantity(offer, Decimal(1), "box")
    assert offer.remaining == 2000


def test_an_offer_with_nothing_left_closes_and_reopens_when_a_deal_is_cancelled(
    owner: Account,
) -> None:
    offer = make_offer(owner)
    with transaction():
        services.reserve_quantity(offer, Decimal(1), "ton")
    assert (offer.status, offer.status_reason) == (OfferStatus.CLOSED, ClosingReason.SOLD_OUT)
    with transaction():
        services.release_quantity(offer, Decimal(1), "jin")
    assert (offer.status, offer.remaining) == (OfferStatus.PUBLISHED, 1)


def test_an_offer_its_owner_closed_stays_closed_when_a_deal_is_cancelled(owner: Account) -> None:
    offer = make_offer(owner)
    with transaction():
        services.reserve_quantity(offer, Decimal(1), "kg")
        services.close_offer(owner, offer)
    with transaction():
        services.release_quantity(offer, Decimal(1), "kg")
    assert offer.status is OfferStatus.CLOSED


def test_a_sold_out_offer_past_its_time_stays_closed(owner: Account) -> None:
    offer = make_offer(owner)
    with transaction():
        services.reserve_quantity(offer, Decimal(1), "ton")
    put(offer, valid_until=utcnow())
    with transaction():
        services.release_quantity(offer, Decimal(1), "ton")
    assert offer.status is OfferStatus.CLOSED


def test_the_remaining_quantity_follows_an_edit(owner: Account) -> None:
    offer = make_offer(owner)
    with transaction():
        services.reserve_quantity(offer, Decimal(500), "jin")
    with transaction():
        services.edit_offer(owner, offer, offer_values(quantity=Decimal(2), unit="ton"))
    assert offer.remaining == Decimal("1.75")
    for wrong in ({"quantity": Decimal("0.25"), "unit": "ton"}, {"unit": "box"}):
        with pytest.raises(Invalid), transaction():
            services.edit_offer(owner, offer, offer_values(**wrong))
    with pytest.raises(Invalid), transaction():
        services.edit_offer(owner, offer, offer_values(product="0101001"))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"quantity": Decimal(0)}, "quantity"),
        ({"quantity": Decimal(3_000_000), "unit": "ton"}, "quantity"),
        ({"price_low": Decimal(3), "price_high": Decimal(2)}, "price_high"),
        ({"min_lot": Decimal(2001)}, "min_lot"),
        ({"region": "430700"}, "region"),
    ],
)
def test_values_that_cant_be_right_are_refused_without_a_form_too(
    owner: Account, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as caught:
        make_offer(owner, **values)
    assert caught.value.field == field
    assert count(Offer) == 0


def test_a_product_that_may_not_be_listed_is_refused_with_its_note(owner: Account) -> None:
    product = db.session.get_one(Product, "0302011")
    put(product, listable=False, trade_note="禁止交易")
    with pytest.raises(Invalid) as caught:
        make_offer(owner)
    assert (caught.value.message, caught.value.field) == ("禁止交易", "product")


def test_a_copy_starts_from_what_the_old_offer_said(owner: Account) -> None:
    offer = make_offer(owner, side="buy", grade="一级", days=45)
    values = services.copy_offer(owner, offer)
    assert (values.side, values.grade, values.days) == (Side.BUY, "一级", 45)
    assert values.product.code == "0302011"
