"""Where the demonstration's traders and farmers live; the station's consents, with the picture of a
signed form; and a farmer who was registered twice."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import bindparam, select, update

from market.accounts.models import Account, Consent, TraderType
from market.database import db
from market.demonstration import people
from market.demonstration.bulk import insert_rows, next_id, settle_sequences
from market.demonstration.participants import Participants
from market.demonstration.village_sheets import VILLAGES
from market.offers.models import Offer
from market.offers.photos import StoredPhoto, store_photo
from market.regions.models import Township
from market.sheets.models import SheetVillage
from market.stations.consents import FOLDER
from market.stations.rules import CONSENT_DAYS

FORM = ("CONSENT  (demo)", "Farmer: ______________", "Assistant: ____________", "Signed:  x", "")
# Days ago that the farmers agreed, how, and whether there is a picture of the form.
CONSENTS = (
    (CONSENT_DAYS - 6, "paper: 委托书存信息站（示范）", True),
    (CONSENT_DAYS - 20, "spoken: 村支书在场（示范）", False),
    (160, "paper: 委托书存信息站（示范）", True),
    (120, "phone: 打电话问过两遍（示范）", False),
    (75, "paper: 委托书存信息站（示范）", True),
    (30, "spoken: 村支书在场（示范）", False),
)
# Where people say so; the rest have said the county alone.
SHARE_WITH_TOWN = 0.7


def write_station_farmers(participants: Participants, now: datetime) -> None:
    """Write all of it beside the accounts and offers that are there. Inside transaction()."""
    rng = Random("townships")
    towns = _towns({row["region_code"] for row in participants.accounts})
    home = participants.farmers
    # As the station's sheets have its villages.
    sheets = db.session.execute(
        select(SheetVillage.township_code, SheetVillage.village)
        .where(SheetVillage.region_code == home[0]["region_code"])
        .order_by(SheetVillage.id)
    ).all()
    places = [
        {**_place(rng, towns, row), "town": sheet.township_code, "place": sheet.village}
        for row, sheet in zip(home, sheets, strict=False)
    ]
    sellers = (row for rows in participants.traders.values() for row in rows)
    settled = [
        row for row in sellers if row["region_code"] in towns and rng.random() < SHARE_WITH_TOWN
    ]
    places += [_place(rng, towns, row) for row in settled]
    _settle(places)
    _consent(participants, now)
    _register_twice(participants, places[0], now)


def _towns(counties: Iterable[str]) -> dict[str, list[str]]:
    """The codes of the towns and townships of each county."""
    rows = select(Township.region_code, Township.code).where(
        Township.region_code.in_(counties), Township.kind.in_(["镇", "乡"])
    )
    found: dict[str, list[str]] = {}
    for county, code in db.session.execute(rows.order_by(Township.code)):
        found.setdefault(county, []).append(code)
    return found


def _place(rng: Random, towns: dict[str, list[str]], account: dict[str, Any]) -> dict[str, Any]:
    county = account["region_code"]
    town = rng.choice(towns[county])
    return {"who": account["id"], "county": county, "town": town, "place": rng.choice(VILLAGES)}


def _settle(places: list[dict[str, Any]]) -> None:
    """Let accounts and the offers they have in their county say town and village."""
    values: dict[str, Any] = {"township_code": bindparam("town"), "village": bindparam("place")}
    accounts: Any = Account.__table__
    offers: Any = Offer.__table__
    # When they last changed stays as it was made.
    of_account = update(accounts).where(accounts.c.id == bindparam("who"))
    of_account = of_account.values(updated_at=accounts.c.updated_at, **values)
    db.session.execute(of_account, places)
    theirs = offers.c.owner_id == bindparam("who"), offers.c.region_code == bindparam("county")
    of_offers = update(offers).where(*theirs).values(updated_at=offers.c.updated_at, **values)
    db.session.execute(of_offers, places)


def _consent(participants: Participants, now: datetime) -> None:
    paper = _signed_form()
    none = {"sha256": None, "width": None, "height": None}
    shown = {"sha256": paper.sha256, "width": paper.width, "height": paper.height}
    for consent, (days, how, has_paper) in zip(participants.consents, CONSENTS, strict=True):
        given = {"given_at": now - timedelta(days=days), "how": how}
        picture = shown if has_paper else none
        which = update(Consent).where(Consent.id == consent["id"])
        db.session.execute(which.values({**given, **picture}))


def _register_twice(participants: Participants, place: dict[str, Any], now: datetime) -> None:
    """The first farmer once more, as somebody did who did not look."""
    first, at = participants.farmers[0], now - timedelta(days=4)
    again = people.account_row(
        next_id(Account),
        *(first["name"], TraderType.FARMER, first["region_code"], at),
        represented_by=participants.assistant_id,
    )
    insert_rows(Account, [{**again, "township_code": place["town"], "village": place["place"]}])
    consent = {
        "id": next_id(Consent),
        "farmer_id": again["id"],
        "assistant_id": participants.assistant_id,
        "how": CONSENTS[0][1],
        "given_at": at,
    }
    insert_rows(Consent, [consent])
    settle_sequences(Account, Consent)


def _signed_form() -> StoredPhoto:
    """A drawn form, in the store of consents."""
    paper = Image.new("RGB", (480, 640), "#fbfaf5")
    draw = ImageDraw.Draw(paper)
    draw.rectangle((20, 20, 460, 620), outline="#1d241f", width=3)
    for number, line in enumerate(FORM):
        draw.text((50, 60 + 110 * number), line, fill="#1d241f", font=ImageFont.load_default(28))
    content = io.BytesIO()
    paper.save(content, "PNG")
    content.seek(0)
    return store_photo(content, folder=FOLDER)
