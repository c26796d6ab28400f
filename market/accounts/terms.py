"""Consent to the terms: which version somebody agreed to, and who has to be asked again."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import exists, select

from market.accounts.models import Account, TermsConsent
from market.database import db, lock

# The room that shows the terms says here which version they have.
versions: list[Callable[[], str]] = []


def terms_version() -> str:
    """The version of the terms that hold now."""
    (version,) = versions
    return version()


def agree_to_terms(account: Account) -> None:
    """Record that the account agrees to the terms as they are now; once for each version."""
    lock(account)
    if must_agree(account):
        db.session.add(TermsConsent(account_id=account.id, version=terms_version()))


def must_agree(account: Account) -> bool:
    """Whether the account has not agreed to the terms as they are now."""
    agreed = exists().where(
        TermsConsent.account_id == account.id, TermsConsent.version == terms_version()
    )
    return not db.session.scalar(select(agreed))
