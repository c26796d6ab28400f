"""A real database for every test: migrated and filled with the reference data once, then copied.

Tests marked `postgresql` run on SQLite and again on PostgreSQL.
"""

from __future__ import annotations

import fcntl
import gc
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from types import CodeType
from typing import Any

import pysqlite3
import pytest
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from gunicorn.http.wsgi import HEADER_VALUE_RE
from hypothesis import settings as hypothesis
from jinja2 import BytecodeCache, StrictUndefined, Undefined
from jinja2.bccache import Bucket
from sqlalchemy import Engine, event, make_url
from werkzeug.routing import Rule

import config
import market
from market import create_app
from market.accounts.models import Account, Grant, Role, TraderType
from market.database import db, transaction, utcnow
from market.products.services import load_products
from market.regions.models import Region
from market.regions.services import load_regions
from market.web import assets
from tests.clocks import set_clock
from tests.optional import summary
from tests.postgresql import Server, server_or_skip

PASSWORD = "harvest-2026"
set_clock()
# As in wsgi.py: looking for garbage was a quarter of the tests' time.
gc.set_threshold(50_000)
# How long an example takes says how busy the machine is, not whether it is right. `make check`
# asks for the thorough profile.
hypothesis.register_profile("quick", deadline=None, max_examples=40)
hypothesis.register_profile("thorough", deadline=None, max_examples=200)
hypothesis.load_profile("quick")


class CompiledTemplates(BytecodeCache):
    """What was compiled for one app serves the next: the templates are the same."""

    def __init__(self) -> None:
        self.code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.code[bucket.key, bucket.checksum] = bucket.code


COMPILED = CompiledTemplates()


class Unnamed(StrictUndefined):
    """What a template names and nobody gives: it may be asked whether it is there, never shown."""

    __slots__ = ()
    __bool__, __eq__, __hash__ = Undefined.__bool__, Undefined.__eq__, Undefined.__hash__


def compile_addresses_once() -> None:
    """Let the apps share what werkzeug compiles of each rule, to match and to build addresses.

    It is most of what making an app takes, and every test makes one.
    """
    compile_rule, made = Rule.compile, {}
    compiled = ("_parts", "_trace", "_converters", "arguments", "_build", "_build_unknown")

    def compile_once(rule: Rule) -> None:
        defaults = tuple(sorted((rule.defaults or {}).items()))
        key = (rule.rule, rule.subdomain, rule.host, defaults, rule.merge_slashes, rule.is_leaf)
        if key not in made:
            compile_rule(rule)
            made[key] = {name: getattr(rule, name) for name in compiled}
        vars(rule).update(made[key])

    Rule.compile = compile_once  # type: ignore[method-assign]


compile_addresses_once()
# The stylesheets and the rooms' modules are the same for every app.
assets.bundle = cache(assets.bundle)
market.find_spec = cache(market.find_spec)
# No test survives a loss of power, and every app writes a key that is to survive one.
os.fsync = lambda descriptor: None


@event.listens_for(Engine, "connect")
def do_not_wait_for_the_disk(connection: Any, record: Any) -> None:
    """No test survives a loss of power; after each commit the disk was half of the waiting."""
    if isinstance(connection, pysqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


DIALECTS: dict[str, Any] = {}
STATEMENTS: dict[Any, Any] = {}


def compile_statements_once(engine: Engine) -> None:
    """Let the engines of all apps share what SQLAlchemy compiles for a database.

    Each has one of its own, and every test makes one: a fifth of the tests' time. What is
    compiled is found by the dialect, so that is shared too.
    """
    engine.dialect = engine.pool._dialect = DIALECTS.setdefault(engine.name, engine.dialect)
    engine._compiled_cache = STATEMENTS


def make_app(folder: Path, **settings: Any) -> Flask:
    """An app whose database, index, media and queues all live in `folder`."""
    settings = {
        "INSTANCE": folder,
        "MEDIA": folder / "media",
        "SEARCH_INDEX": folder / "index",
        "JOBS_DATABASE": folder / "jobs.sqlite3",
        "LIMITS_DATABASE": folder / "limits.sqlite3",
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/market.sqlite3",
        **settings,
    }
    app = create_app(config.Testing, **settings)
    app.jinja_env.bytecode_cache = COMPILED
    app.jinja_env.undefined = Unnamed
    return app


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `postgresql` runs once for each database."""
    if metafunc.definition.get_closest_marker("postgresql"):
        for fixture in {"app", "empty_database"}.intersection(metafunc.fixturenames):
            metafunc.parametrize(fixture, ["sqlite", "postgresql"], indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the browser's tests, the longest: one worker serves the site for all of them."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


def pytest_collection_finish() -> None:
    """Look no more through what is loaded and stays."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what this machine lacks, and how to get it."""
    for line in summary(terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(line, yellow=True)


@contextmanager
def running(app: Flask) -> Iterator[Flask]:
    """The app with its context pushed; no connection is left afterwards."""
    with app.app_context():
        compile_statements_once(db.engine)
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def fill_reference() -> None:
    """Migrate the current app's empty database and load regions and products."""
    upgrade()
    with transaction():
        load_regions()
        load_products()


@pytest.fixture(scope="session")
def reference_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema, the regions and the products."""
    folder = tmp_path_factory.mktemp("reference")
    with running(make_app(folder)):
        fill_reference()
        db.session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "market.sqlite3"


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory, reference_database: Path) -> Path:
    """The instance folder of a demonstration market, to be copied: all workers share it.

    The moment it was made for is in its file `moment`.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "demonstration"
    with (shared / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished, now = tmp_path_factory.mktemp("unfinished"), utcnow()
            (unfinished / "moment").write_text(now.isoformat())
            shutil.copy(reference_database, unfinished)
            with running(make_app(unfinished)) as app, pytest.MonkeyPatch.context() as patch:
                patch.setattr("market.demonstration.commands.utcnow", lambda: now)
                seeded = app.test_cli_runner().invoke(args=["seed", "demo"])
                assert seeded.exit_code == 0, seeded.output
            unfinished.rename(folder)
    return folder


@pytest.fixture(scope="session")
def postgresql() -> Server:
    """The PostgreSQL server; asking for it skips the test where there is none."""
    return server_or_skip()


@pytest.fixture(scope="session")
def reference_template(
    postgresql: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a PostgreSQL database with the schema, the regions and the products."""
    with postgresql.database() as url:
        folder = tmp_path_factory.mktemp("template")
        with running(make_app(folder, SQLALCHEMY_DATABASE_URI=url)):
            fill_reference()
            db.session.connection(
                execution_options={"isolation_level": "AUTOCOMMIT"}
            ).exec_driver_sql("VACUUM ANALYZE")
        yield make_url(url).database or ""


def on_postgresql(request: pytest.FixtureRequest) -> bool:
    return getattr(request, "param", "sqlite") == "postgresql"


@pytest.fixture
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The app on a copy of the reference database, its context pushed."""
    if on_postgresql(request):
        server = request.getfixturevalue("postgresql")
        with (
            server.database(request.getfixturevalue("reference_template")) as url,
            running(make_app(tmp_path, SQLALCHEMY_DATABASE_URI=url)) as app,
        ):
            yield app
        return
    shutil.copy(request.getfixturevalue("reference_database"), tmp_path / "market.sqlite3")
    with running(make_app(tmp_path)) as app:
        yield app


@pytest.fixture(scope="session")
def reference_app(
    reference_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The app on a database in which nothing can be changed."""
    folder = tmp_path_factory.mktemp("read_only")
    shutil.copy(reference_database, folder / "market.sqlite3")
    app = make_app(folder)
    with app.app_context():
        compile_statements_once(db.engine)
        event.listen(db.engine, "connect", lambda c, _: c.execute("PRAGMA query_only=ON"))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def reference(reference_app: Flask) -> Iterator[Flask]:
    """The app on the reference data, its context pushed, for tests that only read: one for all.

    Hundreds read a text each, by what is called what; an app of its own took longer than the test.
    """
    with reference_app.app_context():
        yield reference_app
        db.session.remove()


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The app on a database without a single table, its context pushed."""
    if on_postgresql(request):
        with (
            request.getfixturevalue("postgresql").database() as url,
            running(make_app(tmp_path, SQLALCHEMY_DATABASE_URI=url)) as app,
        ):
            yield app
        return
    with running(make_app(tmp_path)) as app:
        yield app


class Client(FlaskClient):
    """A browser that, like one, sends the CSRF token of the page it is on."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """A request with a `g` of its own, though the test's app context outlives it.

        Who is logged in, the language and the CSRF token are remembered there.
        """
        for name in list(g) if has_app_context() else ():
            g.pop(name)
        response = super().open(*args, **kwargs)
        refused = [h for h in response.headers if not HEADER_VALUE_RE.fullmatch(h[1])]
        assert not refused, "gunicorn sends no such headers"
        return response

    def send(self, url: str, data: dict[str, Any] | None = None, page: str | None = None) -> Any:
        """POST `data` to `url` with the token found on `page` (default: the URL itself)."""
        html = self.get(page or url).get_data(as_text=True)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
        assert found, f"no form on {page or url}"
        return self.post(url, data={"csrf_token": found[1], **(data or {})})


@pytest.fixture
def client(app: Flask) -> Client:
    """A visitor who is not logged in."""
    app.test_client_class = Client
    return app.test_client()  # type: ignore[return-value]


# None that a test writes out.
phones = (f"+86138001{n:05d}" for n in count(1))


def create_account(
    name: str = "张三",
    phone: str | None = None,
    role: str | None = None,
    region: str = "430726",
    scope: str | None = None,
    password: str = PASSWORD,
    township: str | None = None,
    **values: Any,
) -> Account:
    """An account; with `role`, one that holds it over `scope` (default: its region), an assistant
    perhaps in one `township` of it."""
    from market.accounts.services import hash_password
    from market.accounts.terms import agree_to_terms

    account = Account(
        name=name,
        phone=phone or next(phones),
        password_hash=hash_password(password),
        trader_type=TraderType.FARMER,
        region_code=region,
        **values,
    )
    if role:
        over = db.session.get_one(Region, scope or region)
        account.grants.append(Grant(role=Role(role), region=over, township_code=township))
    with transaction():
        db.session.add(account)
        db.session.flush()
        agree_to_terms(account)
    return account


@pytest.fixture
def make_account(app: Flask) -> Callable[..., Account]:
    """Make an account of the app as create_account() does."""
    return create_account


@pytest.fixture
def log_in(app: Flask) -> Callable[[Account], Client]:
    """A browser of its own, logged in as the account."""
    app.test_client_class = Client

    def enter(account: Account) -> Client:
        from market.accounts.sessions import open_session

        client = app.test_client()
        with transaction():
            token = open_session(account, None, "tests")
        with client.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return client  # type: ignore[return-value]

    return enter
