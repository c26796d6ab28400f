"""Consents of farmers: recorded, renewed, proved by a picture, listed. Called in transaction()."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from market.accounts.models import Account, Consent
from market.database import db, lock, utcnow
from market.desk.queries import inside
from market.offers.photos import StoredPhoto, keep_photo
from market.permissions import may
from market.regions.models import Region
from market.stations.labels import WAYS
from market.stations.rules import consent_ends, has_lapsed
from market.stations.scope import check_served
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.idempotency import add_once, bound_key, refuse_repeated
from market.web.language import lazy_gettext as _l
from market.web.pagination import Pagination

FOLDER = "consents"
PER_PAGE = 30


def record_consent(
    assistant: Account,
    farmer: Account,
    way: str,
    note: str,
    paper: StoredPhoto | None,
    key: str | None,
) -> Consent:
    """Write down that the farmer agrees to be represented by `assistant`; the key is bound.

    Raises:
        Repeated: the form was sent before. Refused: no such way. Invalid: no room for the picture.
    """
    if way not in WAYS:
        raise Refused(_l("Record how the farmer agreed."), "way")
    consent = Consent(farmer_id=farmer.id, assistant_id=assistant.id, how=f"{way}: {note}", key=key)
    if paper is not None:
        _put(consent, paper)
    add_once(consent)
    return consent


def renew_consent(
    assistant: Account,
    farmer: Account,
    way: str,
    note: str,
    paper: StoredPhoto | None = None,
    key: str | None = None,
) -> Consent:
    """The farmer was asked again and still agrees.

    Raises:
        As record_consent. InvalidTransition: they are no longer represented by this assistant.
        OutsideScope: the station no longer serves where they live.
    """
    key = bound_key(assistant, Consent, key)
    refuse_repeated(Consent, key)
    if not may(assistant, "party.represent", lock(farmer)) or farmer.represented_by_id is None:
        raise InvalidTransition
    check_served(assistant, farmer.region, farmer.township_code)
    return record_consent(assistant, farmer, way, note, paper, key)


def was_recorded(assistant: Account, key: str | None) -> bool:
    """Whether the assistant's form of this key has recorded a consent already."""
    stored = bound_key(assistant, Consent, key)
    found = select(Consent.id).where(Consent.key == stored, Consent.key.is_not(None))
    return db.session.scalar(found) is not None


def add_paper(assistant: Account, consent: Consent, paper: StoredPhoto | None) -> None:
    """Keep a picture of the signed form with a consent that holds; another takes its place.

    Raises:
        Invalid: there is none, or no room for it. InvalidTransition: it was withdrawn.
    """
    if paper is None:
        raise Invalid(_l("Choose a picture first."), "paper")
    if lock(consent).withdrawn_at is not None or consent.assistant_id != assistant.id:
        raise InvalidTransition
    _put(consent, paper)


def _put(consent: Consent, paper: StoredPhoto) -> None:
    keep_photo(paper, FOLDER)
    consent.sha256, consent.width, consent.height = paper.sha256, paper.width, paper.height


def get_consent(consent_id: int) -> Consent:
    """The consent of that id, or 404."""
    return db.session.get(Consent, consent_id) or abort(404)


def consent_of(farmer: Account) -> Consent | None:
    """The consent a farmer is represented by now."""
    return db.session.scalar(
        select(Consent)
        .where(Consent.farmer_id == farmer.id, Consent.withdrawn_at.is_(None))
        .order_by(Consent.id.desc())
        .limit(1)
    )


def signed_consent_of(farmer: Account) -> Consent | None:
    """The last consent that holds with a picture of the signed form: an older one may be the only
    one on paper, as after a renewal by word or when two accounts were made one."""
    signed = select(Consent).where(Consent.farmer_id == farmer.id, *_is_signed(Consent))
    return db.session.scalar(signed.order_by(Consent.id.desc()).limit(1))


def _is_signed(consent: Any) -> tuple[ColumnElement[bool], ...]:
    return (consent.withdrawn_at.is_(None), consent.sha256.is_not(None))


def lapsed_on(farmer: Account) -> datetime | None:
    """When the consent a farmer is represented by was to have been renewed, if that is past."""
    present = consent_of(farmer)
    if present is None or not has_lapsed(present.given_at, utcnow()):
        return None
    return consent_ends(present.given_at)


def consents_of(farmer: Account) -> Sequence[Consent]:
    """All consents of a farmer, the newest first."""
    query = select(Consent).where(Consent.farmer_id == farmer.id)
    return db.session.scalars(query.order_by(Consent.id.desc())).all()


def station_consents(assistant_id: int, page: int) -> tuple[Sequence[Any], Pagination]:
    """A page of the last consent of each farmer who ever agreed to this assistant, the oldest
    first: id, farmer_id, name, how, given_at, withdrawn_at, paper_id (the last
    consent with a signed form)."""
    return _listed(page, Consent.assistant_id == assistant_id)


def county_consents(paths: Collection[str], page: int) -> tuple[Sequence[Any], Pagination]:
    """The same of all farmers in these regions, with the assistant's name."""
    return _listed(page, inside(paths))


def _listed(page: int, where: Any) -> tuple[Sequence[Any], Pagination]:
    assistant, signed = aliased(Account), aliased(Consent)
    paper_id = (
        select(func.max(signed.id))
        .where(signed.farmer_id == Consent.farmer_id, *_is_signed(signed))
        .scalar_subquery()
    )
    newest = select(func.max(Consent.id)).group_by(Consent.farmer_id)
    query = (
        select(
            *(Consent.id, Consent.farmer_id, Consent.how, Consent.given_at),
            *(Consent.withdrawn_at, paper_id.label("paper_id"), Account.name),
            *(Account.township_code, Account.village, Account.represented_by_id),
            assistant.name.label("assistant_name"),
        )
        .join(Account, Account.id == Consent.farmer_id)
        .join(assistant, assistant.id == Consent.assistant_id)
        .join(Region, Region.code == Account.region_code)
        .where(where, Consent.id.in_(newest))
    )
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pagination = Pagination(page, PER_PAGE, total)
    ordered = query.order_by(Consent.withdrawn_at.is_not(None), Consent.given_at, Consent.id)
    return db.session.execute(pagination.limit(ordered)).all(), pagination
