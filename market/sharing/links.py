"""What pages of lower rooms show of this room: links."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import url_for

from market.web.language import SOURCE, is_english
from market.web.slots import add_link


def _in_language(endpoint: str, **values: Any) -> str:
    """A picture's address: robots that fetch it have no cookie."""
    return url_for(endpoint, **values, lang=str(SOURCE) if is_english() else None)


add_link("offer.share", "sharing.share")
add_link("offer.qr", "sharing.qr")
add_link("offer.picture", partial(_in_language, "sharing.offer_picture"))
add_link("fair.picture", partial(_in_language, "sharing.fair_picture"))
add_link("place.picture", partial(_in_language, "sharing.place_picture"))
