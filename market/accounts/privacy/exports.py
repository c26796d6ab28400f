"""What is known about an account, for the person it is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from market.accounts.login_models import AccountLogin
from market.accounts.models import (
    Account,
    AccountBlock,
    AccountSession,
    Consent,
    Grant,
    OneTimePassword,
    PhoneChange,
    PhoneCode,
    PhoneReveal,
    TermsConsent,
)
from market.accounts.second_factor_models import RecoveryCode, SecondFactor
from market.database import db

Exporter = Callable[[Account], Any]
# (name in the file, function); rooms add what they hold.
exporters: list[tuple[str, Exporter]] = []
# Called with an account being erased, inside the transaction; rooms add what
# must end with it.
erasers: list[Callable[[Account], None]] = []
# The same for an account being disabled, and for one that is let in again.
closers: list[Callable[[Account], None]] = []
reopeners: list[Callable[[Account], None]] = []


def export_account(account: Account) -> dict[str, Any]:
    """Everything the rooms hold about `account`, ready for JSON."""
    return {name: export(account) for name, export in exporters}


def _instant(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _account(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "phone": account.phone,
        "trader_type": account.trader_type,
        "region": {"code": account.region_code, "name": account.region.name},
        "township": account.township and account.township.name,
        "village": account.village,
        "language": account.language,
        "has_large_text": account.has_large_text,
        "office": account.office,
        "closed_because": account.disabled_reason,
        "registered_at": _instant(account.created_at),
        "changed_at": _instant(account.updated_at),
    }


def _grants(account: Account) -> list[dict[str, Any]]:
    return [
        {
            "role": g.role,
            "region": g.region_code,
            "township": g.township_code,
            "granted_at": _instant(g.granted_at),
        }
        for g in db.session.scalars(select(Grant).where(Grant.account_id == account.id))
    ]


def _consents(account: Account) -> list[dict[str, Any]]:
    mine = or_(Consent.farmer_id == account.id, Consent.assistant_id == account.id)
    return [
        {
            "as": "farmer" if c.farmer_id == account.id else "assistant",
            "how": c.how,
            "given_at": _instant(c.given_at),
            "withdrawn_at": _instant(c.withdrawn_at),
        }
        for c in db.session.scalars(select(Consent).where(mine).order_by(Consent.id))
    ]


def _phone_reveals(account: Account) -> dict[str, Any]:
    rows = db.session.execute(
        select(PhoneReveal.viewer_id, PhoneReveal.account_id, PhoneReveal.page, PhoneReveal.at)
        .where(or_(PhoneReveal.viewer_id == account.id, PhoneReveal.account_id == account.id))
        .order_by(PhoneReveal.id)
    ).all()
    return {
        "seen_by_me": [
            {"page": r.page, "at": _instant(r.at)} for r in rows if r.viewer_id == account.id
        ],
        "mine_seen": [
            {"page": r.page, "at": _instant(r.at)} for r in rows if r.account_id == account.id
        ],
    }


def _blocks(account: Account) -> list[dict[str, Any]]:
    """Whom the account has blocked; who blocked the account is theirs to tell."""
    mine = (
        select(AccountBlock).where(AccountBlock.blocker_id == account.id).order_by(AccountBlock.id)
    )
    return [{"account": b.blocked_id, "at": _instant(b.at)} for b in db.session.scalars(mine)]


def _sessions(account: Account) -> list[dict[str, Any]]:
    mine = select(AccountSession).where(AccountSession.account_id == account.id)
    return [
        {
            "browser": s.agent,
            "network": s.network,
            "opened_at": _instant(s.opened_at),
            "last_seen_at": _instant(s.last_seen_at),
        }
        for s in db.session.scalars(mine.order_by(AccountSession.id))
    ]


def _logins(account: Account) -> list[dict[str, Any]]:
    mine = select(AccountLogin).where(AccountLogin.account_id == account.id)
    return [
        {"at": _instant(s.at), "browser": s.agent, "network": s.network, "with": s.method}
        for s in db.session.scalars(mine.order_by(AccountLogin.id))
    ]


def _phone_change(account: Account) -> dict[str, Any] | None:
    wish = select(PhoneChange).where(PhoneChange.account_id == account.id)
    change = db.session.scalar(wish)
    if change is None:
        return None
    return {"phone": change.phone, "requested_at": _instant(change.requested_at)}


def _one_time_password(account: Account) -> dict[str, Any] | None:
    once = db.session.scalar(
        select(OneTimePassword).where(OneTimePassword.account_id == account.id)
    )
    if once is None:
        return None
    return {"issued_at": _instant(once.issued_at), "expires_at": _instant(once.expires_at)}


def _phone_codes(account: Account) -> list[dict[str, Any]]:
    mine = select(PhoneCode).where(PhoneCode.account_id == account.id).order_by(PhoneCode.id)
    return [
        {"for": c.purpose, "phone": c.phone, "expires_at": _instant(c.expires_at)}
        for c in db.session.scalars(mine)
    ]


def _second_factor(account: Account) -> dict[str, Any] | None:
    factor = db.session.get(SecondFactor, account.id)
    if factor is None:
        return None
    left = select(func.count(RecoveryCode.id)).where(RecoveryCode.account_id == account.id)
    return {"since": _instant(factor.confirmed_at), "recovery_codes": db.session.scalar(left)}


def _terms(account: Account) -> list[dict[str, Any]]:
    mine = select(TermsConsent).where(TermsConsent.account_id == account.id)
    return [
        {"version": c.version, "agreed_at": _instant(c.agreed_at)}
        for c in db.session.scalars(mine.order_by(TermsConsent.id))
    ]


exporters += [
    ("account", _account),
    ("sessions", _sessions),
    ("logins", _logins),
    ("phone_change", _phone_change),
    ("one_time_password", _one_time_password),
    ("phone_codes", _phone_codes),
    ("second_factor", _second_factor),
    ("terms", _terms),
    ("grants", _grants),
    ("consents", _consents),
    ("phone_reveals", _phone_reveals),
    ("blocks", _blocks),
]
