"""Alembic's environment: the app's engine and models, the same on SQLite and PostgreSQL."""

from typing import Any, Literal

from alembic import context
from flask import current_app

db = current_app.extensions["migrate"].db


def run() -> None:
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            transaction_per_migration=True,
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()


def render_item(kind: str, item: Any, _: object) -> str | Literal[False]:
    """Our column types as what they store, so that a migration outlives the models."""
    if kind != "type" or type(item).__module__ != "market.database":
        return False
    return f"sa.{item.impl!r}"


run()
