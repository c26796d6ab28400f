"""Sheets of the demonstration's station: what is printed of it, its villages, a stack for the
worker to make, and where sheets hang, with drawn pictures."""

from __future__ import annotations

import io
import uuid
from datetime import date, datetime, timedelta

from flask import current_app
from PIL import Image, ImageDraw
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db
from market.demonstration.participants import Participants
from market.offers.photos import StoredPhoto, store_photo
from market.regions.models import Township
from market.sheets.models import (
    PaperSize,
    SheetPosting,
    SheetStack,
    SheetVillage,
    StationCard,
)
from market.sheets.postings import FOLDER
from market.sheets.weeks import week_of

TOWNSHIPS = 2
VILLAGES = ("示范阳泉村", "示范竹园村", "示范溪口村", "示范高桥村", "示范枫树村", "示范茶坡村")
# (village, where, days ago, copies, note, colour of the wall)
POSTINGS = (
    (0, "村部公告栏", 0, 2, "", "#c9bfa8"),
    (1, "小卖部门口", 1, 2, "店主帮忙看着，别被雨淋了（示范）", "#b7c4c9"),
    (3, "村卫生室墙上", 1, 1, "", "#d8d2c4"),
)


def write_village_sheets(participants: Participants, now: datetime, today: date) -> None:
    """Add them to the session. Inside transaction(), after the accounts."""
    assistant = db.session.get_one(Account, participants.assistant_id)
    code = assistant.region_code
    db.session.add(
        StationCard(
            assistant_id=assistant.id,
            region_code=code,
            station="示范农产品信息站",
            phone=assistant.phone,
        )
    )
    towns = db.session.scalars(
        select(Township.code)
        .where(Township.region_code == code, Township.kind == "镇")
        .order_by(Township.code)
    ).all()[:TOWNSHIPS]
    # Half of the villages in each of the towns; where none are known, in the county.
    town_of = {
        village: towns[place * len(towns) // len(VILLAGES)] if towns else ""
        for place, village in enumerate(VILLAGES)
    }
    db.session.add_all(
        SheetVillage(region_code=code, township_code=town, village=village)
        for village, town in town_of.items()
    )
    db.session.add(
        SheetStack(
            region_code=code,
            week=str(week_of(today)),
            paper=PaperSize.A4,
            language="zh_CN",
            copies=1,
            by_village=True,
            site=current_app.config["SITE_URL"],
            requested_by_id=assistant.id,
            requested_at=now,
            key=uuid.uuid4().hex,
        )
    )
    for place, spot, days, copies, note, wall in POSTINGS:
        village = VILLAGES[place]
        day = max(today - timedelta(days=days), week_of(today).first)
        photo = _drawn_wall(wall)
        db.session.add(
            SheetPosting(
                region_code=code,
                township_code=town_of[village],
                village=village,
                spot=spot,
                week=str(week_of(day)),
                posted_on=day,
                copies=copies,
                note=note,
                sha256=photo.sha256,
                width=photo.width,
                height=photo.height,
                recorded_by_id=assistant.id,
                recorded_at=now - timedelta(days=days),
                key=uuid.uuid4().hex,
            )
        )


def _drawn_wall(colour: str) -> StoredPhoto:
    """A drawing of a wall with a sheet on it, in the store of postings."""
    wall = Image.new("RGB", (640, 480), colour)
    draw = ImageDraw.Draw(wall)
    for y in range(0, 480, 40):
        for x in range(-(y // 40 % 2) * 40, 640, 80):
            draw.rectangle((x, y, x + 80, y + 40), outline="#8d8471")
    draw.rectangle((220, 70, 420, 353), fill="#ffffff", outline="#4a524c", width=2)
    draw.rectangle((236, 92, 404, 112), fill="#1d241f")
    for number, y in enumerate(range(132, 330, 18)):
        is_head = number in (0, 4, 8)
        draw.rectangle(
            (236, y, 330 if is_head else 404, y + (12 if is_head else 5)),
            fill="#1f6f43" if is_head else "#8a938c",
        )
    draw.rectangle((368, 306, 404, 342), fill="#1d241f")
    content = io.BytesIO()
    wall.save(content, "PNG")
    content.seek(0)
    return store_photo(content, folder=FOLDER)
