"""Creating and editing fairs, opening and closing them by date, and their listings."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, delete, exists, func, insert, or_, select
from sqlalchemy.exc import IntegrityError

from market.accounts.models import Account
from market.calendar.services import stopped_clock
from market.database import chunks, db, lock, utcnow, violated
from market.fairs import rules
from market.fairs.checks import check_editable, check_fair_values, check_not_past, check_unchanged
from market.fairs.history import record_event
from market.fairs.models import (
    FAIR_TRANSITIONS,
    Fair,
    FairEventKind,
    FairListing,
    FairStatus,
    FairTheme,
)
from market.fairs.queries import admits_product, sessions_of, themes_of
from market.fairs.signals import closed_fair_changed, fair_opened, listing_changing
from market.offers.models import Offer, OfferPublication, OfferStatus, Verification
from market.offers.revocation import dependent_tables
from market.offers.signals import (
    offer_changed,
    offer_published,
    offers_posted,
    offers_revoked,
)
from market.products.models import Product
from market.regions.models import Region, is_within, within
from market.text.days import local_day
from market.web.errors import Invalid
from market.web.home_time import home_today, home_zone
from market.web.idempotency import add_once, bound_key, refuse_repeated

# What an edit may change, by the names of the form's fields.
EDITABLE = (
    *("name", "name_en", "slug", "season", "year", "region", "starts_on", "ends_on"),
    *("previous_id", "same_season_id", "note", "organiser", "contact"),
)
# The states that dates set, in order, and their events.
DATE_EVENTS = {
    FairStatus.OPEN: FairEventKind.OPENED,
    FairStatus.CLOSED: FairEventKind.CLOSED,
}

dependent_tables.add(FairListing.__tablename__)


def create_fair(
    actor: Account,
    values: dict[str, Any],
    reason: str = "",
    source: Fair | None = None,
    at: datetime | None = None,
) -> Fair:
    """Announce a fair; one whose first day has come opens at once.

    Args:
        values: slug, name, name_en, season, year, region (a Region), starts_on, ends_on
            (local days, both included), themes (codes; none: everything), previous_id,
            same_season_id, note, organiser, contact; key: of the form, if any.
        reason: of an emergency fair; source: the fair this is the next edition of.
        at: when it is announced; now when None.

    Raises:
        Repeated: the actor sent a form with this key before.
        Refused: the actor is no province official of the region.
        Invalid: dates upside down, past or of another year, slug in use, a comparison that
            can't be; at its field.
    """
    key = bound_key(actor, Fair, values.get("key"))
    refuse_repeated(Fair, key)
    check_fair_values(actor, values)
    at = at or utcnow()
    check_not_past(values["starts_on"], local_day(at, home_zone()))
    fair = Fair(**_columns(values), key=key, status=FairStatus.ANNOUNCED)
    _save(fair)
    _set_themes(fair, values.get("themes", ()))
    if source:
        record_event(fair, FairEventKind.CLONED, actor, source_id=source.id, at=at)
    else:
        record_event(fair, FairEventKind.ANNOUNCED, actor, reason=reason, at=at)
    _update_unless_stopped(fair, at)
    return fair


def edit_fair(actor: Account, fair: Fair, values: dict[str, Any], seen: int | None = None) -> Fair:
    """Change a fair; once it has opened only its texts and its comparisons.

    Args:
        values: as for create_fair.
        seen: the last event the actor saw (queries.last_event); None for programs.

    Raises:
        FairChanged: it was changed since the actor saw it.
        Refused, Invalid: as create_fair; or what may not change any more, at its field.
        InvalidTransition: the fair is certified, or known by its totals alone.
    """
    lock(fair)
    check_fair_values(actor, values, fair)
    check_unchanged(fair, seen)
    check_editable(fair, values, sessions_of(fair))
    if values["starts_on"] != fair.starts_on:
        check_not_past(values["starts_on"], home_today())
    new = _columns(values)
    changed = [name for name in EDITABLE if getattr(fair, name) != new[name]]
    for name, value in new.items():
        setattr(fair, name, value)
    _save(fair)
    if _set_themes(fair, values.get("themes", ())):
        changed.append("themes")
    if changed:
        record_event(fair, FairEventKind.EDITED, actor, about=" ".join(changed))
    _update_unless_stopped(fair, utcnow())
    return fair


def enter_totals(actor: Account, values: dict[str, Any]) -> Fair:
    """Enter an earlier fair, or several together, by its totals alone.

    Args:
        values: as for create_fair without themes, and total_listings, total_merchants,
            total_deals, total_fen (None where not known) with `note`: their source, and
            `derived`, the names of those worked out and not given. Give figures known only
            for several fairs together one row named so; its dates span them all.

    Raises:
        Refused, Invalid: as create_fair; or no total is given.
    """
    key = bound_key(actor, Fair, values.get("key"))
    refuse_repeated(Fair, key)
    check_fair_values(actor, values)
    totals = ("total_listings", "total_merchants", "total_deals", "total_fen")
    given = {name: values.get(name) for name in totals}
    if all(value is None for value in given.values()):
        raise Invalid(_("Give at least one total."), "total_listings")
    if not values.get("note"):
        raise Invalid(_("Say where these totals come from."), "note")
    derived = [name for name in values.get("derived", ()) if given[name] is not None]
    fair = Fair(
        **_columns(values),
        **given,
        derived=" ".join(derived),
        status=FairStatus.CLOSED,
        totals_only=True,
        key=key,
    )
    _save(fair)
    return fair


def update_states(now: datetime) -> int:
    """Open and close every fair whose day has come; returns how many. Safe to repeat."""
    today = local_day(now, home_zone())
    due = db.session.scalars(
        select(Fair).where(
            or_(
                and_(Fair.status == FairStatus.ANNOUNCED, Fair.starts_on <= today),
                and_(Fair.status == FairStatus.OPEN, Fair.ends_on < today),
            )
        )
    ).all()
    return sum(update_state(lock(fair), now) for fair in due)


def enrol_from_publications(fair: Fair, only: Collection[int] | None = None) -> int:
    """List every offer published or renewed inside the fair's dates that it has not yet.

    Returns how many. For the offers of the minutes before the fair was opened, after a worker
    was away, and posted in bulk; one statement whatever their number.

    Args:
        only: the ids of the offers to look at; all when None.
    """
    region_path = select(Region.path).where(Region.code == fair.region_code).scalar_subquery()
    path = db.session.scalar(select(region_path)) or ""
    begin, end = rules.listing_window(fair.starts_on, fair.ends_on, home_zone())
    verified = Offer.verification == Verification.VERIFIED
    found = (
        select(
            db.literal(fair.id),
            Offer.id,
            func.min(OfferPublication.at),
            Offer.side,
            Offer.region_code,
            Offer.product_code,
            Offer.owner_id,
            verified,
            db.true(),
        )
        .join(OfferPublication, OfferPublication.offer_id == Offer.id)
        .join(Region, Region.code == Offer.region_code)
        .join(Product, Product.code == Offer.product_code)
        .where(
            OfferPublication.at >= begin,
            OfferPublication.at < end,
            Offer.status.not_in((OfferStatus.DRAFT, OfferStatus.REJECTED)),
            within(Region.path, path),
            admits_product(themes_of([fair.id])[fair.id]),
            ~exists().where(FairListing.fair_id == fair.id, FairListing.offer_id == Offer.id),
            *([] if only is None else [Offer.id.in_(only)]),
        )
        .group_by(Offer.id)
    )
    columns = [column.name for column in FairListing.__table__.columns]
    # psycopg drops the row count of an INSERT with the cursor unless it is asked to preserve it.
    statement = insert(FairListing).from_select(columns, found)
    result = db.session.execute(statement, execution_options={"preserve_rowcount": True})
    return result.rowcount  # type: ignore[attr-defined]


def list_offer(offer: Offer, at: datetime) -> int:
    """List an offer published at `at` in every open fair that takes it; returns in how many.

    Safe to repeat: a listing keeps the time it was first made.
    """
    today = local_day(at, home_zone())
    fairs = db.session.execute(
        select(Fair.id, Region.path)
        .join(Region, Region.code == Fair.region_code)
        .where(
            Fair.status == FairStatus.OPEN,
            Fair.starts_on <= today,
            Fair.ends_on >= today,
            ~exists().where(FairListing.fair_id == Fair.id, FairListing.offer_id == offer.id),
        )
    ).all()
    place, kind = _paths(offer)
    themes = themes_of([fair_id for fair_id, _path in fairs]) if fairs else {}
    rows = [
        {
            "fair_id": fair_id,
            "offer_id": offer.id,
            "listed_at": at,
            "counts": True,
            **_listing_columns(offer),
        }
        for fair_id, path in fairs
        if is_within(place, path) and rules.admits(themes[fair_id], kind)
    ]
    if rows and offer.status is not OfferStatus.REJECTED:
        db.session.execute(insert(FairListing), rows)
        return len(rows)
    return 0


def sync_listings(offer: Offer) -> None:
    """Copy the offer's present values to its listings.

    An open fair's listing takes over everything; it stops counting while the offer is rejected
    or outside the fair's region and theme. A closed fair's takes over only what a county does
    (rules.state_after_closing), a certified fair's nothing.
    """
    listings = db.session.execute(
        select(FairListing, Fair.status, Region.path)
        .join(Fair, Fair.id == FairListing.fair_id)
        .join(Region, Region.code == Fair.region_code)
        .where(FairListing.offer_id == offer.id, Fair.status != FairStatus.CERTIFIED)
    ).all()
    if not listings:
        return
    themes = themes_of([listing.fair_id for listing, *_rest in listings])
    place, kind = _paths(offer)
    for listing, status, path in listings:
        if status is FairStatus.OPEN:
            admitted = is_within(place, path) and rules.admits(themes[listing.fair_id], kind)
            counts = offer.status is not OfferStatus.REJECTED and admitted
            after = {**_listing_columns(offer), "counts": counts}
        else:
            before = rules.ListingState(listing.verified, listing.counts)
            after = asdict(rules.state_after_closing(before, offer.verification, offer.status))
        if all(getattr(listing, name) == value for name, value in after.items()):
            continue
        listing_changing.send(fair_id=listing.fair_id)
        for name, value in after.items():
            setattr(listing, name, value)
        if status is not FairStatus.OPEN:
            closed_fair_changed.send(fair_id=listing.fair_id)
    db.session.flush()


@offer_published.connect
def _on_published(sender: Any, offer: Offer, at: datetime) -> None:
    list_offer(offer, at)


@offer_changed.connect
def _on_changed(sender: Any, offer: Offer, at: datetime) -> None:
    sync_listings(offer)


@offers_posted.connect
def _on_posted(sender: Any, offer_ids: Collection[int], at: datetime) -> None:
    for fair in db.session.scalars(select(Fair).where(Fair.status == FairStatus.OPEN)).all():
        for some in chunks(offer_ids):
            enrol_from_publications(fair, some)


@offers_revoked.connect
def _on_revoked(sender: Any, offer_ids: Collection[int], at: datetime) -> None:
    """Delete the listings; what a fair that has closed counted, it goes on counting."""
    is_open = select(Fair.id).where(Fair.status == FairStatus.OPEN)
    for some in chunks(offer_ids):
        theirs = FairListing.offer_id.in_(some), FairListing.fair_id.in_(is_open)
        for fair_id in db.session.scalars(select(FairListing.fair_id).distinct().where(*theirs)):
            listing_changing.send(fair_id=fair_id)
        db.session.execute(delete(FairListing).where(*theirs))


def _update_unless_stopped(fair: Fair, at: datetime) -> None:
    """Update the fair's state, unless the clock is not trusted: then the calendar does later."""
    if stopped_clock() is None:
        update_state(fair, at)


def update_state(fair: Fair, now: datetime) -> int:
    """Set the state that the fair's dates give it at `now`; returns the number of transitions."""
    today = local_day(now, home_zone())
    target = rules.status_on(fair.status, fair.starts_on, fair.ends_on, today)
    steps = 0
    for status, kind in DATE_EVENTS.items():
        if fair.status is target or status not in FAIR_TRANSITIONS[fair.status]:
            continue
        fair.status = status
        steps += 1
        record_event(fair, kind, at=now)
        if status is FairStatus.OPEN:
            enrol_from_publications(fair)
            fair_opened.send(fair_id=fair.id)
        else:
            # What was listed in its last seconds is still to be counted.
            closed_fair_changed.send(fair_id=fair.id)
    return steps


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    names = ("slug", "name", "season", "year", "region", "starts_on", "ends_on")
    columns = {name: values[name] for name in names}
    for name in ("name_en", "note", "organiser", "contact"):
        columns[name] = values.get(name) or ""
    for name in ("previous_id", "same_season_id"):
        columns[name] = values.get(name)
    if "is_replay" in values:
        columns["is_replay"] = values["is_replay"]
    return columns


def _save(fair: Fair) -> None:
    try:
        add_once(fair)
    except IntegrityError as error:
        if violated(error, "slug"):
            raise Invalid(_("Another fair has this address already."), "slug") from error
        raise


def _set_themes(fair: Fair, prefixes: Iterable[str]) -> bool:
    """Replace the fair's theme; returns whether it changed."""
    rows = db.session.scalars(select(FairTheme).where(FairTheme.fair_id == fair.id)).all()
    wanted = set(prefixes)
    for row in rows:
        if row.product_prefix not in wanted:
            db.session.delete(row)
    new = wanted - {row.product_prefix for row in rows}
    db.session.add_all(FairTheme(fair_id=fair.id, product_prefix=prefix) for prefix in sorted(new))
    db.session.flush()
    return bool(new) or len(rows) > len(wanted)


def _paths(offer: Offer) -> tuple[str, str]:
    """The region's and the product's path, by code: a loaded relationship may be outdated."""
    place = db.session.get_one(Region, offer.region_code)
    return place.path, db.session.get_one(Product, offer.product_code).path


def _listing_columns(offer: Offer) -> dict[str, Any]:
    """The columns of a listing that are copied from its offer."""
    return {
        "side": offer.side,
        "region_code": offer.region_code,
        "product_code": offer.product_code,
        "owner_id": offer.owner_id,
        "verified": offer.verification is Verification.VERIFIED,
    }
