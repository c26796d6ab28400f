"""Erasing a person from what stays when their account is erased.

A person is in three kinds of places: rows of their own (rooms end those in `exports.erasers`);
texts of others that name them (rooms list the columns in `personal_texts`); and files made from
the database (rooms register in `file_erasers` how they are made again without the person). Files
can't be changed in a transaction: what is left to do with them is a row of `erasures`, written in
the transaction, which the worker does until it is done. So nothing is forgotten, whatever stops
between the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import phonenumbers
from sqlalchemy import ColumnElement, Text, and_, cast, delete, inspect, not_, or_, select
from sqlalchemy.orm import undefer

from market.accounts.models import (
    Account,
    Consent,
    Erasure,
    PhoneChange,
    PhoneCode,
    PhoneReveal,
)
from market.database import Base, db, empty_log, lock, transaction
from market.text.phones import star_number
from market.web.form_recovery import delete_forms_of

COUNTRY_CODE = "+86"
# Shorter names are words.
MIN_NAME_LENGTH = 2


def _dialled(phone: str) -> tuple[str, ...]:
    """A number (E.164) as texts write it: a Chinese one as inside the country; a foreign one with
    its country code and without."""
    if phone.startswith(COUNTRY_CODE):
        return (phone.removeprefix(COUNTRY_CODE),)
    return phone.lstrip("+"), str(phonenumbers.parse(phone).national_number)


@dataclass
class Person:
    """Who is being erased, as texts may name them.

    Attributes:
        names, numbers: in full; numbers as dialled inside the country, without a leading zero.
        rows: by table, the primary keys of the rows that are about the person.
    """

    # 0: without an account.
    id: int
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    rows: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, account: Account) -> Person:
        wished = select(PhoneChange.phone).where(PhoneChange.account_id == account.id)
        to_prove = select(PhoneCode.phone).where(PhoneCode.account_id == account.id)
        phones = {account.phone, *db.session.scalars(wished), *db.session.scalars(to_prove)}
        return cls(
            account.id,
            (account.name,) if len(account.name) >= MIN_NAME_LENGTH else (),
            tuple(sorted({form for phone in phones if phone for form in _dialled(phone)})),
        )

    def redacted(self, value: Any, name_too: bool) -> Any:
        """A text, or data with texts in it, with the person starred."""
        match value:
            case str():
                for number in self.numbers:
                    value = star_number(value, number)
                for name in self.names if name_too else ():
                    named = re.compile(re.escape(name), re.IGNORECASE)
                    value = named.sub(lambda found: "*" * len(found[0]), value)
            case dict():
                return {key: self.redacted(each, name_too) for key, each in value.items()}
            case list():
                return [self.redacted(each, name_too) for each in value]
        return value

    def is_named_in(self, text: str) -> bool:
        """Whether the text names the person."""
        return bool(self.redacted(text, True) != text)


@dataclass(frozen=True)
class PersonalTexts:
    """Columns of a table in which people write.

    Their number is taken out wherever it is plainly written. Their name, which others may have
    too and which may be a word, and the number in all disguises, only from rows about them.

    Attributes:
        about: the condition for rows about the person; None: no row is about anybody.
        changed: what must follow a row that was changed.
        last: looked at after all others, with what `Person.rows` knows then.
    """

    model: type[Base]
    columns: tuple[str, ...]
    about: Callable[[Person], ColumnElement[bool]] | None = None
    changed: Callable[[Any], None] | None = None
    last: bool = False


@dataclass(frozen=True)
class FileEraser:
    """How files are made without erased people.

    Attributes:
        collect: called before anything of the account is erased; what finishing must know
            of it, as JSON, or None where there is nothing to do.
        of_texts: also needed where only texts were changed.
        finish: called in no transaction with what was collected of several accounts; what is
            still left for each, None when it is done.
    """

    collect: Callable[[Account], Any]
    finish: Callable[[list[Any]], list[Any]]
    of_texts: bool = False


personal_texts: list[PersonalTexts] = []
file_erasers: dict[str, FileEraser] = {}


def start_erasure(account: Account, texts_only: bool = False) -> tuple[Erasure, Person]:
    """Record what must be done once the account is erased. Inside transaction()."""
    wanted = {name: f for name, f in file_erasers.items() if f.of_texts or not texts_only}
    found = {name: each.collect(account) for name, each in wanted.items()}
    left = {name: state for name, state in found.items() if state is not None}
    erasure = Erasure(account_id=account.id, rewriting=True, left=left)
    db.session.add(erasure)
    db.session.flush()
    return erasure, Person.of(account)


def redact_texts(erasure: Erasure, person: Person) -> None:
    """Star the person in every text that stays, and delete their pending forms.

    Texts in append-only tables can be changed only while `erasure.rewriting` is set, in this
    transaction.
    """
    for each in sorted(personal_texts, key=lambda each: each.last):
        _star(each, person)
    delete_forms_of(person.id, person.is_named_in)
    db.session.flush()
    erasure.rewriting = False


def forget_phone(account: Account) -> None:
    """Take the number of a farmer from the account and from all texts; their name stays.

    Inside transaction().
    """
    erasure, person = start_erasure(account, texts_only=True)
    account.phone = None
    redact_texts(erasure, replace(person, names=()))


def erase_unregistered(person: Person, left: dict[str, Any]) -> None:
    """Star somebody who has no account in every text, and leave `left` of their files to do.

    Inside transaction().
    """
    erasure = Erasure(account_id=None, rewriting=True, left=left)
    db.session.add(erasure)
    db.session.flush()
    redact_texts(erasure, person)


def _star(each: PersonalTexts, person: Person) -> None:
    columns = [getattr(each.model, name) for name in each.columns]
    written = [_written(column, number) for number in person.numbers for column in columns]
    conditions = [(or_(*written), False)] if written else []
    if each.about is not None:
        about = each.about(person)
        conditions = [
            (about, True),
            *((and_(c, not_(about)), is_about) for c, is_about in conditions),
        ]
    key = inspect(each.model).primary_key
    for condition, is_about in conditions:
        query = select(each.model).where(condition).options(*(undefer(c) for c in columns))
        for row in db.session.scalars(query.order_by(*key)).unique().all():
            if is_about:
                known = person.rows.setdefault(each.model.__tablename__, set())
                known.add("/".join(map(str, inspect(row).identity or ())))
            values = {name: getattr(row, name) for name in each.columns}
            new = {name: person.redacted(value, is_about) for name, value in values.items()}
            if new != values:
                for name, value in new.items():
                    setattr(row, name, value)
                if each.changed is not None:
                    each.changed(row)
    db.session.flush()


def _written(column: Any, number: str) -> ColumnElement[bool]:
    """Whether the number is written in a column, perhaps in the usual groups."""
    if len(number) == 11:
        return cast(column, Text).like(f"%{number[:3]}%{number[3:7]}%{number[7:]}%")
    if len(number) == 8:
        return cast(column, Text).like(f"%{number[:4]}%{number[4:]}%")
    return cast(column, Text).contains(number, autoescape=True)


def finish_erasures() -> int:
    """Do what is left of erasures: how many are done with. For the worker, in no transaction."""
    ids = db.session.scalars(select(Erasure.id).order_by(Erasure.id)).all()
    for name, eraser in file_erasers.items() if ids else ():
        _finish(name, eraser)
    # Last, when nothing is left: what was deleted stands in the log until then.
    done = [
        e.id for e in db.session.scalars(select(Erasure).where(Erasure.id.in_(ids))) if not e.left
    ]
    if not done or not empty_log():
        return 0
    with transaction():
        db.session.execute(delete(Erasure).where(Erasure.id.in_(done)))
    return len(done)


def _finish(name: str, eraser: FileEraser) -> None:
    rows = db.session.execute(select(Erasure.id, Erasure.left).order_by(Erasure.id)).all()
    open_ = [(row.id, row.left[name]) for row in rows if name in row.left]
    db.session.rollback()
    if not open_:
        return
    states = eraser.finish([state for _id, state in open_])
    with transaction():
        for (id_, before), after in zip(open_, states, strict=True):
            if after != before:
                erasure = lock(db.session.get_one(Erasure, id_))
                left = {each: state for each, state in erasure.left.items() if each != name}
                erasure.left = left if after is None else {**left, name: after}


def _consents_about(person: Person) -> ColumnElement[bool]:
    return or_(Consent.farmer_id == person.id, Consent.assistant_id == person.id)


def _reveals_about(person: Person) -> ColumnElement[bool]:
    return or_(PhoneReveal.viewer_id == person.id, PhoneReveal.account_id == person.id)


def _accounts_about(person: Person) -> ColumnElement[bool]:
    return Account.id == person.id


personal_texts += [
    PersonalTexts(Account, ("office", "disabled_reason"), _accounts_about),
    PersonalTexts(Consent, ("how",), _consents_about),
    PersonalTexts(PhoneReveal, ("page",), _reveals_about),
]
