"""Who the farmers of a sheet are: found among those whom the assistant represents, or new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from market.accounts.models import Account, TraderType
from market.accounts.names import names_alike
from market.database import db
from market.regions.models import Region
from market.stations.bulk import NewFarmer, check_new_farmer, phones_in_use
from market.stations.lapsed import farmers_to_ask
from market.stations.services import PhoneUnavailable
from market.text.days import local_midnight
from market.text.phones import mask_phones
from market.web.errors import Invalid
from market.web.home_time import home_today, home_zone
from market.web.language import lazy_gettext as _l

MIN_NAME_LENGTH, MAX_NAME_LENGTH = 2, 40


def _check_name(name: str) -> None:
    """The limits of the form of a farmer. Raises Invalid."""
    if not MIN_NAME_LENGTH <= len(name) <= MAX_NAME_LENGTH:
        raise Invalid(
            _l(
                "Between %(least)s and %(most)s characters, not %(count)s.",
                least=MIN_NAME_LENGTH,
                most=MAX_NAME_LENGTH,
                count=len(name),
            ),
            "name",
        )
    if mask_phones(name) != name:
        raise Invalid(_l("Leave the phone number out of the name: everybody sees it."), "name")


@dataclass
class SheetFarmer:
    """A farmer as the sheet names them.

    Attributes:
        number: of those to be registered, from 0; None for one who is.
        account_id: None for one to be registered.
        phone: in E.164; None for none.
    """

    name: str
    phone: str | None
    region_code: str
    township_code: str | None = None
    village: str = ""
    account_id: int | None = None
    number: int | None = None
    trader_type: str = TraderType.FARMER
    way: str = ""
    witness: str = ""
    given_on: date | None = None

    def may_live(self, township_code: str | None, village: str) -> bool:
        """Whether they may be somebody who lives there, where either says it."""
        if self.village and village:
            return self.village == village
        return not (self.township_code and township_code) or self.township_code == township_code

    def to_json(self) -> dict[str, Any]:
        """What `FarmerBook.new_farmer` is given, once the row is imported."""
        return {
            "number": self.number,
            "name": self.name,
            "phone": self.phone,
            "region": self.region_code,
            "township": self.township_code,
            "village": self.village,
            "trader_type": str(self.trader_type),
            "way": self.way,
            "witness": self.witness,
            "given_on": self.given_on.isoformat() if self.given_on else None,
        }


def new_farmer(stored: Mapping[str, Any]) -> NewFarmer:
    """The farmer to be registered, of `SheetFarmer.to_json`."""
    given_on = stored["given_on"]
    day = date.fromisoformat(given_on) if given_on else home_today()
    return NewFarmer(
        stored["name"],
        stored["phone"],
        TraderType(stored["trader_type"]),
        stored["region"],
        stored["township"],
        stored["village"],
        stored["way"],
        stored["witness"],
        local_midnight(day, home_zone()),
    )


class FarmerBook:
    """The farmers of one assistant, and those whom a sheet adds to them.

    Args:
        way, witness: of the consent of those whose row says nothing of it.
    """

    def __init__(self, assistant: Account, way: str, witness: str) -> None:
        self.assistant, self.way, self.witness = assistant, way, witness
        self.by_phone: dict[str, SheetFarmer] = {}
        self.by_name: dict[tuple[str, str], list[SheetFarmer]] = defaultdict(list)
        self.new: list[SheetFarmer] = []
        self.refused: dict[tuple[str, str], Invalid] = {}
        self.in_use: set[str] = set()
        self.alike: set[str] = set()
        rows = db.session.execute(
            select(
                *(Account.name, Account.phone, Account.region_code),
                *(Account.township_code, Account.village, Account.id),
            )
            .where(Account.represented_by_id == assistant.id)
            .order_by(Account.id)
        )
        for row in rows:
            self._enter(SheetFarmer(*row))
        self.to_ask = farmers_to_ask(assistant.id)

    def look_up(self, phones: set[str], names: set[str]) -> None:
        """Learn at once which numbers and names of the sheet somebody else has."""
        self.in_use = phones_in_use(phones) - self.by_phone.keys()
        self.alike = names_alike(names)

    def find(self, wanted: SheetFarmer) -> SheetFarmer | None:
        """The one who is meant, by the phone, else by the name and where they live; None: a new
        one.

        Raises:
            Invalid: the phone is another farmer's, or several are called so.
        """
        phone = wanted.phone
        if phone and (known := self.by_phone.get(phone)):
            if known.name != wanted.name:
                raise PhoneUnavailable(
                    _l("Your farmer %(name)s has this number.", name=known.name)
                    if known.account_id
                    else _l("Another row gives this number to %(name)s.", name=known.name),
                    "phone",
                )
            return known
        same = [
            each
            for each in self.by_name[wanted.region_code, wanted.name]
            if each.may_live(wanted.township_code, wanted.village)
        ]
        if phone:
            same = [each for each in same if each.phone is None]
        if len(same) > 1:
            raise Invalid(
                _l("Several of your farmers have this name: write the phone or the village."),
                "name",
            )
        found = same[0] if same else None
        if found and phone and found.account_id is None and phone not in self.in_use:
            found.phone, self.by_phone[phone] = phone, found
        return found

    def add(self, farmer: SheetFarmer) -> SheetFarmer:
        """Take down one to be registered.

        Raises:
            OutsideScope, PhoneUnavailable, Invalid: they can't be; `field` says why.
        """
        farmer.way = farmer.way or self.way
        farmer.witness = farmer.witness or self.witness
        _check_name(farmer.name)
        if farmer.phone in self.in_use:
            raise PhoneUnavailable(field="phone")
        self._check(farmer)
        farmer.number = len(self.new)
        self.new.append(farmer)
        self._enter(farmer)
        return farmer

    def _check(self, farmer: SheetFarmer) -> None:
        """Asked once for each name and place: it asks the database."""
        about = (farmer.region_code, farmer.name)
        if about in self.refused:
            raise self.refused[about]
        try:
            region = db.session.get_one(Region, farmer.region_code)
            is_alike = farmer.name in self.alike
            check_new_farmer(self.assistant, new_farmer(farmer.to_json()), region, is_alike)
        except Invalid as error:
            if error.field == "name":
                self.refused[about] = error
            raise

    def _enter(self, farmer: SheetFarmer) -> None:
        if farmer.phone:
            self.by_phone[farmer.phone] = farmer
        self.by_name[farmer.region_code, farmer.name].append(farmer)
