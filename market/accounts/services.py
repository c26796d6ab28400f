"""What changes accounts. Passwords arrive hashed: hashing is done before the transaction."""

from __future__ import annotations

from flask import current_app
from flask_babel.speaklater import LazyString
from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.exc import IntegrityError

from market.accounts import second_factor
from market.accounts.authentication import same_password
from market.accounts.blocks import is_blocked
from market.accounts.login_models import AccountLogin
from market.accounts.models import (
    Account,
    Consent,
    Grant,
    OneTimePassword,
    PhoneChange,
    PhoneCode,
    PhoneReveal,
    Role,
    TermsConsent,
    TraderType,
)
from market.accounts.names import checked_name
from market.accounts.passwords import hash_password as hash_password
from market.accounts.privacy import erasures
from market.accounts.privacy.exports import closers, erasers, reopeners
from market.accounts.quotas import REVEALS
from market.accounts.recovery import PhoneInUse
from market.accounts.rules import role_fits
from market.accounts.sessions import end_sessions
from market.database import db, lock, utcnow, violated
from market.regions.models import Region, Township
from market.regions.services import check_township
from market.web.errors import DomainError, Invalid, InvalidTransition, Refused
from market.web.filters import format_datetime
from market.web.language import lazy_gettext as _l
from market.web.reasons import require_reason

# Kept as party of past deals; in both languages, because it is data, not words of a page.
ERASED_NAME = "已注销 (erased)"


class AlreadyHeld(DomainError):
    message = _l("They hold this role there already.")


def register(
    name: str,
    phone: str | None,
    password_hash: str | None,
    trader_type: TraderType | str,
    region: Region,
    language: str = "zh_CN",
    represented_by: Account | None = None,
    for_office: bool = False,
    township: Township | None = None,
    village: str = "",
) -> Account:
    """A new account, flushed; `phone` in E.164.

    Args:
        for_office: it is given a role at once, so that it may be called after its office.

    Raises:
        PhoneTaken: the phone has one.
        Invalid: the name passes for an office or an official; the township is another county's.
    """
    check_township(township, region)
    account = Account(
        name=name if for_office else checked_name(name, region),
        phone=phone or None,
        password_hash=password_hash,
        trader_type=TraderType(trader_type),
        region=db.session.get_one(Region, region.code),
        township_code=township.code if township else None,
        village=village,
        language=language,
        represented_by_id=represented_by.id if represented_by else None,
    )
    db.session.add(account)
    try:
        db.session.flush()
    except IntegrityError as error:
        if violated(error, "phone"):
            raise PhoneInUse(field="phone") from None
        raise
    return account


def create_office_account(
    actor: Account,
    name: str,
    phone: str,
    password_hash: str,
    role: Role,
    region: Region,
    township: Township | None = None,
    office: str = "",
) -> Account:
    """A new account for somebody of an office, with their role; `phone` in E.164.

    Args:
        password_hash: of a password that nobody knows: they choose one after the first log-in.

    Raises:
        PhoneInUse: the phone has an account. Others as grant_role().
    """
    account = register(
        name, phone, password_hash, TraderType.COMPANY, region, actor.language, for_office=True
    )
    account.office = office
    grant_role(actor, account, role, region, township)
    return account


def change_office(actor: Account, account: Account, office: str) -> None:
    """Write where somebody works."""
    lock(account).office = office


def edit_profile(
    actor: Account,
    name: str,
    trader_type: TraderType | str,
    region: Region,
    language: str,
    has_large_text: bool = False,
    township: Township | None = None,
    village: str = "",
) -> None:
    """Change what others see of an account, and the language and text size of its pages.

    Raises:
        Invalid: the name passes for an office or an official; there is no such language; the
            township is another county's.
    """
    check_township(township, region)
    if language not in current_app.config["LANGUAGES"]:
        raise Invalid(_l("There is no such language."), "language")
    lock(actor)
    actor.name = checked_name(name, region, actor)
    actor.trader_type = TraderType(trader_type)
    actor.region = db.session.get_one(Region, region.code)
    actor.township_code, actor.village = township.code if township else None, village
    actor.language = language
    actor.has_large_text = has_large_text


def erase(actor: Account, known_hash: str) -> None:
    """Remove what identifies the person; past deals keep the account as their party.

    Raises:
        InvalidTransition: the password changed since it was checked.
        Refused: it is the only administrator.
    """
    same_password(actor, known_hash)
    if actor.is_administrator and not _another_administrator(actor):
        raise Refused(_l("You are the only administrator: name another one first."))
    erase_account(actor)


def erase_account(account: Account) -> None:
    """As erase(), once it is clear that the person wants it."""
    erasure, person = erasures.start_erasure(account)
    for end in erasers:
        end(account)
    now = utcnow()
    both = or_(Consent.farmer_id == account.id, Consent.assistant_id == account.id)
    db.session.execute(
        update(Consent).where(both, Consent.withdrawn_at.is_(None)).values(withdrawn_at=now)
    )
    represented = update(Account).where(Account.represented_by_id == account.id)
    db.session.execute(represented.values(represented_by_id=None))
    account.represented_by_id = None
    account.grants.clear()
    second_factor.remove(account)
    for model in (TermsConsent, AccountLogin):
        db.session.execute(delete(model).where(model.account_id == account.id))
    account.name = ERASED_NAME
    account.phone = None
    account.township_code, account.village = None, ""
    account.office, account.disabled_reason = "", ""
    account.password_hash = None
    account.disabled_at = account.disabled_at or now
    _end_logins(account)
    erasures.redact_texts(erasure, person)


def _another_administrator(account: Account) -> bool:
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    Grant.role == Role.ADMINISTRATOR,
                    Grant.account_id != account.id,
                    Account.id == Grant.account_id,
                    Account.disabled_at.is_(None),
                )
            )
        )
    )


def _not_oneself(actor: Account, account: Account) -> None:
    if actor.id == account.id:
        raise Refused(_l("Nobody does this to their own account: ask another administrator."))


def grant_role(
    actor: Account | None,
    account: Account,
    role: Role,
    region: Region,
    township: Township | None = None,
) -> Grant:
    """Give `role` over `region`; `actor` is None only on the command line.

    Args:
        township: which the assistant's station serves, where it does not serve the whole county.

    Raises:
        Refused: to oneself, or to one who can't log in.
        Invalid: the role isn't held at that level; the township is another county's, or the role
            is no assistant's.
        AlreadyHeld: they hold it there.
    """
    if actor is not None:
        _not_oneself(actor, account)
    lock(account)
    if not account.is_active or account.password_hash is None:
        raise Refused(_l("This account can't log in, so it can't hold a role."))
    if not role_fits(role, region):
        raise Invalid(_l("This role is not held at that level: choose another region."), "region")
    if township is not None and role is not Role.ASSISTANT:
        raise Invalid(_l("Only a station serves a single township: leave it empty."), "township")
    check_township(township, region)
    grant = Grant(
        account_id=account.id,
        role=role,
        region_code=region.code,
        township_code=township.code if township else None,
        granted_by_id=actor.id if actor else None,
    )
    db.session.add(grant)
    try:
        db.session.flush()
    except IntegrityError as error:
        if violated(error, "grants"):
            raise AlreadyHeld(field="role") from None
        raise
    db.session.expire(account, ["grants"])
    return grant


def revoke_role(actor: Account, grant_id: int) -> None:
    """Take a role back.

    Raises:
        Refused: one's own.
        InvalidTransition: it was taken back already.
    """
    grant = db.session.get(Grant, grant_id)
    if grant is None:
        raise InvalidTransition
    account = lock(db.session.get_one(Account, grant.account_id))
    _not_oneself(actor, account)
    account.grants.remove(grant)


def disable(actor: Account, account: Account, reason: str) -> None:
    """Close an account: its sessions end, nobody logs in with it, and rooms close what is public
    of it.

    Args:
        reason: for the record, and for the owner who tries to log in.

    Raises:
        Refused: one's own.
        Invalid: no reason, or one that is too long.
        InvalidTransition: it is closed; the message says since when and why.
    """
    _not_oneself(actor, account)
    require_reason(reason)
    if lock(account).disabled_at is not None:
        raise InvalidTransition(
            _l(
                "It was closed already, %(time)s: %(reason)s",
                time=LazyString(format_datetime, account.disabled_at),
                reason=account.disabled_reason,
            )
        )
    account.disabled_at, account.disabled_reason = utcnow(), reason.strip()
    _end_logins(account)
    for close in closers:
        close(account)


def _end_logins(account: Account) -> None:
    """End whatever the account could go on or come back with besides its password."""
    end_sessions(account)
    for model in (OneTimePassword, PhoneChange, PhoneCode):
        db.session.execute(delete(model).where(model.account_id == account.id))


def enable(actor: Account, account: Account) -> None:
    """Open a closed account again.

    Raises:
        Refused: one's own, or an erased one.
        InvalidTransition: it is open.
    """
    _not_oneself(actor, account)
    if lock(account).name == ERASED_NAME and account.phone is None:
        raise Refused(_l("This account was erased by its owner: it stays closed."))
    if account.disabled_at is None:
        raise InvalidTransition(_l("It is open already."))
    account.disabled_at, account.disabled_reason = None, ""
    for reopen in reopeners:
        reopen(account)


def reveal_phone(viewer: Account, account: Account, page: str, instead: str = "") -> str:
    """The number to call for `account`, in E.164, and a record of who saw it on which page.

    Recorded once for each viewer, number and page, so that an owner learns on which of their
    offers it was asked for; the quota counts a person once. For a farmer without a phone it is
    the representing assistant's. Call it inside a transaction: the record is what makes showing
    it right.

    Args:
        instead: a number that the account gave for the matter in hand, in place of its own.

    Raises:
        Refused: the viewer is not logged in or blocked, or there is no number.
        QuotaReached: the viewer has seen as many people's numbers today as one may.
    """
    if not viewer.is_authenticated:
        raise Refused(_l("Log in to see phone numbers."))
    reached: Account | None = account
    if not instead and account.phone is None and account.represented_by_id is not None:
        reached = db.session.get(Account, account.represented_by_id)
    number = reached and (instead or reached.phone)
    if reached is None or not number or not reached.is_active:
        raise Refused(_l("There is no phone number."))
    if is_blocked(viewer, account, reached):
        raise Refused(_l("They take no calls from you."))
    # Held, so that a button pressed twice is recorded once.
    db.session.execute(select(Account.id).where(Account.id == viewer.id).with_for_update())
    of_both = (PhoneReveal.viewer_id == viewer.id, PhoneReveal.account_id == reached.id)
    pages = set(db.session.scalars(select(PhoneReveal.page).where(*of_both)))
    if not pages:
        REVEALS.check(viewer)
    if page[:80] not in pages:
        db.session.add(PhoneReveal(viewer_id=viewer.id, account_id=reached.id, page=page[:80]))
    return number
