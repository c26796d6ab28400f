"""The drawn product pictures of the demonstration, through the photo store."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from market.demonstration.traded_products import SEEDS
from market.offers.models import Side
from market.offers.photos import StoredPhoto, store_photo
from market.regions.services import read_csv

# Of the sales whose product has a picture.
SHARE = 0.8
SLIP = ("WEIGHING SLIP  No. 0042", "GROSS  52.40 t", "TARE   15.10 t", "NET    37.30 t", "(demo)")


def stored_pictures() -> dict[str, StoredPhoto]:
    """The pictures of seeds/demo, in the store, by the code of what each shows.

    A product that no picture truly shows has none.
    """
    found: dict[str, StoredPhoto] = {}
    for row in read_csv(SEEDS / "pictures.csv"):
        with (SEEDS / "photos" / f"{row['picture']}.webp").open("rb") as content:
            photo = store_photo(content)
        found |= dict.fromkeys(row["products"].split("|"), photo)
    return found


def stored_slip() -> StoredPhoto:
    """A drawn weighing slip, in the store of proofs."""
    paper = Image.new("RGB", (640, 420), "#fbfaf5")
    draw = ImageDraw.Draw(paper)
    draw.rectangle((20, 20, 620, 400), outline="#1d241f", width=3)
    for number, line in enumerate(SLIP):
        draw.text((60, 60 + 60 * number), line, fill="#1d241f", font=ImageFont.load_default(32))
    content = io.BytesIO()
    paper.save(content, "PNG")
    content.seek(0)
    return store_photo(content, folder="proofs")


def photo_rows(rng: Random, offers: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """A photo for some of the sales."""
    pictures = stored_pictures()
    for offer in offers:
        picture = pictures.get(offer["product_code"])
        if picture and offer["side"] is Side.SELL and rng.random() < SHARE:
            yield {
                "offer_id": offer["id"],
                "position": 0,
                "sha256": picture.sha256,
                "width": picture.width,
                "height": picture.height,
            }
