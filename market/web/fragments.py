"""Pieces of pages that look the same on many of them, rendered once."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from flask import Flask, request
from markupsafe import Markup

from market.cache.stores import SizeLimitedStore, app_store
from market.web.language import catalog

# About 2 kB each.
MAX_FRAGMENTS = 10_000


def cached_fragment(*key: Hashable, caller: Callable[[], Markup]) -> Markup:
    """What `caller` renders; in templates, the inside of `{% call cached_fragment(…) %}`.

    Saves a quarter of a list of offers (its cards) and a sixth (the fields of its filters).

    Args:
        key: all that it shows, but for the language and where the site stands.
    """
    store: SizeLimitedStore[Markup] = app_store(
        "fragments", lambda: SizeLimitedStore(MAX_FRAGMENTS)
    )
    return store.get_or_make((catalog().locale, request.root_url, *key), caller)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["cached_fragment"] = cached_fragment
