"""What the pictures of offers, fairs and counties say."""

from __future__ import annotations

from market.accounts.contact import visitors_mask
from market.fairs.models import HELD, Fair
from market.offers.english import plain_phrase
from market.offers.labels import SIDES
from market.offers.models import Offer
from market.offers.photos import photo_path
from market.offers.queries import offer_title, place_name
from market.papers.pictures import qr_picture
from market.products.drawings import drawing_of
from market.products.quantities import format_quantity, short_price
from market.sharing.pictures import Shown
from market.tallies.page_meta import shown_figures
from market.tallies.queries import Totals, totals
from market.tallies.region_views import FairPlace
from market.web.filters import day, local_name


def offer_card(offer: Offer, address: str = "") -> Shown:
    """The card of an offer; with its address a poster."""
    mask, amount = visitors_mask(), format_quantity(offer.remaining, offer.unit)
    return Shown(
        mark=str(SIDES[offer.side]),
        title=offer_title(offer),
        price=short_price(offer.price_low, offer.price_high, offer.price_unit),
        lines=[
            " · ".join(filter(None, (amount, plain_phrase(mask(offer.grade))))),
            place_name(offer.region_code),
        ],
        drawing=drawing_of(offer.product_code),
        photo=photo_path("offers", offer.photos[0].sha256) if offer.photos else None,
        qr=qr_picture(address) if address else "",
        address=address,
    )


def fair_card(fair: Fair) -> Shown:
    """The card of a fair: its days, its place, what it has."""
    return _fair(fair, local_name(fair), local_name(fair.region), totals(fair))


def place_card(place: FairPlace) -> Shown:
    """The card of a region at a fair."""
    total = place.count.totals(place.node)
    return _fair(place.fair, local_name(place.node), local_name(place.fair), total)


def _fair(fair: Fair, title: str, beside: str, total: Totals) -> Shown:
    is_counted = fair.totals_only or fair.status in HELD
    amount, *others = (shown_figures(total) if is_counted else []) or [""]
    days = "" if fair.totals_only else f"{day(fair.starts_on)} – {day(fair.ends_on)}"
    return Shown(beside, title, amount, [" · ".join(others), days])
