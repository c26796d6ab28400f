"""The words of the desk: states, orders, ages, and the common reasons for a return."""

from __future__ import annotations

from market.desk.queues import Lack, QueueSort, QueueState
from market.offers.labels import SIDES as SIDES
from market.offers.models import Side
from market.web.language import lazy_gettext as _l

STATES = {
    QueueState.WAITING: _l("To verify"),
    QueueState.SECOND: _l("To verify by the prefecture"),
    QueueState.RETURNED: _l("Returned, not yet mended"),
    QueueState.UNDONE: _l("Verification taken back"),
    QueueState.DISPUTED: _l("Disputed"),
    QueueState.VERIFIED: _l("Verified"),
}
SORTS = {
    QueueSort.OLDEST: _l("The longest waiting first"),
    QueueSort.NEWEST: _l("The newest first"),
    QueueSort.LARGEST: _l("The largest amount first"),
}
LACKS = {Lack.PROOF: _l("Without proof"), Lack.CALL: _l("Without a call back")}
DEAL_SIDES = {Side.SELL: _l("Sold from the county"), Side.BUY: _l("Bought by the county")}
AGES = {
    1: _l("A day or more"),
    3: _l("3 days or more"),
    7: _l("7 days or more"),
    14: _l("14 days or more"),
}
QUEUE_TITLES = {"deals": _l("Deals to verify"), "offers": _l("Offers to verify")}
QUEUE_NAMES = {
    ("deals", QueueState.WAITING): _l("Deals to verify"),
    ("offers", QueueState.WAITING): _l("Offers to verify"),
    ("deals", QueueState.SECOND): _l("Deals to verify by the prefecture"),
    ("deals", QueueState.DISPUTED): _l("Disputed deals"),
    ("deals", QueueState.RETURNED): _l("Deals returned, not yet mended"),
    ("deals", QueueState.UNDONE): _l("Verifications taken back, not yet mended"),
    ("offers", QueueState.RETURNED): _l("Offers returned, not yet mended"),
}
# What is most often missing, in the words that the parties read.
REASONS = {
    "deals": (
        _l("The picture of the contract or weighing slip is missing or unreadable."),
        _l("The quantity, price and amount don't agree with the proof."),
        _l("This deal was entered before."),
        _l("The price is far from what is usual: please explain."),
        _l("The sides of the deal can't be confirmed."),
    ),
    "offers": (
        _l("The title or description doesn't fit the product."),
        _l("The price or its unit can't be right."),
        _l("The quantity can't be right."),
        _l("The same offer was posted before."),
        _l("A photo or a proof of origin is missing."),
    ),
}
