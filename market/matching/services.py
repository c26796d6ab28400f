"""Notices of new matches for both owners when either side is posted, and marking them seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, or_, select, update

from market.accounts.models import Account
from market.database import chunks, db, transaction, utcnow
from market.matching.models import MatchChange, MatchNotice
from market.matching.queries import facts_of, find_candidates
from market.matching.rules import OfferFacts, score
from market.matching.signals import matches_found, matches_seen, matches_withdrawn
from market.offers.models import Offer, OfferChange
from market.offers.revocation import dependent_tables
from market.offers.signals import offer_changed, offers_posted, offers_revoked
from market.permissions import may
from market.web.errors import Refused
from market.web.home_time import home_now

# Just above the best score of another variety of the family (0.762, with all else right), so
# that a buyer of navel oranges gets no notice of pomelos. The product itself in the same
# province passes with a price that meets and half the quantity.
MIN_NOTICE_SCORE = 0.77
# Notices for the owner of one posting, and notices of it for others; the page shows the rest.
MAX_NOTICES_PER_CHANGE = 10
# Unseen notices of one offer: as many as the page shows; the best are kept.
MAX_UNSEEN = 20
# Changes in one turn: a few dozen milliseconds, so that what is posted meanwhile doesn't wait
# long for the index.
BATCH = 10

Pair = tuple[int, int]

dependent_tables.update({MatchChange.__tablename__, MatchNotice.__tablename__})


@offer_changed.connect
def _record_change(sender: Any, offer: Offer, at: datetime) -> None:
    if offer.is_public:
        db.session.add(MatchChange(offer_id=offer.id, at=at))


def request_matching(offer_ids: Iterable[int], at: datetime) -> None:
    """Queue these offers for matching, as if they had just been posted. For bulk loads."""
    rows = [{"offer_id": id, "at": at} for id in offer_ids]
    if rows:
        db.session.execute(insert(MatchChange), rows)


@offers_posted.connect
def _record_postings(sender: Any, offer_ids: Collection[int], at: datetime) -> None:
    request_matching(offer_ids, at)


@offers_revoked.connect
def _withdraw_matches(sender: Any, offer_ids: Collection[int], at: datetime) -> None:
    """Delete all that was found for these offers, and them where they were found."""
    counterparts: set[int] = set()
    for some in chunks(offer_ids):
        db.session.execute(delete(MatchChange).where(MatchChange.offer_id.in_(some)))
        one_end, other_end = MatchNotice.offer_id.in_(some), MatchNotice.counterpart_id.in_(some)
        counterparts |= set(db.session.scalars(select(MatchNotice.offer_id).where(other_end)))
        db.session.execute(delete(MatchNotice).where(or_(one_end, other_end)))
    if counterparts := counterparts.difference(offer_ids):
        matches_withdrawn.send(left=_count_unseen(counterparts))


def _count_unseen(offers: Collection[int]) -> dict[int, int]:
    """How many matches nobody has seen each of these offers has."""
    unseen = (
        select(MatchNotice.offer_id, func.count())
        .where(MatchNotice.offer_id.in_(offers), MatchNotice.seen_at.is_(None))
        .group_by(MatchNotice.offer_id)
    )
    return dict.fromkeys(offers, 0) | dict(db.session.execute(unseen).all())


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
    worthy, outdated = _compare(changed - waiting)
    with transaction():
        _delete_notices(outdated)
        _insert_notices(worthy)
        db.session.execute(delete(MatchChange).where(MatchChange.id.in_(done)))
    return len(done)


def mark_matches_seen(actor: Account, offer: Offer) -> None:
    """The owner has seen the new matches of the offer. Raises Refused."""
    if not may(actor, "offer.manage", offer):
        raise Refused(_("Your account has no right to do this."))
    db.session.execute(
        update(MatchNotice)
        .where(MatchNotice.offer_id == offer.id, MatchNotice.seen_at.is_(None))
        .values(seen_at=utcnow())
    )
    matches_seen.send(offer=offer, by=actor)


def _compare(changed: Collection[int]) -> tuple[dict[Pair, float], set[Pair]]:
    """Pairs that deserve a notice, with their scores, and noticed pairs that no longer do."""
    now = home_now()
    own = facts_of(changed, now)
    found = {
        id: find_candidates(facts, now, MAX_NOTICES_PER_CHANGE)[0] for id, facts in own.items()
    }
    noticed: dict[int, list[int]] = {}
    for id, other in db.session.execute(
        select(MatchNotice.offer_id, MatchNotice.counterpart_id).where(
            MatchNotice.offer_id.in_(own), MatchNotice.seen_at.is_(None)
        )
    ):
        noticed.setdefault(id, []).append(other)
    theirs = facts_of({other for ids in (*found.values(), *noticed.values()) for other in ids}, now)
    worthy: dict[Pair, float] = {}
    for id, others in found.items():
        scores = _scores(own[id], [theirs[other] for other in others if other in theirs], now)
        best = sorted(scores.items(), key=lambda one: (-one[1], -one[0]))[:MAX_NOTICES_PER_CHANGE]
        worthy |= {_pair(id, other): total for other, total in best if total >= MIN_NOTICE_SCORE}
    outdated = set()
    for id, others in noticed.items():
        scores = _scores(own[id], [theirs[other] for other in others if other in theirs], now)
        outdated |= {
            _pair(id, other)
            for other in others
            if other in theirs and scores.get(other, 0) < MIN_NOTICE_SCORE
        }
    return worthy, outdated


def _scores(own: OfferFacts, others: Iterable[OfferFacts], now: datetime) -> dict[int, float]:
    return {one.id: match.total for one in others if (match := score(own, one, now))}


def _pair(one: int, other: int) -> Pair:
    return min(one, other), max(one, other)


def _insert_notices(pairs: dict[Pair, float]) -> None:
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
    _delete_surplus(offers)
    left = select(MatchNotice.offer_id, MatchNotice.id).where(
        MatchNotice.offer_id.in_(offers),
        MatchNotice.found_at == now,
        MatchNotice.seen_at.is_(None),
    )
    found: dict[int, list[int]] = {}
    for offer_id, id in db.session.execute(left):
        found.setdefault(offer_id, []).append(id)
    matches_found.send(found=found, at=now)


def _delete_surplus(offers: Collection[int]) -> None:
    """Delete the unseen notices of the lowest score beyond MAX_UNSEEN of an offer."""
    place = func.row_number().over(
        partition_by=MatchNotice.offer_id,
        order_by=(MatchNotice.score.desc(), MatchNotice.id.desc()),
    )
    unseen = (
        select(MatchNotice.id, place.label("place"))
        .where(MatchNotice.offer_id.in_(offers), MatchNotice.seen_at.is_(None))
        .subquery()
    )
    surplus = select(unseen.c.id).where(unseen.c.place > MAX_UNSEEN)
    db.session.execute(delete(MatchNotice).where(MatchNotice.id.in_(surplus)))


def _delete_notices(pairs: Collection[Pair]) -> None:
    """Delete the unseen notices of both ends."""
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
