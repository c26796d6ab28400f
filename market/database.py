"""The declarative base, exact column types, and the writing transaction.

SQLite is opened with WAL, synchronous=FULL and foreign keys on. Reading transactions
begin deferred; `transaction()` begins them IMMEDIATE, so that a writer waits for the
lock at its start, where it waits briefly, instead of failing in the middle
(SQLITE_BUSY_SNAPSHOT).
"""

from __future__ import annotations

import enum
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from types import ModuleType
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    CursorResult,
    DateTime,
    Enum,
    Executable,
    MetaData,
    String,
    event,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

# Older releases have a WAL corruption race with several writers.
SQLITE_AT_LEAST = (3, 51, 3)
# Seconds: for how long the write lock is waited for, and from one look at it to the next.
PATIENCE, LOOK_AGAIN = 15.0, 0.001
# Seconds that emptying the log waits for readers, while it keeps writers from writing.
EMPTY_LOG_PATIENCE = 0.1

# In one statement: less than either database allows.
MAX_PARAMETERS = 5_000

Row = TypeVar("Row", bound="Base")
Item = TypeVar("Item")


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)


def utcnow() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime can't be stored")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal stored exactly, as an integer of 10**-places.

    SQLite has no decimal type and would store a float. Sums and comparisons in SQL are
    exact too, in the scaled unit. A value with more places is refused, never rounded.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | int | None, dialect: Any) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} decimal places")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Any) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.places)


# 0.001 of a unit; 0.0001 yuan a unit.
Quantity = ExactDecimal(3)
UnitPrice = ExactDecimal(4)
# Integer fen; a separate name so that a reader sees what the column is.
Fen = BigInteger
# Codes and paths compare byte by byte, so that a subtree is a range on PostgreSQL too.
Path = String(40).with_variant(String(40, collation="C"), "postgresql")


def choice(of: type[enum.StrEnum], name: str) -> Enum:
    """A column type holding the values of `of`, with a CHECK named `name`."""
    return Enum(
        of,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda members: [m.value for m in members],
    )


class Timestamped:
    """created_at and updated_at, in UTC."""

    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, onupdate=utcnow)


@contextmanager
def transaction(patience: float | None = None) -> Iterator[None]:
    """One writing transaction: everything inside is committed together or not at all.

    What was read before is read afresh inside, under the write lock, so that a service
    decides on what is so now.

    Args:
        patience: seconds to wait for other writers, on SQLite; PATIENCE by default.
    """
    db.session.rollback()
    seconds = PATIENCE if patience is None else patience
    options = {"sqlite_begin": "IMMEDIATE", "sqlite_patience": seconds}
    db.session.connection(execution_options=options)
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def read(statement: Executable, **parameters: Any) -> CursorResult[*tuple[Any, ...]]:
    """The rows of a select of columns (not of entities), in the session's transaction.

    For what every visitor's page asks: the ORM's own part in running a short statement
    takes longer than the database's. What the session has not flushed is not seen.
    """
    return db.session.connection().execute(statement, parameters)


def next_ids(model: type[Base], count: int) -> list[int]:
    """The numbers for `count` new rows of the model, ascending: for what is inserted in bulk.

    Inside transaction().
    """
    table = model.__tablename__
    if db.session.get_bind().dialect.name == "postgresql":
        sequence = func.nextval(func.pg_get_serial_sequence(table, "id"))
        return list(
            db.session.scalars(select(sequence).select_from(func.generate_series(1, count)))
        )
    last = db.session.scalar(select(func.max(model.__table__.c.id))) or 0
    return list(range(last + 1, last + 1 + count))


def chunks(items: Iterable[Item], size: int = MAX_PARAMETERS) -> Iterator[list[Item]]:
    """The items, so many at a time as one statement may be given."""
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some


def load_in_order(key: InstrumentedAttribute[str], codes: Iterable[str]) -> list[Any]:
    """The rows whose `key` is one of `codes`, in that order."""
    order = {code: i for i, code in enumerate(codes)}
    if not order:
        return []
    rows = db.session.scalars(select(key.class_).where(key.in_(order)))
    return sorted(rows, key=lambda row: order[getattr(row, key.key)])


def lock(row: Row) -> Row:
    """`row` as it is now, held against other writers until the transaction ends.

    Its columns alone are read under the lock, and what it points at afterwards: PostgreSQL
    refuses to lock through the outer joins the row may have been loaded with, and would
    answer them as they were before the wait.
    """
    db.session.flush()
    db.session.expire(row)
    columns = [column.key for column in inspect(type(row)).column_attrs]
    db.session.refresh(row, columns, with_for_update=True)
    return row


class AdvisoryLock(enum.IntEnum):
    """What a whole table of facts is held by on PostgreSQL: numbers that nothing else locks by."""

    LEDGER = 20_120_601
    STATEMENTS = 20_120_602
    COUNTS = 20_120_603
    UNMATCHED = 20_120_604
    PRICES = 20_120_605
    OFFER_VIEWS = 20_120_606


def advisory_lock(held: AdvisoryLock) -> None:
    """Let nobody else hold this until the transaction ends.

    On SQLite a writing transaction holds the one write lock already.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(int(held))))


def gather_statistics() -> None:
    """Let the database look at its tables, so that it plans queries by what they hold.

    Without it SQLite guesses, and sorts a hundred thousand offers to show the newest
    eight. It looks at a sample: milliseconds, whatever the size, and keeps no values of it.
    Inside transaction().
    """
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA analysis_limit=1000")
    connection.exec_driver_sql("ANALYZE")


def empty_log() -> bool:
    """Bring the write-ahead log of SQLite into the database and cut it to nothing; whether that
    was done. Nobody is made to wait for it: where somebody reads, it is to be tried again.

    Outside of transactions.
    """
    db.session.rollback()
    if db.engine.dialect.name != "sqlite":
        return True
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA busy_timeout={EMPTY_LOG_PATIENCE * 1000:.0f}")
        try:
            busy = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            driver.execute(f"PRAGMA busy_timeout={PATIENCE * 1000:.0f}")
    return not busy


def sync(model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Bring a reference table to `rows`, in their order: add what is new, mend what differs.

    Nothing is deleted: other tables may point at it.
    """

    table = model.__table__
    names = [column.name for column in table.primary_key]
    known = {
        tuple(row[name] for name in names): row
        for row in db.session.execute(select(*table.columns)).mappings()
    }
    new = [row for row in rows if tuple(row[name] for name in names) not in known]
    changed = [
        row
        for row in rows
        if (old := known.get(tuple(row[name] for name in names))) is not None
        and any(old[name] != value for name, value in row.items())
    ]
    if new:
        db.session.execute(insert(model), new)
    if changed:
        db.session.execute(update(model), changed)


def violated(error: IntegrityError, name: str) -> bool:
    """Whether `error` is about the constraint `name`, or about a column of that name.

    PostgreSQL names the constraint; SQLite names a CHECK, but for a UNIQUE its columns
    (`table.column`).
    """
    return name in str(error.orig)


def sqlite_module() -> ModuleType:
    """The bundled SQLite driver.

    Raises:
        RuntimeError: it carries a SQLite older than SQLITE_AT_LEAST.
    """
    from pysqlite3 import dbapi2

    if dbapi2.sqlite_version_info < SQLITE_AT_LEAST:
        wanted = ".".join(map(str, SQLITE_AT_LEAST))
        raise RuntimeError(f"SQLite {dbapi2.sqlite_version} is too old: {wanted} or later")
    return dbapi2


def engine_options(url: str) -> dict[str, Any]:
    """Options for create_engine that `url`'s database needs."""
    if url.startswith("sqlite"):
        return {"module": sqlite_module(), "connect_args": {"timeout": PATIENCE}}
    # As patient as with SQLite; without it a writer would wait for as long as it takes.
    patience = f"-c lock_timeout={PATIENCE * 1000:.0f}"
    return {"pool_pre_ping": True, "connect_args": {"options": patience}}


@event.listens_for(Engine, "connect")
def _set_pragmas(connection: Any, record: Any) -> None:
    if "sqlite" not in type(connection).__module__:
        return
    connection.isolation_level = None  # we say BEGIN ourselves, below
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        # What is deleted is overwritten: no free page holds what a person had erased.
        "secure_delete=ON",
        "foreign_keys=ON",
        f"busy_timeout={PATIENCE * 1000:.0f}",
        "cache_size=-32768",
        "mmap_size=268435456",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    if connection.dialect.name != "sqlite":
        return
    if connection.get_execution_options().get("sqlite_begin") == "IMMEDIATE":
        _begin_writing(connection)
    else:
        connection.connection.driver_connection.execute("BEGIN")


def _begin_writing(connection: Any) -> None:
    """Begin as soon as nobody else writes.

    SQLite left to itself looks at the lock ever more seldom, at last ten times a second:
    beside somebody who posts offer after offer it would wait for seconds.
    """
    driver = connection.connection.driver_connection
    options = connection.get_execution_options()
    end = time.monotonic() + options.get("sqlite_patience", PATIENCE)
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                return
            except OperationalError as error:
                if "locked" not in str(error.orig) or time.monotonic() > end:
                    raise
            time.sleep(LOOK_AGAIN)
    finally:
        driver.execute(f"PRAGMA busy_timeout={PATIENCE * 1000:.0f}")
