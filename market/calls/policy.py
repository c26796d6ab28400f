"""Who may ring traders for others, and read what came of it; added to the site's permissions."""

from __future__ import annotations

from typing import Any

from market.calls.models import MatchCall
from market.calls.pairs import CALLING_ROLES, Pair, rings_about
from market.permissions import POLICY, may


def _calls_traders(user: Any, _: Any) -> bool:
    """Assistants, and officials of a county."""
    return user.is_authenticated and any(user.has_role(role) for role in CALLING_ROLES)


def _call_record(user: Any, pair: Pair) -> bool:
    """Who represents a farmer of either side, and assistants (of its township alone where they
    belong to one) and county officials of the place of one; nobody who speaks for both."""
    offers = pair.sale, pair.purchase
    own = [may(user, "party.represent", offer.owner) for offer in offers]
    if not _calls_traders(user, None) or all(own):
        return False
    return any(
        offer.owner.represented_by_id == user.id or rings_about(user, offer) for offer in offers
    )


def _call_read(user: Any, pair: Pair) -> bool:
    """Who may ring, and officials over the place of either side."""
    offers = pair.sale, pair.purchase
    return _call_record(user, pair) or any(may(user, "offer.review", offer) for offer in offers)


def _call_figures(user: Any, _: Any) -> bool:
    """Assistants, of their own calls; officials, of those of their regions."""
    return user.is_authenticated and (user.is_assistant or user.is_official)


def _call_withdraw(user: Any, call: MatchCall) -> bool:
    return user.is_authenticated and call.by_id == user.id


POLICY.update(
    {
        "call.list": _calls_traders,
        "call.record": _call_record,
        "call.read": _call_read,
        "call.withdraw": _call_withdraw,
        "call.figures": _call_figures,
    }
)
