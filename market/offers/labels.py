"""Labels of an offer's states and terms, lazily translated."""

from __future__ import annotations

from market.offers.models import (
    ClosingReason,
    OfferStatus,
    OutcomeReason,
    OutcomeResult,
    PriceBasis,
    Side,
    Verification,
)
from market.web.language import lazy_gettext as _l

SIDES = {Side.SELL: _l("For sale"), Side.BUY: _l("Wanted")}
STATUSES = {
    OfferStatus.DRAFT: _l("Draft"),
    OfferStatus.PUBLISHED: _l("On the market"),
    OfferStatus.CLOSED: _l("Closed"),
    OfferStatus.EXPIRED: _l("Expired"),
    OfferStatus.REJECTED: _l("Rejected"),
}
# By the side: what is sold elsewhere was bought for a purchase.
CLOSING_REASONS = {
    Side.SELL: {
        ClosingReason.SOLD_OUT: _l("Sold out by deals"),
        ClosingReason.TRADED: _l("Sold elsewhere"),
        ClosingReason.STOPPED: _l("No longer for sale"),
        ClosingReason.ACCOUNT_CLOSED: _l("The account is closed"),
    },
    Side.BUY: {
        ClosingReason.SOLD_OUT: _l("Filled by deals"),
        ClosingReason.TRADED: _l("Bought elsewhere"),
        ClosingReason.STOPPED: _l("No longer wanted"),
        ClosingReason.ACCOUNT_CLOSED: _l("The account is closed"),
    },
}
# Those that an owner chooses from.
OWN_REASONS = (ClosingReason.TRADED, ClosingReason.STOPPED)
VERIFICATIONS = {
    Verification.UNVERIFIED: _l("Not verified"),
    Verification.VERIFIED: _l("Verified"),
    Verification.RETURNED: _l("Returned"),
}
BASES = {
    PriceBasis.EX_FARM: _l("At the farm, the buyer collects"),
    PriceBasis.DELIVERED: _l("Delivered to the buyer"),
}
# Whether a purchase takes a part of its quantity from one seller and the rest from others.
PARTS = {
    "yes": _l("Welcome: several sellers together will do"),
    "no": _l("One seller has to supply it all"),
}
OUTCOMES = {
    OutcomeResult.FILLED: _l("Filled by deals"),
    OutcomeResult.PARTLY: _l("Filled in part"),
    OutcomeResult.NOTHING: _l("Nothing came of it"),
}
OUTCOME_REASONS = {
    OutcomeReason.PRICE: _l("Too dear"),
    OutcomeReason.QUALITY: _l("Not the quality or grade I need"),
    OutcomeReason.QUANTITY: _l("Too little of it"),
    OutcomeReason.DELIVERY: _l("Too far, or not in time"),
    OutcomeReason.NOBODY: _l("Nobody quoted"),
    OutcomeReason.ELSEWHERE: _l("Bought elsewhere"),
    OutcomeReason.NOT_NEEDED: _l("No longer needed"),
    OutcomeReason.OTHER: _l("Another reason"),
}
SORTS = {
    "relevance": _l("Best match"),
    "newest": _l("Newest"),
    "price": _l("Best price"),
    "distance": _l("Nearest"),
}
