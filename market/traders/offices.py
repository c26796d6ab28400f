"""Which office decides what concerns a trader."""

from __future__ import annotations

from market.accounts.models import Account
from market.regions.models import Region, is_within
from market.regions.queries import home_region


def office_of(*accounts: Account) -> Region:
    """The county of the first account that lies at home; the home region, whose own officials
    then decide, where none does."""
    home = home_region()
    places = (account.region for account in accounts)
    return next((place for place in places if is_within(place.path, home.path)), home)
