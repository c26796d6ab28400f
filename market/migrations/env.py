"""Alembic's environment: the app's engine and models, the same on SQLite and PostgreSQL."""

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


def render_item(kind: str, item: object, _: object) -> str | bool:
    """Our column types as what they store, so that a migration outlives the models."""
    if kind == "type" and type(item).__module__ == "market.database":
        return (
            repr(item.impl)
            .replace("DateTime", "sa.DateTime")
            .replace(  # type: ignore[attr-defined]
                "BigInteger", "sa.BigInteger"
            )
        )
    return False


run()
