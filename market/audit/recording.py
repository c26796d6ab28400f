"""Listens to every change that the session writes, and records it in the same transaction.

No service has to call anything: what the session changes while somebody with a role, or a
command, acts is recorded before the commit, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import ClauseElement, Connection, and_, event, insert, inspect, or_, select
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
from market.audit.actor import RecordedActor, recorded_actor
from market.audit.bound_rows import BoundRows, bind_rows
from market.audit.models import Act, ActChange, Change, Source
from market.audit.rules import JournalEntry
from market.database import Base, db, utcnow
from market.regions.models import Region
from market.web.audit_registry import (
    owner_columns,
    region_columns,
    tables_of_commands,
    unaudited_tables,
)

JOURNAL = "audit_journal"
PREPARED = "audit_prepared"
SAVEPOINTS = "audit_savepoints"
REDACT_TEXTS = "audit_redact_texts"
# In one statement.
MAX_ROWS = 200


def redact_texts() -> None:
    """Leave texts out of what this transaction records: who wrote them is being erased."""
    db.session().info[REDACT_TEXTS] = True


def _actor_of(mapper: Mapper[Any] | None) -> RecordedActor | None:
    """Who changes rows of the mapper's table; None when that is not recorded."""
    if mapper is None or mapper.local_table.name in unaudited_tables:  # type: ignore[attr-defined]
        return None
    return recorded_actor()


def _note(
    session: Session,
    actor: RecordedActor,
    mapper: Mapper[Any],
    change: Change,
    row: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    """Add to the session's journal; `row` is the object as far as it is known."""
    if entry := _entry(actor, mapper, change, row, before, after):
        session.info.setdefault(JOURNAL, []).append(entry)


def _entry(
    actor: RecordedActor,
    mapper: Mapper[Any],
    change: Change,
    row: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> JournalEntry | None:
    """What is recorded of a change; None for one that no command's record says."""
    kind: str = mapper.local_table.name  # type: ignore[attr-defined]
    object_id = "/".join(str(row.get(name, "")) for name in _keys(mapper))
    root = rules.root_of(kind, object_id, row)
    if actor.source is Source.COMMAND and root[0] not in tables_of_commands:
        return None
    codes = (row.get(name) for name in region_columns)
    code = row.get("code") if kind == Region.__tablename__ else next(filter(None, codes), None)
    own = any(row.get(name) == actor.account_id for name in owner_columns)
    return JournalEntry(kind, object_id, change, root, code, own, dict(before), dict(after))


def prepare_changes(
    model: type[Base], changes: Iterable[tuple[Mapping[str, Any] | None, Mapping[str, Any]]]
) -> BoundRows | None:
    """What is to be recorded of rows that a statement past the session will write, made ready
    before its transaction (`record_prepared`); None for nothing.

    Args:
        changes: (before, after) of each row, whole; before is None for a new one.
    """
    mapper = inspect(model)
    if not (actor := _actor_of(mapper)):
        return None
    entries = [
        _entry(
            actor,
            mapper,
            Change.CREATED if before is None else Change.CHANGED,
            after,
            before or {},
            after,
        )
        for before, after in changes
    ]
    rows = [_change_row(0, each, False) for each in rules.merged(filter(None, entries))]
    return bind_rows(insert(ActChange), rows) if rows else None


def record_prepared(changes: BoundRows | None) -> None:
    """Record these with what else the transaction changes, which is at least one thing."""
    if changes is not None:
        db.session().info.setdefault(PREPARED, []).append(changes)


def _keys(mapper: Mapper[Any]) -> list[str]:
    """The names of the primary key's columns."""
    return [column.name for column in mapper.primary_key]


def _stored(connection: Connection, mapper: Mapper[Any], target: Any) -> dict[str, Any]:
    """The row of the object as the database has it now; empty when it is gone."""
    key = dict(zip(_keys(mapper), mapper.primary_key_from_instance(target), strict=True))
    return next(iter(_same_rows(connection, mapper, [key])), {})


def _loaded(mapper: Mapper[Any], target: Any) -> dict[str, Any]:
    """The columns that are loaded, without a query."""
    names = (attribute.key for attribute in mapper.column_attrs)
    return {name: target.__dict__[name] for name in names if name in target.__dict__}


@event.listens_for(Base, "after_insert", propagate=True)
def _created(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    session = object_session(target)
    if session is not None and (actor := _actor_of(mapper)):
        row = _loaded(mapper, target)
        _note(session, actor, mapper, Change.CREATED, row, {}, row)


@event.listens_for(Base, "before_update", propagate=True)
def _changed(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    session = object_session(target)
    if session is None or not (actor := _actor_of(mapper)):
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
    _note(session, actor, mapper, Change.CHANGED, {**row, **after}, before, after)


@event.listens_for(Base, "before_delete", propagate=True)
def _deleted(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    session = object_session(target)
    if session is not None and (actor := _actor_of(mapper)):
        row = _stored(connection, mapper, target)
        _note(session, actor, mapper, Change.DELETED, row, row, {})


@event.listens_for(db.session, "do_orm_execute")
def _in_bulk(state: ORMExecuteState) -> Any:
    """An INSERT, UPDATE or DELETE of a mapped class, sent past the objects."""
    if not (state.is_insert or state.is_update or state.is_delete):
        return None
    mapper = state.bind_mapper
    if mapper is None or not (actor := _actor_of(mapper)):
        return None
    if state.is_insert:
        for row in _given(state):
            _note(state.session, actor, mapper, Change.CREATED, row, {}, row)
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
        _note(state.session, actor, mapper, change, after or row, row, after or {})
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
    for start in range(0, len(rows), MAX_ROWS):
        some = rows[start : start + MAX_ROWS]
        if len(mapper.primary_key) == 1:
            (key,) = mapper.primary_key
            found += _rows(connection, mapper, key.in_([row[key.name] for row in some]))
            continue
        one_of = (and_(*(c == row[c.name] for c in mapper.primary_key)) for row in some)
        found += _rows(connection, mapper, or_(*one_of))
    return found


@event.listens_for(db.session, "after_transaction_create")
def _mark(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault(SAVEPOINTS, {})[id(transaction)] = len(
            session.info.get(JOURNAL, ())
        )


@event.listens_for(db.session, "after_soft_rollback")
def _forget(session: Session, previous: SessionTransaction) -> None:
    """Drop the entries of a savepoint that was rolled back."""
    if previous.nested:
        del session.info.get(JOURNAL, [])[session.info.get(SAVEPOINTS, {}).get(id(previous), 0) :]


@event.listens_for(db.session, "after_transaction_end")
def _end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        for name in (JOURNAL, PREPARED, SAVEPOINTS, REDACT_TEXTS):
            session.info.pop(name, None)


@event.listens_for(db.session, "before_commit")
def _write(session: Session) -> None:
    """Record what this transaction changed, in it."""
    if session.in_nested_transaction() or not (actor := recorded_actor()):
        return
    session.flush()
    entries = rules.merged(session.info.get(JOURNAL, ()))
    prepared: list[BoundRows] = session.info.get(PREPARED, [])
    if not entries:
        return
    connection = session.connection()
    if actor.source is Source.COMMAND and connection.scalar(select(Account.id).limit(1)) is None:
        return  # an empty market is being filled
    main = rules.main_of(entries, actor.permission)
    path = select(Region.path).where(Region.code == main.region_code)
    role = rules.role_of(
        actor.permission,
        actor.held_roles,
        main.own,
        connection.scalar(path) if actor.held_roles and main.region_code else None,
    )
    values = {
        "at": utcnow(),
        "actor_id": actor.account_id,
        "role": role.role if role else None,
        "role_region_code": role.code if role else None,
        "permission": actor.permission,
        "endpoint": actor.endpoint,
        "source": actor.source,
        "ip": actor.ip,
        "agent": actor.agent,
        "kind": main.kind,
        "object_id": main.object_id,
        "changes": len(entries) + sum(len(each.rows) for each in prepared),
    }
    written = connection.execute(insert(Act).values(values).returning(Act.id))
    act_id = written.scalar_one()
    connection.execute(
        insert(ActChange),
        [_change_row(act_id, entry, REDACT_TEXTS in session.info) for entry in entries],
    )
    for each in prepared:
        each.having("act_id", act_id).send()


def _change_row(act_id: int, entry: JournalEntry, redact: bool) -> dict[str, Any]:
    before, after = (
        rules.json_values(entry.kind, {n: _plain(v) for n, v in values.items()}, redact)
        for values in (entry.before, entry.after)
    )
    return {
        "act_id": act_id,
        "kind": entry.kind,
        "object_id": entry.object_id,
        "whole_kind": entry.root[0],
        "whole_id": entry.root[1],
        "region_code": entry.region_code,
        "change": entry.change,
        "before": None if entry.change is Change.CREATED else before,
        "after": None if entry.change is Change.DELETED else after,
    }


def _plain(value: Any) -> Any:
    """A value; one that the database computed as the text of its SQL expression."""
    return str(value) if isinstance(value, ClauseElement) else value
