"""What is to be done with a deal now, in one sentence with its sum: it stands first on its page."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from market.accounts.models import Account
from market.deals import rules
from market.deals.checks import answering_party, disputing_party, proposing_party
from market.deals.models import Deal, DealRevision, DealStatus
from market.deals.revisions import may_answer
from market.permissions import may
from market.products.quantities import format_price, full_quantity
from market.web.filters import local_name, yuan


def format_sum(terms: Deal | DealRevision) -> str:
    """'10,000 斤 × 0.45 元/斤 = 4,500 元'; an amount that is something else is told so."""
    words = {
        "quantity": full_quantity(terms.quantity, terms.unit),
        "price": format_price(terms.unit_price, None, terms.unit),
        "amount": yuan(terms.amount_fen).removesuffix(".00"),
    }
    if rules.amount_fen(terms.quantity, terms.unit_price) == terms.amount_fen:
        return _("%(quantity)s × %(price)s = CNY %(amount)s", **words)
    return _("%(quantity)s × %(price)s, agreed in all CNY %(amount)s", **words)


def next_step(actor: Account, deal: Deal, revision: DealRevision | None) -> str:
    """The sentence for this reader.

    Args:
        revision: the one that waits for an answer.
    """
    words = {"sum": format_sum(revision or deal), "name": _other_name(actor, deal)}
    if revision is not None:
        return _of_revision(actor, deal, revision, words)
    match deal.status:
        case DealStatus.PROPOSED:
            return _of_proposal(actor, deal, words)
        case DealStatus.AGREED:
            county = local_name(deal.home_region)
            return _("%(sum)s. Nothing to do: %(county)s verifies it.", county=county, **words)
        case DealStatus.RETURNED:
            return _("Please put right what the county asks, and send it again: %(sum)s", **words)
        case DealStatus.DISPUTED:
            return _of_dispute(actor, deal, words)
        case DealStatus.VERIFIED:
            return _("%(sum)s. Verified and counted.", **words)
        case DealStatus.REPLACED:
            return _("%(sum)s. Other terms were proposed in answer.", **words)
        case DealStatus.DECLINED:
            return _("%(sum)s. It was declined: nothing was agreed.", **words)
    return _("%(sum)s. It was cancelled.", **words)


def _of_proposal(actor: Account, deal: Deal, words: dict[str, Any]) -> str:
    if may(actor, "party.represent", proposing_party(deal)):
        if deal.unregistered is not None:
            return _("Please have %(name)s confirm: %(sum)s", **words)
        return _("%(name)s is to confirm: %(sum)s", **words)
    if may(actor, "party.represent", answering_party(deal)):
        return _("Please confirm: %(sum)s", **words)
    return _("The other side is to confirm: %(sum)s", **words)


def _of_revision(actor: Account, deal: Deal, revision: DealRevision, words: dict[str, Any]) -> str:
    if may_answer(actor, deal, revision):
        return _("Please confirm the other figures: %(sum)s", **words)
    if deal.unregistered is not None and may(actor, "deal.act", deal):
        return _("Please have %(name)s confirm the other figures: %(sum)s", **words)
    return _("The other side is to confirm the other figures: %(sum)s", **words)


def _of_dispute(actor: Account, deal: Deal, words: dict[str, Any]) -> str:
    if may(actor, "party.represent", disputing_party(deal)):
        return _("Please settle it with %(name)s, then say so here: %(sum)s", **words)
    return _("It is disputed: the two sides settle it. %(sum)s", **words)


def _other_name(actor: Account, deal: Deal) -> str:
    """The name of the side that the actor doesn't speak for."""
    sells = may(actor, "party.represent", deal.seller)
    return deal.buyer_name if sells else deal.seller_name
