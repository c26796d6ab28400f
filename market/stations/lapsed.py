"""What a consent that lapsed holds up: new offers for the farmer. Those that stand stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import exists, func, select

from market.accounts.models import Account, Consent
from market.database import db, utcnow
from market.offers.guards import PostingObstacle, posting_obstacles
from market.offers.models import Offer, OfferPublication
from market.offers.signals import offer_published
from market.stations.consents import lapsed_on
from market.stations.rules import CONSENT_DAYS
from market.web.errors import Refused
from market.web.filters import day


def farmers_to_ask(assistant_id: int) -> set[int]:
    """The assistant's farmers whose consent lapsed."""
    last = func.max(Consent.given_at)
    found = (
        select(Consent.farmer_id)
        .join(Account, Account.id == Consent.farmer_id)
        .where(Account.represented_by_id == assistant_id, Consent.withdrawn_at.is_(None))
        .group_by(Consent.farmer_id)
        .having(last <= utcnow() - timedelta(days=CONSENT_DAYS))
    )
    return set(db.session.scalars(found))


def lapsed_consent(owner: Account, then: str | None = None) -> PostingObstacle | None:
    """What keeps a station from posting for the owner, and where it is put right."""
    lapsed = lapsed_on(owner) if owner.represented_by_id is not None else None
    if lapsed is None:
        return None
    return PostingObstacle(
        _(
            "The consent of %(name)s lapsed on %(day)s: ask again first.",
            name=owner.name,
            day=day(lapsed),
        ),
        url_for("stations.consent", account_id=owner.id, then=then),
    )


@offer_published.connect
def _ask_first(sender: Any, offer: Offer, at: datetime, **_more: Any) -> None:
    """Refuse what is new; what stood before is renewed as ever."""
    if offer.posted_by_id == offer.owner_id:
        return
    stood = exists().where(OfferPublication.offer_id == offer.id, OfferPublication.at < at)
    obstacle = lapsed_consent(offer.owner)
    if obstacle is not None and not db.session.scalar(select(stood)):
        step = Markup('{} <a href="{}">{}</a>')
        raise Refused(step.format(obstacle.text, obstacle.url, _("Renew the consent")))


posting_obstacles.append(lapsed_consent)
