"""Entering trainings and who came, and issuing certificates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from market.accounts.models import Account, Role
from market.accounts.names import check_spelling
from market.database import db, lock
from market.permissions import may
from market.regions.models import Region
from market.regions.queries import place_below
from market.training.models import (
    Trainee,
    TrainingCertificate,
    TrainingParticipant,
    TrainingSession,
)
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_today
from market.web.idempotency import add_once, bound_key, refuse_repeated
from market.web.language import lazy_gettext as _l

# An older one is of no register that anybody still keeps.
MAX_AGE = timedelta(days=5 * 366)
# The largest hall of a county; a page and a file of certificates hold them.
MAX_PARTICIPANTS = 400


@dataclass(frozen=True)
class SessionValues:
    """A training as it was held; `hours` in all, `held_on` a local day."""

    region: Region
    topic: str
    held_on: date
    hours: Decimal
    place: str
    teacher: str


def enter_session(official: Account, values: SessionValues, key: str) -> TrainingSession:
    """Enter a training that was held. Inside transaction().

    Raises:
        Repeated: the form was sent before; with the session.
        Refused: the county is not the official's (field `region`).
        Invalid: the day lies ahead, or too far back (field `held_on`).
    """
    key = bound_key(official, TrainingSession, key)
    refuse_repeated(TrainingSession, key)
    session = TrainingSession(entered_by_id=official.id, key=key)
    _set(official, session, values)
    add_once(session)
    return session


def change_session(official: Account, session: TrainingSession, values: SessionValues) -> None:
    """Correct what was entered. Inside transaction(); raises as enter_session().

    Raises:
        Invalid: it has certificates, which name its county (field `region`).
    """
    _manage(official, session)
    certified = any(one.certificate for one in session.participants)
    if certified and values.region.code != session.region_code:
        raise Invalid(_l("Its certificates name this county."), "region")
    _set(official, session, values)
    db.session.flush()


def add_participant(
    official: Account,
    session: TrainingSession,
    trainee: Trainee,
    phone: str | None = None,
    name: str = "",
    village: str = "",
) -> TrainingParticipant:
    """Somebody came: the account with that phone, or else somebody of that name and village.

    Inside transaction().

    Raises:
        Invalid: neither is given, the name can't be one, there is no such account in the county,
            or they stand in the list already (at the form's field).
    """
    _manage(official, session)
    if len(session.participants) >= MAX_PARTICIPANTS:
        raise Invalid(_l("At most %(count)s people.", count=MAX_PARTICIPANTS))
    name, village = name.strip(), village.strip()
    account = _account(session, phone) if phone else None
    if account is None and not name:
        raise Invalid(_l("Still missing: who came, by phone or by name."), "name")
    if account is None:
        check_spelling(name)
    else:
        _check_village(account, village)
        name = village = ""
        trainee = Trainee.ASSISTANT if account.has_role(Role.ASSISTANT) else trainee
    for one in session.participants:
        if (one.account_id, one.name, one.village) == (account and account.id, name, village):
            raise _listed_already(one)
    participant = TrainingParticipant(
        session=session, account=account, name=name, village=village, trainee=trainee
    )
    db.session.add(participant)
    db.session.flush()
    return participant


def _check_village(account: Account, village: str) -> None:
    """What is typed must not be lost: an account has the village that it says itself."""
    place = place_below(account.township_code, account.village)
    if village and village not in (account.village, place):
        raise Invalid(
            _l("Their account says %(village)s: leave this empty.", village=account.village)
            if account.village
            else _l("Their account names no village: leave this empty, or leave the number out."),
            "village",
        )


def _listed_already(participant: TrainingParticipant) -> Invalid:
    if participant.account is not None:
        return Invalid(
            _l("%(name)s stands in the list already.", name=participant.full_name), "phone"
        )
    return Invalid(
        _l(
            "%(name)s of this village stands in the list already. If this is another person, write"
            " with the village what tells them apart, such as the group.",
            name=participant.full_name,
        ),
        "village",
    )


def remove_participant(official: Account, participant: TrainingParticipant) -> None:
    """Take somebody off the list who did not come. Inside transaction().

    Raises:
        InvalidTransition: they have a certificate.
    """
    _manage(official, participant.session)
    if participant.certificate is not None:
        raise InvalidTransition(_l("They have a certificate: it stands for their having come."))
    db.session.delete(participant)
    db.session.flush()


def issue_certificates(
    official: Account, session: TrainingSession, only: TrainingParticipant | None = None
) -> int:
    """Issue a certificate to each who has none yet, or to one of them; how many were issued.

    Numbers follow one another in the county and the year, without a gap. Inside transaction().
    """
    _manage(official, session)
    # Two officials who issue at once take turns.
    lock(session.region)
    today = home_today()
    last = db.session.scalar(
        select(func.max(TrainingCertificate.serial)).where(
            TrainingCertificate.region_code == session.region_code,
            TrainingCertificate.year == today.year,
        )
    )
    wanted = session.participants if only is None else [only]
    new = [one for one in wanted if one.certificate is None]
    for serial, participant in enumerate(new, (last or 0) + 1):
        participant.certificate = TrainingCertificate(
            region_code=session.region_code,
            year=today.year,
            serial=serial,
            issued_on=today,
            issued_by_id=official.id,
        )
    db.session.flush()
    return len(new)


def _set(official: Account, session: TrainingSession, values: SessionValues) -> None:
    region, today = values.region, home_today()
    if not region.is_leaf or not official.has_role(Role.COUNTY_OFFICIAL, within=region.path):
        raise Refused(_l("Enter trainings of your own county."), "region")
    if not today - MAX_AGE <= values.held_on <= today:
        raise Invalid(_l("A training is entered once it was held, within five years."), "held_on")
    session.region = region
    for name in ("topic", "held_on", "hours", "place", "teacher"):
        setattr(session, name, getattr(values, name))


def _manage(official: Account, session: TrainingSession) -> None:
    if not may(official, "training.manage", session):
        raise Refused(_l("Enter trainings of your own county."))
    lock(session)


def _account(session: TrainingSession, phone: str) -> Account:
    """The account of that number whose home is in the session's county."""
    account = db.session.scalar(
        select(Account).where(Account.phone == phone, Account.region_code == session.region_code)
    )
    if account is None:
        raise Invalid(
            _l("No account of this county has that number: leave it empty and write the name."),
            "phone",
        )
    return account
