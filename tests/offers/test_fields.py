"""An offer's fields: what is described in market.offers.fields holds for all who handle them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import String, Text
from wtforms.validators import Length as WTFormsLength

from market.accounts.models import Account
from market.database import transaction
from market.offers.facts import offer_facts
from market.offers.fields import COLUMN_FIELDS, OFFER_FIELDS, TEXT_FIELDS
from market.offers.forms import OfferForm, form_data
from market.offers.models import Offer, PriceBasis, Side
from market.offers.photos import StoredPhoto
from market.offers.privacy import erase_offers, export_offers
from market.offers.services import copy_offer, edit_offer
from market.offers.values import values_of
from market.web.audit_registry import column_labels
from tests.offers.factories import make_offer, offer_values

Maker = Callable[..., Account]
# Columns of the table that no person fills in.
OF_THE_MARKET = {
    *("id", "key", "owner_id", "posted_by_id", "consent_id", "created_at", "updated_at"),
    *("remaining", "price_per_base", "valid_until", "published_at", "quotations"),
    *("status", "status_reason"),
    *("verification", "verification_reason", "verified_by_id", "verified_at"),
}
# The form's own: its key, a box that empties the price, and its sentence.
OF_THE_FORM = {"key", "negotiable", "sentence", "filled_from", "good", "asked", "seen"}
IN_YEARS = date(2098, 6, 1)
FILLED: dict[str, Any] = {
    "side": Side.BUY,
    "product": "0302011",
    "region": "430726",
    "township": "430726105",
    "contact_phone": "+8613900001234",
    "price_low": Decimal("2.1"),
    "price_high": Decimal("3.2"),
    "quantity": Decimal(2500),
    "unit": "kg",
    "price_unit": "jin",
    "min_lot": Decimal(50),
    "price_basis": PriceBasis.DELIVERED,
    "supply_from": IN_YEARS,
    "supply_to": IN_YEARS,
    "quotation_deadline": date(2098, 5, 1),
    "parts_allowed": False,
    "certificates": "green,commitment",
    # It stays up until then, so as long as may be said.
    "days": 180,
    "photos": (StoredPhoto("a" * 64, 3, 2),),
    **{field.name: f"{field.name}'s text" for field in TEXT_FIELDS},
}


@pytest.fixture
def owner(make_account: Maker) -> Account:
    return make_account("石门果农")


@pytest.fixture
def offer(owner: Account, monkeypatch: pytest.MonkeyPatch) -> Offer:
    monkeypatch.setattr("market.offers.values.keep_photo", lambda photo, folder: None)
    return make_offer(owner, **FILLED)


def test_every_column_of_an_offer_is_described_or_filled_in_by_the_market() -> None:
    columns = set(Offer.__table__.columns.keys())
    assert {field.column for field in COLUMN_FIELDS} | OF_THE_MARKET == columns


def test_every_field_of_the_form_is_described(app: Flask, offer: Offer) -> None:
    with app.test_request_context():
        names = set(OfferForm(Side.BUY, offer.region, {})._fields)
    described = {field.name for field in OFFER_FIELDS.values() if field.on_form}
    assert names - OF_THE_FORM - {"csrf_token"} == described


def test_the_form_takes_no_longer_text_than_its_column(app: Flask, offer: Offer) -> None:
    with app.test_request_context():
        form = OfferForm(Side.BUY, offer.region, {})
    for field in TEXT_FIELDS:
        column = Offer.__table__.columns[field.column].type
        if field.on_form and isinstance(column, String) and not isinstance(column, Text):
            limits = [v.max for v in form[field.name].validators if isinstance(v, WTFormsLength)]
            assert limits == [column.length], field.name


def test_every_field_is_filled_in_by_this_test() -> None:
    assert FILLED.keys() == OFFER_FIELDS.keys(), "give the new field a value in FILLED"


def test_what_is_written_is_read_again_and_copied(owner: Account, offer: Offer) -> None:
    values = offer_values(**FILLED)
    assert values_of(offer) == values
    assert copy_offer(owner, offer) == values


def test_the_form_gives_back_the_values_it_begins_with(app: Flask, offer: Offer) -> None:
    values = values_of(offer)
    with app.test_request_context():
        assert OfferForm(offer.side, offer.region, form_data(values)).values() == values


def test_every_field_is_exported_and_every_text_erased(owner: Account, offer: Offer) -> None:
    exported = export_offers(owner)[0]
    assert exported.keys() >= {field.name for field in COLUMN_FIELDS}
    assert all(exported[field.name] == FILLED[field.name] for field in TEXT_FIELDS)
    with transaction():
        erase_offers(owner)
    left = str(export_offers(owner)[0])
    assert "'s text" not in left


def test_every_plain_text_is_among_the_facts_of_the_page(app: Flask, offer: Offer) -> None:
    with app.test_request_context():
        shown = " ".join(str(text) for _, text in offer_facts(offer))
    apart = {"title", "description"}
    for field in TEXT_FIELDS:
        assert field.name in apart or f"{field.name}'s text" in shown, field.name


def test_every_column_has_its_word_in_the_record_of_acts() -> None:
    assert [field.name for field in COLUMN_FIELDS if not column_labels.get(field.column)] == []


@pytest.mark.parametrize("field", TEXT_FIELDS, ids=lambda field: field.name)
def test_a_changed_text_is_saved(owner: Account, offer: Offer, field: Any) -> None:
    with transaction():
        edit_offer(owner, offer, offer_values(**{**FILLED, field.name: "另一句话"}))
    assert getattr(offer, field.column) == "另一句话"
