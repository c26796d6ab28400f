"""The drawn product pictures of the demonstration, through the photo store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from market.demonstration.goods import SEEDS
from market.offers.models import Side
from market.offers.photos import StoredPhoto, store_photo
from market.regions.services import read_csv

# Of the sales whose product has a picture.
SHARE = 0.8


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
