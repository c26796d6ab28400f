"""Hears every change that the session writes, and records it in the same transaction.

Nobody has to remember to record: what is changed through the session while somebody with
a role (or a command) acts is written before the commit, with it, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import ClauseElement, Connection, and_, event, insert, or_, select
from sqlalchemy.orm import (
    Mapper,
    ORMExecuteState,
    Session,
    SessionTransaction,
    object_session,
)
from sqlalchemy.orm.attributes import PASSIVE_NO_INITIALIZE, get_history

from market.accounts.models import Account
from market.audit import rules
from market.audit.actor import Watch, watch
from market.audit.models import Act, ActChange, Change, Source
from market.audit.rules import Entry
from market.database import Base, db, utcnow
from market.regions.models import Region

JOURNAL = "audit_journal"
MARKS = "audit_marks"
HIDE_TEXTS = "audit_hide_texts"
# Rows asked for in one statement.
AT_ONCE = 200


def hide_texts(session: Session) -> None:
    """Leave what people wrote out of what this transaction records: they are being erased."""
    session.info[HIDE_TEXTS] = True


def _watched(mapper: Mapper[Any] | None) -> Watch | None:
    if mapper is None or mapper.local_table.name in rules.OUTSIDE:  # type: ignore[attr-defined]
        return None
    return watch()


def _note(
    session: Session,
    found: Watch,
    mapper: Mapper[Any],
    change: Change,
    whole_row: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    """Add to the session's journal; `whole_row` is the object as it is known."""
    kind: str = mapper.local_table.name  # type: ignore[attr-defined]
    object_id = "/".join(str(whole_row.get(name, "")) for name in _keys(mapper))
    whole = rules.whole_of(kind, object_id, whole_row)
    if found.source is Source.COMMAND and whole[0] not in rules.OF_COMMANDS:
        return
    codes = (whole_row.get(name) for name in rules.REGION_COLUMNS)
    code = whole_row.get("code") if kind == "regions" else next(filter(None, codes), None)
    own = any(whole_row.get(name) == found.actor_id for name in rules.OWN_COLUMNS)
    entry = Entry(kind, object_id, change, whole, code, own, dict(before), dict(after))
    session.info.setdefault(JOURNAL, []).append(entry)


def _keys(mapper: Mapper[Any]) -> list[str]:
    """The names of the primary key's columns."""
    return [column.name for column in mapper.primary_key]


def _stored(connection: Connection, mapper: Mapper[Any], target: Any) -> dict[str, Any]:
    """The row of the object as the database has it now; empty when it is gone."""
    key = dict(zip(_keys(mapper), mapper.primary_key_from_instance(target), strict=True))
    return next(iter(_same_rows(connection, mapper, [key])), {})


def _loaded(mapper: Mapper[Any], target: Any) -> dict[str, Any]:
    """What of the row the object holds without asking."""
    names = (attribute.key for attribute in mapper.column_attrs)
    return {name: target.__dict__[name] for name in names if name in target.__dict__}


@event.listens_for(Base, "after_insert", propagate=True)
def _created(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    session = object_session(target)
    if session is not None and (found := _watched(mapper)):
        row = _loaded(mapper, target)
        _note(session, found, mapper, Change.CREATED, row, {}, row)


@event.listens_for(Base, "before_update", propagate=True)
def _changed(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    session = object_session(target)
    if session is None or not (found := _watched(mapper)):
        return
    histories = {
        attribute.key: get_history(target, attribute.key, PASSIVE_NO_INITIALIZE)
        for attribute in mapper.column_attrs
    }
    changed = {name: history for name, history in histories.items() if history.added}
    if not changed:
        return
    row = _loaded(mapper, target)
    if len(row) < len(histories) or not all(history.deleted for history in changed.values()):
        # Something was set without having been read: the database still knows what it was.
        row = _stored(connection, mapper, target)
        before = {name: row.get(name) for name in changed}
    else:
        before = {name: next(iter(history.deleted)) for name, history in changed.items()}
    after = {name: next(iter(history.added)) for name, history in changed.items()}
    _note(session, found, mapper, Change.CHANGED, {**row, **after}, before, after)


@event.listens_for(Base, "before_delete", propagate=True)
def _deleted(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    session = object_session(target)
    if session is not None and (found := _watched(mapper)):
        row = _stored(connection, mapper, target)
        _note(session, found, mapper, Change.DELETED, row, row, {})


@event.listens_for(db.session, "do_orm_execute")
def _in_bulk(state: ORMExecuteState) -> Any:
    """An INSERT, UPDATE or DELETE of a mapped class, sent past the objects."""
    if not (state.is_insert or state.is_update or state.is_delete):
        return None
    mapper = state.bind_mapper
    if mapper is None or not (found := _watched(mapper)):
        return None
    if state.is_insert:
        for row in _given(state):
            _note(state.session, found, mapper, Change.CREATED, row, {}, row)
        return None
    connection = state.session.connection()
    if state.parameters:
        before = _same_rows(connection, mapper, _given(state))
    else:
        before = _rows(connection, mapper, cast(Any, state.statement).whereclause)
    result = state.invoke_statement()
    keys = _keys(mapper)
    rows = _same_rows(connection, mapper, before)
    now = {tuple(row[key] for key in keys): row for row in rows}
    for row in before:
        after = now.get(tuple(row[key] for key in keys))
        change = Change.CHANGED if after else Change.DELETED
        _note(state.session, found, mapper, change, after or row, row, after or {})
    return result


def _given(state: ORMExecuteState) -> list[Mapping[str, Any]]:
    """The rows a statement in bulk was given; of an INSERT from a SELECT none are known."""
    given, statement = state.parameters, cast(Any, state.statement)
    if given:
        return [given] if isinstance(given, Mapping) else list(given)
    return [statement.compile().params] if getattr(statement, "select", None) is None else []


def _rows(connection: Connection, mapper: Mapper[Any], condition: Any) -> list[dict[str, Any]]:
    """The rows of the mapper's table that meet the condition; all of them for None."""
    query = select(*mapper.local_table.columns)
    query = query if condition is None else query.where(condition)
    return [dict(row) for row in connection.execute(query).mappings()]


def _same_rows(
    connection: Connection, mapper: Mapper[Any], named: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The rows with the primary keys of `named`, as they are now."""
    found: list[dict[str, Any]] = []
    rows = list(named)
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        one_of = (and_(*(c == row[c.name] for c in mapper.primary_key)) for row in some)
        found += _rows(connection, mapper, or_(*one_of))
    return found


@event.listens_for(db.session, "after_transaction_create")
def _mark(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault(MARKS, {})[id(transaction)] = len(session.info.get(JOURNAL, ()))


@event.listens_for(db.session, "after_soft_rollback")
def _forget(session: Session, previous: SessionTransaction) -> None:
    """What was rolled back to a savepoint was not done."""
    if previous.nested:
        del session.info.get(JOURNAL, [])[session.info.get(MARKS, {}).get(id(previous), 0) :]


@event.listens_for(db.session, "after_transaction_end")
def _end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        for name in (JOURNAL, MARKS, HIDE_TEXTS):
            session.info.pop(name, None)


@event.listens_for(db.session, "before_commit")
def _write(session: Session) -> None:
    """Record what this transaction changed, in it."""
    if session.in_nested_transaction() or not (found := watch()):
        return
    session.flush()
    entries = rules.merged(session.info.get(JOURNAL, ()))
    if not entries:
        return
    connection = session.connection()
    if found.source is Source.COMMAND and connection.scalar(select(Account.id).limit(1)) is None:
        return  # an empty market is being filled
    main = rules.main_of(entries, found.permission)
    path = select(Region.path).where(Region.code == main.region_code)
    role = rules.role_of(
        found.permission,
        found.held,
        main.own,
        connection.scalar(path) if found.held and main.region_code else None,
    )
    values = {
        "at": utcnow(),
        "actor_id": found.actor_id,
        "role": role.role if role else None,
        "role_region_code": role.code if role else None,
        "permission": found.permission,
        "endpoint": found.endpoint,
        "source": found.source,
        "ip": found.ip,
        "agent": found.agent,
        "kind": main.kind,
        "object_id": main.object_id,
        "changes": len(entries),
    }
    written = connection.execute(insert(Act).values(values).returning(Act.id))
    act_id = written.scalar_one()
    connection.execute(
        insert(ActChange),
        [_row(act_id, entry, HIDE_TEXTS in session.info) for entry in entries],
    )


def _row(act_id: int, entry: Entry, hide: bool) -> dict[str, Any]:
    before, after = (
        rules.told(entry.kind, {n: _plain(v) for n, v in values.items()}, hide)
        for values in (entry.before, entry.after)
    )
    return {
        "act_id": act_id,
        "kind": entry.kind,
        "object_id": entry.object_id,
        "whole_kind": entry.whole[0],
        "whole_id": entry.whole[1],
        "region_code": entry.region_code,
        "change": entry.change,
        "before": None if entry.change is Change.CREATED else before,
        "after": None if entry.change is Change.DELETED else after,
    }


def _plain(value: Any) -> Any:
    """A value; what the database worked out itself is told as the expression it was."""
    return str(value) if isinstance(value, ClauseElement) else value
