"""The drawn product pictures of the demonstration, through the photo store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from market.demonstration.goods import SEEDS, Good
from market.offers.models import Side
from market.offers.photos import StoredPhoto, store_photo

# Of the sales whose product has a picture.
SHARE = 0.45


def stored_pictures() -> dict[str, StoredPhoto]:
    """Every picture of seeds/demo/photos, in the store, by its name."""
    found = {}
    for file in sorted((SEEDS / "photos").glob("*.webp")):
        with file.open("rb") as content:
            found[file.stem] = store_photo(content)
    return found


def photo_rows(
    rng: Random, offers: Sequence[Mapping[str, Any]], goods: Mapping[str, Good]
) -> Iterator[dict[str, Any]]:
    """A photo for some of the sales."""
    pictures = stored_pictures()
    for offer in offers:
        picture = pictures.get(goods[offer["product_code"]].picture)
        if picture and offer["side"] is Side.SELL and rng.random() < SHARE:
            yield {
                "offer_id": offer["id"],
                "position": 0,
                "sha256": picture.sha256,
                "width": picture.width,
                "height": picture.height,
            }
