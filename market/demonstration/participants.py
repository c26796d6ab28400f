"""The people of the demonstration: traders, officials, an assistant with farmers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import select

from market.accounts.models import Account, Consent, Grant, Role, TermsConsent, TraderType
from market.accounts.terms import terms_version
from market.database import db
from market.demonstration import people
from market.demonstration.bulk import insert_rows, next_id, settle_sequences
from market.demonstration.places import CountyProfile
from market.demonstration.traded_products import SEEDS
from market.regions.models import Region, Township
from market.regions.services import read_csv

TRADERS = 300
# Of them, buyers whose own region lies outside the home region.
OUTSIDERS = 10
FARMERS = 6
PREFECTURES, COUNTIES = 2, 4
# Log-ins have the numbers 1 to 99 of the first block of invented phones, traders the rest.
FIRST_TRADER_PHONE = 1_000


@dataclass
class Participants:
    """The rows of all accounts, their roles and consents.

    Attributes:
        traders: account rows by region code, sellers first.
        outsiders: account rows of buyers from elsewhere.
        officials: the county official's account id by the leaf's code.
        reviewers: the prefecture official's account id by the prefecture's code.
        journey: the codes of the leaves whose officials can log in.
        farmers: account rows, with consent_id, of those the assistant speaks for.
    """

    accounts: list[dict[str, Any]] = field(default_factory=list)
    grants: list[dict[str, Any]] = field(default_factory=list)
    consents: list[dict[str, Any]] = field(default_factory=list)
    traders: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    outsiders: list[dict[str, Any]] = field(default_factory=list)
    officials: dict[str, int] = field(default_factory=dict)
    reviewers: dict[str, int] = field(default_factory=dict)
    journey: list[str] = field(default_factory=list)
    farmers: list[dict[str, Any]] = field(default_factory=list)
    assistant_id: int = 0
    province_id: int = 0


@dataclass(frozen=True)
class ParticipantBuilder:
    """Adds accounts: all joined at one instant, all with one password."""

    participants: Participants
    rng: Random
    words: people.NameParts
    at: datetime
    first_id: int
    password_hash: str

    def add(self, name: str, kind: TraderType, region: str, **values: Any) -> dict[str, Any]:
        id = self.first_id + len(self.participants.accounts)
        row = people.account_row(id, name, kind, region, self.at, **values)
        self.participants.accounts.append(row)
        return row

    def log_in(self, name: str, kind: TraderType, region: str, number: int) -> dict[str, Any]:
        """Somebody who can log in, with the `number`-th phone."""
        values = {"phone": people.phone(number), "password_hash": self.password_hash}
        return self.add(name, kind, region, **values)

    def grant(
        self, account: dict[str, Any], role: Role, region: str, township: str | None = None
    ) -> None:
        given = {"account_id": account["id"], "role": role, "granted_at": self.at}
        self.participants.grants.append({**given, "region_code": region, "township_code": township})


def create_participants(
    rng: Random,
    home: Region,
    prefectures: Sequence[Region],
    places: Sequence[CountyProfile],
    elsewhere: Sequence[Region],
    at: datetime,
    password_hash: str,
) -> Participants:
    """Everybody, not yet written; fixed by the state of `rng`."""
    participants = Participants()
    maker = ParticipantBuilder(
        participants, rng, people.load_name_parts(), at, next_id(Account), password_hash
    )
    _officials(maker, home, prefectures, places)
    _assistant(maker, places)
    _traders(maker, places)
    for number, region in enumerate(rng.sample(list(elsewhere), min(OUTSIDERS, len(elsewhere)))):
        name = people.trader_name(rng, maker.words, TraderType.BUYER, region.short_name)
        phone = FIRST_TRADER_PHONE + TRADERS + number
        participants.outsiders.append(maker.log_in(name, TraderType.BUYER, region.code, phone))
    _assistant_of_township(maker)
    return participants


def insert_participants(participants: Participants) -> None:
    insert_rows(Account, participants.accounts)
    insert_rows(Grant, participants.grants)
    insert_rows(Consent, participants.consents)
    settle_sequences(Account, Grant, Consent)
    agree_to_terms()


def agree_to_terms() -> None:
    """Whoever logs in has agreed to the terms as they are, the day they came. Inside
    transaction()."""
    version = terms_version()
    people = select(Account.id, Account.created_at).where(
        Account.is_demonstration, Account.password_hash.is_not(None)
    )
    insert_rows(
        TermsConsent,
        [
            {"account_id": row.id, "version": version, "agreed_at": row.created_at}
            for row in db.session.execute(people)
        ],
    )


def journey_codes(codes: Sequence[str], role: str, number: int) -> list[str]:
    """The `number` regions of `codes` whose officials can log in: those named first in
    seeds/demo/officials.csv, then the first ones."""
    named = [row["region_code"] for row in read_csv(SEEDS / "officials.csv") if row["role"] == role]
    chosen = [code for code in named if code in codes]
    return [*chosen, *(code for code in codes if code not in chosen)][:number]


def _officials(
    maker: ParticipantBuilder,
    home: Region,
    prefectures: Sequence[Region],
    places: Sequence[CountyProfile],
) -> None:
    """Everyone who verifies or reviews; only those of the journey can log in.

    Every county has its official, so that what is verified was verified by one of its own.
    """
    administrator = maker.log_in("示范管理员", TraderType.COMPANY, places[0].code, 1)
    maker.grant(administrator, Role.ADMINISTRATOR, home.code)
    province = maker.log_in(
        f"{home.short_name}商务厅（示范）", TraderType.COMPANY, places[0].code, 2
    )
    maker.grant(province, Role.PROVINCE_OFFICIAL, home.code)
    maker.participants.province_id = province["id"]
    names = {region.code: region.name for region in prefectures}
    codes = journey_codes(list(names), Role.PREFECTURE_OFFICIAL, PREFECTURES)
    for number, code in enumerate(codes, 3):
        _reviewer(maker, code, f"{names[code]}商务局（示范）", places, number)
    maker.participants.journey = journey = journey_codes(
        [p.code for p in places], Role.COUNTY_OFFICIAL, COUNTIES
    )
    numbers = {code: 10 + n for n, code in enumerate(journey)}
    for place in sorted(places, key=lambda p: (numbers.get(p.code, 99), p.code)):
        name = f"{place.full_name}商务局（示范）"
        official = (
            maker.log_in(name, TraderType.COMPANY, place.code, numbers[place.code])
            if place.code in numbers
            else maker.add(name, TraderType.COMPANY, place.code)
        )
        maker.grant(official, Role.COUNTY_OFFICIAL, place.code)
        maker.participants.officials[place.code] = official["id"]
    for code in sorted(names.keys() - set(codes)):
        _reviewer(maker, code, f"{names[code]}商务局（示范）", places)


def _reviewer(
    maker: ParticipantBuilder,
    code: str,
    name: str,
    places: Sequence[CountyProfile],
    number: int | None = None,
) -> None:
    """A prefecture's official; with `number`, one that can log in."""
    seat = next((p for p in places if p.path.split("/")[-2] == code[:4]), places[0])
    about = (name, TraderType.COMPANY, seat.code)
    official = maker.add(*about) if number is None else maker.log_in(*about, number)
    maker.grant(official, Role.PREFECTURE_OFFICIAL, code)
    maker.participants.reviewers[code] = official["id"]


def _assistant(maker: ParticipantBuilder, places: Sequence[CountyProfile]) -> None:
    code = journey_codes([p.code for p in places], Role.COUNTY_OFFICIAL, 1)[0]
    name = people.person(maker.rng, maker.words)
    assistant = maker.log_in(f"{name}（示范信息员）", TraderType.BROKER, code, 20)
    maker.grant(assistant, Role.ASSISTANT, code)
    maker.participants.assistant_id = assistant["id"]
    first = next_id(Consent)
    for number in range(FARMERS):
        name = people.person(maker.rng, maker.words)
        farmer = maker.add(name, TraderType.FARMER, code, represented_by=assistant["id"])
        maker.participants.farmers.append({**farmer, "consent_id": first + number})
        maker.participants.consents.append(
            {
                "id": first + number,
                "farmer_id": farmer["id"],
                "assistant_id": assistant["id"],
                "how": "当面签字，委托书存信息站（示范）",
                "given_at": maker.at,
            }
        )


def _assistant_of_township(maker: ParticipantBuilder) -> None:
    """An assistant whose station serves the last town of the same county alone, if it has any."""
    code = maker.participants.journey[0]
    towns = select(Township.code).where(Township.region_code == code, Township.kind == "镇")
    town = db.session.scalar(towns.order_by(Township.code.desc()).limit(1))
    if town is not None:
        assistant = maker.log_in("示范镇（示范信息员）", TraderType.BROKER, code, 21)
        maker.grant(assistant, Role.ASSISTANT, code, town)


def _traders(maker: ParticipantBuilder, places: Sequence[CountyProfile]) -> None:
    """Two in each place, one who sells and one who buys, and the rest by weight."""
    number = TRADERS - OUTSIDERS
    rest = max(0, number - 2 * len(places))
    more = maker.rng.choices(places, [p.weight for p in places], k=rest)
    wanted = [(place, kind) for place in places for kind in ("sells", "buys")]
    wanted += [(place, "either") for place in more]
    for n, (place, does) in enumerate(wanted):
        kind = _kind(maker.rng, does)
        name = people.trader_name(maker.rng, maker.words, kind, place.name)
        row = maker.log_in(name, kind, place.code, FIRST_TRADER_PHONE + n)
        maker.participants.traders[place.code].append(row)


def _kind(rng: Random, does: str) -> TraderType:
    if does == "sells":
        return rng.choice(people.SELLERS)
    if does == "buys":
        return rng.choice((TraderType.BROKER, TraderType.COMPANY, TraderType.BUYER))
    return people.trader_type(rng)
