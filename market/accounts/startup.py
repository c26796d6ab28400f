"""What must be so before the market opens."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, ProgrammingError

import config
from market.accounts.models import Account
from market.database import db


def refuse_demonstration_accounts(app: Flask) -> None:
    """See that nobody made by the demonstration seed can log in here.

    A database that isn't there yet, or has no tables yet, holds none.

    Raises:
        config.ConfigurationError: there are some.
    """
    with app.app_context():
        try:
            found = db.session.scalar(select(Account.id).where(Account.is_demonstration).limit(1))
        except (OperationalError, ProgrammingError):
            found = None
        finally:
            db.session.remove()
            # No connection may live on into the workers a server forks.
            db.engine.dispose()
    if found is not None:
        raise config.ConfigurationError(
            "the database holds demonstration accounts, whose passwords everybody knows: "
            "use another DATABASE_URL in production"
        )
