"""When a consent is to be renewed. Pure: no database, no Flask."""

from __future__ import annotations

from datetime import datetime, timedelta

# A consent is asked for anew each year, and so long before the year is over.
CONSENT_DAYS = 365
RENEWAL_DAYS = 30


def consent_ends(given_at: datetime) -> datetime:
    """When a consent given then is to have been renewed."""
    return given_at + timedelta(days=CONSENT_DAYS)


def has_lapsed(given_at: datetime, now: datetime) -> bool:
    """Whether a consent given then was not renewed in time."""
    return consent_ends(given_at) <= now


def renewable_before(now: datetime) -> datetime:
    """Consents given before are to be renewed at `now`."""
    return now - timedelta(days=CONSENT_DAYS - RENEWAL_DAYS)
