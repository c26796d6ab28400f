"""An agricultural supply and demand market with fairs whose figures can be followed to deals."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

import config

# In the order of the imports: a room imports rooms before it, never after.
ROOMS = (
    "regions",
    "products",
    "outgoing",
    "accounts",
    "audit",
    "calendar",
    "offers",
    "search",
    "matching",
    "fairs",
    "deals",
    "tallies",
    "monitoring",
    "statements",
    "desk",
    "tables",
    "papers",
    "stations",
    "imports",
    "calls",
    "training",
    "supervision",
    "sampling",
    "messages",
    "traders",
    "prices",
    "sheets",
    "notify",
    "pages",
    "sharing",
    "backups",
)
ROOT = Path(__file__).resolve().parent.parent


class Site(Flask):
    """Flask without the question, asked thirty times a request, whether a function is async:
    none here is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(configuration: type[config.Base] | None = None, **overrides: object) -> Flask:
    """The application, in a short ordered list of steps.

    Args:
        configuration: a class of config.py; MARKET_ENV chooses when None.
        overrides: single settings that win over the class (tests).

    Raises:
        config.ConfigurationError: a setting is missing or unsafe.
    """
    configuration = configuration or config.current()
    configuration.check()
    app = Site(__name__, template_folder=ROOT / "templates", static_folder=ROOT / "static")
    app.config.from_object(configuration)
    app.config.update(overrides)
    _make_folders(app)
    if not app.config["SECRET_KEY"] and app.config["ENV_NAME"] != "production":
        app.config["SECRET_KEY"] = config.instance_key(Path(app.config["INSTANCE"]))
    _bind_extensions(app)
    _open_rooms(app)
    _trust_proxies(app)
    _refuse_demonstration(app)
    _refuse_unnamed_templates(app)
    return app


def _make_folders(app: Flask) -> None:
    """Make the folders of the instance; everything here writes, so refuse what can't be written.

    Raises:
        config.ConfigurationError: one can't be made or written; the message says which.
    """
    for name in ("INSTANCE", "MEDIA"):
        folder = Path(app.config[name])
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise config.ConfigurationError(f"{folder} can't be made: {error.strerror}") from None
        _need_writable(folder)
    database = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if database.get_backend_name() == "sqlite" and database.database not in (None, ":memory:"):
        for end in ("", "-wal", "-shm"):
            if (file := Path(f"{database.database}{end}")).exists():
                _need_writable(file)


def _need_writable(path: Path) -> None:
    if not os.access(path, os.W_OK):
        raise config.ConfigurationError(
            f"{path} can't be written by user {os.geteuid()}: give it to that user, or mount the "
            "disk for writing; MARKET_INSTANCE chooses another folder"
        )


def _bind_extensions(app: Flask) -> None:
    from market import database, extensions
    from market.cache import versions
    from market.web import (
        assets,
        converters,
        errors,
        filters,
        form_recovery,
        fragments,
        hosts,
        language,
        limits,
        page_cache,
        page_meta,
        rendering,
        scripted_forms,
        slots,
        text_size,
        uploads,
        whitespace,
    )

    url = app.config["SQLALCHEMY_DATABASE_URI"]
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", database.engine_options(url))
    converters.init_app(app)
    scripted_forms.init_app(app)
    extensions.compress.init_app(app)
    database.db.init_app(app)
    versions.init_app(app)
    extensions.migrate.init_app(app, database.db, str(ROOT / "market" / "migrations"))
    extensions.login.init_app(app)
    extensions.csrf.init_app(app)
    limits.init_app(app)
    uploads.init_app(app)
    slots.init_app(app)
    rendering.init_app(app)
    whitespace.init_app(app)
    language.init_app(app)
    text_size.init_app(app)
    filters.init_app(app)
    fragments.init_app(app)
    errors.init_app(app)
    form_recovery.init_app(app)
    assets.init_app(app)
    page_cache.init_app(app)
    page_meta.init_app(app)
    hosts.init_app(app)


def _open_rooms(app: Flask) -> None:
    from market import cli

    for room in ROOMS:
        package = import_module(f"market.{room}")
        if find_spec(f"market.{room}.views"):
            import_module(f"market.{room}.views")
        for module in ("models", "commands"):
            if find_spec(f"market.{room}.{module}"):
                import_module(f"market.{room}.{module}")
        app.register_blueprint(package.bp)
    cli.init_app(app)


def _trust_proxies(app: Flask) -> None:
    hops = app.config["TRUSTED_PROXIES"]
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _refuse_demonstration(app: Flask) -> None:
    """Production does not start with accounts whose passwords are in the README."""
    from market.accounts.startup import refuse_demonstration_accounts

    if app.config["ENV_NAME"] == "production":
        refuse_demonstration_accounts(app)


def _refuse_unnamed_templates(app: Flask) -> None:
    """Production does not start with a gateway that lacks a text it would be asked to send."""
    from market.outgoing.templates import refuse_unnamed_templates

    if app.config["ENV_NAME"] == "production" and app.config["SMS_GATEWAY"] != "console":
        refuse_unnamed_templates(app.config["SMS_TEMPLATES"])
