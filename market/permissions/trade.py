"""Who may do what with accounts, offers and deals: predicates of the table of permissions."""

from __future__ import annotations

from typing import Any


def anyone(user: Any, _: Any) -> bool:
    return True


def member(user: Any, _: Any) -> bool:
    return bool(user.is_authenticated)


def official(user: Any, _: Any) -> bool:
    return member(user, _) and user.is_official


def province(user: Any, _: Any) -> bool:
    return member(user, _) and user.has_role("province_official")


def administrator(user: Any, _: Any) -> bool:
    return member(user, _) and user.is_administrator


def assistant(user: Any, _: Any) -> bool:
    return member(user, _) and user.is_assistant


def decides_in(user: Any, path: str) -> bool:
    """Whether `user` is an official of the office that decides in the region of that path: the
    county's, or the province's for what is in no county."""
    role = "county_official" if "/" in path else "province_official"
    return bool(user.has_role(role, within=path))


def account_help(user: Any, account: Any) -> bool:
    """Who lets somebody log in again: an official of their county, or an administrator.

    An official helps traders and assistants alone: whoever holds an office could be taken
    over by one who holds less.
    """
    if not member(user, None) or user.id == account.id:
        return False
    return user.is_administrator or (
        user.has_role("county_official", within=account.region.path)
        and not (account.is_official or account.is_administrator)
    )


def speaks_for(user: Any, party: Any) -> bool:
    """The party itself, or the assistant who holds its recorded consent; None has no account."""
    return (
        party is not None
        and member(user, None)
        and (party.id == user.id or (party.represented_by_id == user.id and user.is_assistant))
    )


def consent_read(user: Any, consent: Any) -> bool:
    """The farmer, the station that holds it, and an official of the farmer's county."""
    return member(user, None) and (
        speaks_for(user, consent.farmer)
        or (consent.assistant_id == user.id and user.is_assistant)
        or user.has_role("county_official", within=consent.farmer.region.path)
    )


def offer_compose(user: Any, owner: Any) -> bool:
    """Visitors too, for themselves: who they are is asked when they publish."""
    return owner is None or speaks_for(user, owner)


def offer_manage(user: Any, offer: Any) -> bool:
    return speaks_for(user, offer.owner)


def offer_verify(user: Any, offer: Any) -> bool:
    """An official of the offer's county, with no interest of their own in it."""
    return (
        member(user, None)
        and user.has_role("county_official", within=offer.region.path)
        and not speaks_for(user, offer.owner)
    )


def offer_read(user: Any, offer: Any) -> bool:
    """Anyone, while it is public; its owner's side always; officials once it was published."""
    if offer.is_public:
        return True
    return offer_manage(user, offer) or offer_review(user, offer)


def deal_propose(user: Any, offer: Any) -> bool:
    return member(user, None) and offer_read(user, offer)


def deal_party(user: Any, deal: Any) -> bool:
    return speaks_for(user, deal.seller) or speaks_for(user, deal.buyer)


def deal_verify(user: Any, deal: Any) -> bool:
    """An official of the county, or of the prefecture once the county has verified a large one."""
    path = deal.home_region.path
    return (
        member(user, None)
        and not deal_party(user, deal)
        and (
            user.has_role("county_official", within=path)
            or (deal.county_verified_by_id is not None and deal_second(user, deal))
        )
    )


def deal_second(user: Any, deal: Any) -> bool:
    """An official of the prefecture, or of the province where none stands between."""
    return member(user, None) and second_official_of(user, deal.home_region.path)


def second_official_of(user: Any, path: str) -> bool:
    """Whether `user` is an official of the level above the county of that path."""
    role = "prefecture_official" if path.count("/") > 1 else "province_official"
    return bool(user.has_role(role, within=path))


def deal_read(user: Any, deal: Any) -> bool:
    return deal_party(user, deal) or (
        member(user, None) and user.is_official_over(deal.home_region.path)
    )


def offer_review(user: Any, offer: Any) -> bool:
    """Any official over the offer's county: who may look at its desk, not only decide.

    A draft is its writer's alone.
    """
    return (
        offer.status != "draft" and member(user, None) and user.is_official_over(offer.region.path)
    )
