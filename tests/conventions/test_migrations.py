"""The migrations make the schema of the models, and take it away again."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from market.database import db

TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}
FUNCTIONS = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"


def triggers() -> set[str]:
    with db.engine.connect() as connection:
        return set(connection.scalars(text(TRIGGERS[db.engine.dialect.name])))


def differences() -> list[object]:
    """What alembic would migrate to make the database that of the models."""
    with db.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, db.metadata))


@pytest.mark.postgresql
def test_the_migrations_make_the_models_and_go_back_to_nothing(empty_database: Flask) -> None:
    upgrade()
    assert differences() == []
    made = triggers()
    assert len(made) >= 9
    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    assert triggers() == set()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            assert connection.scalars(text(FUNCTIONS)).all() == []
    upgrade()
    assert differences() == []
    assert triggers() == made
