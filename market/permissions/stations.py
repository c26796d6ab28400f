"""Predicates about what stations do: imports, calls, sheets of villages, trainings."""

from __future__ import annotations

from typing import Any

from market.permissions.trade import member, offer_review, speaks_for

# Who rings the two sides of a match.
CALLING_ROLES = ("assistant", "county_official")


def import_list(user: Any, _: Any) -> bool:
    """Assistants; officials and administrators to read."""
    return member(user, None) and (user.is_assistant or user.is_official or user.is_administrator)


def import_manage(user: Any, imported: Any) -> bool:
    """The assistant who brought the file, for as long as the station is theirs."""
    return (
        member(user, None)
        and imported.assistant_id == user.id
        and user.serves(imported.region.path, imported.township_code)
    )


def import_read(user: Any, imported: Any) -> bool:
    """Who manages it, officials over the station's region, and administrators."""
    return import_manage(user, imported) or (
        member(user, None)
        and (user.is_administrator or user.is_official_over(imported.region.path))
    )


def sheet_issue(user: Any, place: Any) -> bool:
    """An assistant whose station serves the place."""
    return member(user, None) and user.serves(place.path, place.township_code)


def sheet_manage(user: Any, place: Any) -> bool:
    """An assistant of the place, or an official over it."""
    return sheet_issue(user, place) or (member(user, None) and user.is_official_over(place.path))


def sheet_print(user: Any, _: Any) -> bool:
    """Assistants and officials, wherever they act: what they print is recorded."""
    return member(user, None) and (user.is_assistant or user.is_official)


def call_list(user: Any, _: Any) -> bool:
    """Assistants, and officials of a county."""
    return member(user, None) and any(user.has_role(role) for role in CALLING_ROLES)


def rings_about(user: Any, offer: Any) -> bool:
    """Whether the offer is in a place in which the account rings traders: in the county of an
    official, or where an assistant's station serves."""
    path = offer.region.path
    return user.has_role("county_official", within=path) or user.serves(path, offer.township_code)


def call_record(user: Any, pair: Any) -> bool:
    """Who represents a farmer of either side, and who rings about one of the offers; nobody who
    speaks for both."""
    offers = pair.sale, pair.purchase
    if not call_list(user, None) or all(speaks_for(user, offer.owner) for offer in offers):
        return False
    return any(
        offer.owner.represented_by_id == user.id or rings_about(user, offer) for offer in offers
    )


def call_read(user: Any, pair: Any) -> bool:
    """Who may ring, and officials over the place of either side."""
    offers = pair.sale, pair.purchase
    return call_record(user, pair) or any(offer_review(user, offer) for offer in offers)


def call_figures(user: Any, _: Any) -> bool:
    """Assistants, of their own calls; officials, of those of their regions."""
    return member(user, None) and (user.is_assistant or user.is_official)


def call_withdraw(user: Any, call: Any) -> bool:
    """Whoever took it down."""
    return member(user, None) and call.by_id == user.id


def training_enter(user: Any, _: Any) -> bool:
    """Officials of a county."""
    return member(user, None) and user.has_role("county_official")


def training_manage(user: Any, session: Any) -> bool:
    """An official of the county that held it."""
    return member(user, None) and user.has_role("county_official", within=session.region.path)


def training_read(user: Any, session: Any) -> bool:
    """Officials of that county and those above."""
    return member(user, None) and user.is_official_over(session.region.path)
