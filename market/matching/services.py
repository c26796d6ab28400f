"""Telling owners of new matches when either side is posted, and hearing that they saw them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, or_, select, update

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.matching.models import MatchChange, MatchNotice
from market.matching.queries import facts_of, find_candidates
from market.matching.rules import Facts, score
from market.offers.models import Offer, OfferChange
from market.offers.signals import offer_changed
from market.permissions import may
from market.web.errors import Refused
from market.web.home_time import home_now

# Worth telling: just above the best that another kind of the family can reach (0.762, with
# all else right), so who wants navel oranges is never called for pomelos; the product
# itself in the same province passes with a price that meets and half the quantity.
WORTH_TELLING = 0.77
# Of one posting its owner hears of so many at most, and as many others hear of it: the
# rest stand on the page.
TOLD_OF_EACH = 10
# More unseen ones than fill the page are of no use to anybody: the best stay.
UNSEEN_AT_MOST = 20
# Changes looked at in one turn: a few dozen milliseconds, so that what is posted meanwhile
# doesn't wait long for the index.
BATCH = 10

Pair = tuple[int, int]


@offer_changed.connect
def _when_changed(sender: Any, offer: Offer, at: datetime) -> None:
    if offer.is_public:
        db.session.add(MatchChange(offer_id=offer.id, at=at))


def look_at(offer_ids: Iterable[int], at: datetime) -> None:
    """Have these offers' matches looked for, as if they had just been posted. For bulk loads."""
    rows = [{"offer_id": id, "at": at} for id in offer_ids]
    if rows:
        db.session.execute(insert(MatchChange), rows)


def notice_matches(limit: int = BATCH) -> int:
    """Write the notices of the oldest changes that the index knows of; how many were done.

    Worker only, after draining. Notices and the end of the changes are one transaction: a
    worker that dies before it does them all again, one that dies after has done them. A
    change that is still in the outbox of the index waits: of two offers posted at once
    the second to be indexed would otherwise miss the first, and the first the second.
    """
    changes = db.session.execute(
        select(MatchChange.id, MatchChange.offer_id).order_by(MatchChange.id).limit(limit)
    ).all()
    if not changes:
        return 0
    changed = {change.offer_id for change in changes}
    waiting = set(
        db.session.scalars(select(OfferChange.offer_id).where(OfferChange.offer_id.in_(changed)))
    )
    done = [change.id for change in changes if change.offer_id not in waiting]
    standing, fallen = _look(changed - waiting)
    with transaction():
        _withdraw(fallen)
        _write(standing)
        db.session.execute(delete(MatchChange).where(MatchChange.id.in_(done)))
    return len(done)


def see_matches(actor: Account, offer: Offer) -> None:
    """The owner has seen the new matches of the offer. Raises Refused."""
    if not may(actor, "offer.manage", offer):
        raise Refused(_("Your account has no right to do this."))
    db.session.execute(
        update(MatchNotice)
        .where(MatchNotice.offer_id == offer.id, MatchNotice.seen_at.is_(None))
        .values(seen_at=utcnow())
    )


def _look(changed: Collection[int]) -> tuple[dict[Pair, float], set[Pair]]:
    """Pairs worth telling, with their scores, and pairs told of that no longer are."""
    now = home_now()
    own = facts_of(changed, now)
    found = {id: find_candidates(facts, now, TOLD_OF_EACH)[0] for id, facts in own.items()}
    told: dict[int, list[int]] = {}
    for id, other in db.session.execute(
        select(MatchNotice.offer_id, MatchNotice.counterpart_id).where(
            MatchNotice.offer_id.in_(own), MatchNotice.seen_at.is_(None)
        )
    ):
        told.setdefault(id, []).append(other)
    theirs = facts_of({other for ids in (*found.values(), *told.values()) for other in ids}, now)
    standing: dict[Pair, float] = {}
    for id, others in found.items():
        scores = _scores(own[id], [theirs[other] for other in others if other in theirs], now)
        best = sorted(scores.items(), key=lambda one: (-one[1], -one[0]))[:TOLD_OF_EACH]
        standing |= {_pair(id, other): total for other, total in best if total >= WORTH_TELLING}
    fallen = set()
    for id, others in told.items():
        scores = _scores(own[id], [theirs[other] for other in others if other in theirs], now)
        fallen |= {
            _pair(id, other)
            for other in others
            if other in theirs and scores.get(other, 0) < WORTH_TELLING
        }
    return standing, fallen


def _scores(own: Facts, others: Iterable[Facts], now: datetime) -> dict[int, float]:
    return {one.id: match.total for one in others if (match := score(own, one, now))}


def _pair(one: int, other: int) -> Pair:
    return min(one, other), max(one, other)


def _write(pairs: dict[Pair, float]) -> None:
    """A notice for both ends of each pair that has none yet."""
    ends = {(id, other): total for pair, total in pairs.items() for id, other in (pair, pair[::-1])}
    offers = {id for id, _ in ends}
    known = db.session.execute(
        select(MatchNotice.offer_id, MatchNotice.counterpart_id).where(
            MatchNotice.offer_id.in_(offers)
        )
    )
    for id, other in known:
        ends.pop((id, other), None)
    if not ends:
        return
    now = utcnow()
    rows = [
        {"offer_id": id, "counterpart_id": other, "score": round(total * 1000), "found_at": now}
        for (id, other), total in ends.items()
    ]
    db.session.execute(insert(MatchNotice), rows)
    _keep_the_best(offers)


def _keep_the_best(offers: Collection[int]) -> None:
    """Forget the least of an offer's unseen notices where there are too many."""
    place = func.row_number().over(
        partition_by=MatchNotice.offer_id,
        order_by=(MatchNotice.score.desc(), MatchNotice.id.desc()),
    )
    unseen = (
        select(MatchNotice.id, place.label("place"))
        .where(MatchNotice.offer_id.in_(offers), MatchNotice.seen_at.is_(None))
        .subquery()
    )
    surplus = select(unseen.c.id).where(unseen.c.place > UNSEEN_AT_MOST)
    db.session.execute(delete(MatchNotice).where(MatchNotice.id.in_(surplus)))


def _withdraw(pairs: Collection[Pair]) -> None:
    """Forget the unseen notices of both ends."""
    for one, other in pairs:
        db.session.execute(
            delete(MatchNotice).where(
                or_(
                    (MatchNotice.offer_id == one) & (MatchNotice.counterpart_id == other),
                    (MatchNotice.offer_id == other) & (MatchNotice.counterpart_id == one),
                ),
                MatchNotice.seen_at.is_(None),
            )
        )
