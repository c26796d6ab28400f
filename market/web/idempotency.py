"""Idempotency keys: a form that is sent twice makes one thing.

A key belongs to one account and to one kind of thing, and the form binds it to what it says
(`forms.IdempotencyKey`): the same key with other content is another key, so nothing that was
changed before sending again is dropped. The database keeps each once.
"""

from __future__ import annotations

import hashlib
from typing import Any, overload

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from market.database import Base, db, violated
from market.web.errors import Repeated


@overload
def bound_key(actor: Any, model: type[Base], key: str) -> str: ...


@overload
def bound_key(actor: Any, model: type[Base], key: str | None) -> str | None: ...


def bound_key(actor: Any, model: type[Base], key: str | None) -> str | None:
    """`key` as it is stored: of this account and this kind of thing only; 32 hex digits.

    None, which programs give, is no key.
    """
    if key is None:
        return None
    text = f"{actor.id} {model.__tablename__} {key}"
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def refuse_repeated(model: Any, key: str | None) -> None:
    """Raise Repeated with what was made with `key` (as stored); None is no key."""
    if key is None:
        return
    existing = db.session.scalar(select(model).where(model.key == key))
    if existing is not None:
        raise Repeated(existing)


def add_once(row: Any) -> None:
    """Add a row that has a `key`, and flush.

    Raises:
        Repeated: another request stored this key first.
    """
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        table = row.__tablename__
        if violated(error, f"{table}_key") or violated(error, f"{table}.key"):
            refuse_repeated(type(row), row.key)
        raise
