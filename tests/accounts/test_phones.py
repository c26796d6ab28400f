"""Phone numbers, Chinese and of other countries, as they are read, shown and erased."""

from __future__ import annotations

import pytest
from flask import Flask

from market.accounts.models import Account, Consent
from market.accounts.services import erase_account
from market.database import db, transaction
from market.web.filters import masked_phone, readable_phone
from market.web.forms import normalize_phone
from tests.conftest import Client


@pytest.mark.parametrize("prefix", [f"1{n}" for n in range(30, 100)])
def test_every_mobile_range_of_the_plan_is_read(prefix: str) -> None:
    number = f"{prefix}00001234"
    for written in (number, f"+86 {number}", f"0086-{number}", f"{number[:3]} {number[3:]}"):
        assert normalize_phone(written) == f"+86{number}", written


@pytest.mark.parametrize("phone", ["12000001234", "10000001234", "1390000123", "139000012345"])
def test_what_is_no_mobile_number_is_none(phone: str) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        normalize_phone(phone)


@pytest.mark.parametrize(
    ("written", "stored", "shown", "masked"),
    [
        ("+852 9123 4567", "+85291234567", "+852 9123 4567", "+852 ****4567"),
        ("00852-9123-4567", "+85291234567", "+852 9123 4567", "+852 ****4567"),
        ("+65 8123 4567", "+6581234567", "+65 8123 4567", "+65 ****4567"),
        ("+1 (650) 253-0000", "+16502530000", "+1 650-253-0000", "+1 ****0000"),
        ("0736-5320000", "+867365320000", "07365320000", "736****0000"),
        ("13800001234", "+8613800001234", "138 0000 1234", "138****1234"),
    ],
)
def test_numbers_of_other_countries_are_read_and_shown_as_dialled(
    app: Flask, written: str, stored: str, shown: str, masked: str
) -> None:
    assert normalize_phone(written) == stored
    assert readable_phone(stored) == shown
    assert masked_phone(stored) == masked


@pytest.mark.parametrize("phone", ["9123 4567", "+852 123", "+999 12345678", "+85291234567O"])
def test_a_foreign_number_without_its_country_or_a_wrong_one_is_refused(phone: str) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        normalize_phone(phone)


def test_a_buyer_from_elsewhere_registers_and_logs_in(client: Client) -> None:
    sent = {
        "name": "Lion Fruit Trading",
        "phone": "+65 8123 4567",
        "password": "smx-ganju-2026",
        "trader_type": "buyer",
        "region": "石门县",
        "agreed": "y",
    }
    assert client.send("/register", sent).status_code == 303
    account = db.session.scalars(db.select(Account)).one()
    assert account.phone == "+6581234567"
    entered = {"phone": "0065 8123 4567", "password": "smx-ganju-2026"}
    assert client.send("/login", entered).location == "/"
    assert "+65 8123 4567" in client.get("/me").text


@pytest.mark.postgresql
def test_a_foreign_number_is_erased_from_texts_with_its_code_and_without(
    app: Flask, make_account
) -> None:
    account, farmer, assistant = make_account(phone="+85291234567"), make_account(), make_account()
    written = "打 +852-9123-4567，或者 9123 4567；不是 9123 4568"
    with transaction():
        db.session.add(Consent(farmer_id=farmer.id, assistant_id=assistant.id, how=written))
    with transaction():
        erase_account(account)
    how = db.session.scalars(db.select(Consent.how)).one()
    assert how == "打 +*************，或者 *********；不是 9123 4568"
