"""Labels of an offer's states and terms, lazily translated."""

from __future__ import annotations

from market.offers.models import OfferStatus, PriceBasis, Side, Verification
from market.web.language import lazy_gettext as _l

SIDES = {Side.SELL: _l("For sale"), Side.BUY: _l("Wanted")}
STATUSES = {
    OfferStatus.DRAFT: _l("Draft"),
    OfferStatus.PUBLISHED: _l("On the market"),
    OfferStatus.CLOSED: _l("Closed"),
    OfferStatus.EXPIRED: _l("Expired"),
    OfferStatus.WITHDRAWN: _l("Withdrawn"),
    OfferStatus.REJECTED: _l("Rejected"),
}
VERIFICATIONS = {
    Verification.UNVERIFIED: _l("Not verified"),
    Verification.VERIFIED: _l("Verified"),
    Verification.RETURNED: _l("Returned"),
}
BASES = {
    PriceBasis.EX_FARM: _l("At the farm, the buyer collects"),
    PriceBasis.DELIVERED: _l("Delivered to the buyer"),
}
SORTS = {
    "relevance": _l("Best match"),
    "newest": _l("Newest"),
    "price": _l("Best price"),
    "distance": _l("Nearest"),
}
