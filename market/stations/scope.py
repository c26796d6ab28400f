"""Where an assistant's station serves: counties, or single townships of them, as was granted.

What the assistant's own profile says plays no part: they edit it themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

from market.accounts.models import Account, Grant, Role
from market.regions.models import Region
from market.regions.queries import place_below
from market.web.errors import Refused
from market.web.filters import local_name
from market.web.language import lazy_gettext as _l


class OutsideScope(Refused):
    message = _l("Your station doesn't serve that county.")


class OutsideTownship(OutsideScope):
    message = _l("Your station doesn't serve that township.")


def stations_of(account: Account) -> list[Grant]:
    """The stations whose assistant the account is, in the order of the regions."""
    mine = (grant for grant in account.grants if grant.role is Role.ASSISTANT)
    return sorted(mine, key=lambda grant: grant.region.path)


def counties_of(account: Account) -> Sequence[Region]:
    """The counties in which the account's stations serve."""
    return [station.region for station in stations_of(account)]


def station_name(station: Grant) -> str:
    """The place that a station serves: 石门县, 石门县 皂市镇."""
    return f"{local_name(station.region)} {place_below(station.township_code, '')}".strip()


def own_township(assistant: Account, region: Region) -> str | None:
    """The code of the one township that the assistant's station serves in the county; None: all
    of the county, or nothing of it."""
    mine = (s.township_code for s in stations_of(assistant) if s.region_code == region.code)
    return next(mine, None)


def check_served(assistant: Account, region: Region, township_code: str | None) -> None:
    """Refuse what is not the station's to serve.

    Args:
        township_code: None where nobody says it: then it is the station's own.

    Raises:
        OutsideScope: the county is none of the station's. OutsideTownship: the township.
    """
    if not assistant.has_role(Role.ASSISTANT, within=region.path):
        raise OutsideScope(field="region")
    township_code = township_code or own_township(assistant, region)
    if not assistant.serves(region.path, township_code):
        raise OutsideTownship(field="township")
