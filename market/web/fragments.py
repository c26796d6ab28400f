"""Pieces of pages that look the same on many of them, and parts of a page that look the same to
many readers, rendered once."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask, render_template, request
from markupsafe import Markup

from market.cache.stores import SizeLimitedStore, app_store
from market.cache.versions import current_versions, names_in_memory, versions_before
from market.web.addresses import site
from market.web.language import catalog
from market.web.page_cache import (
    MAX_AGE_SECONDS,
    Versions,
    are_current,
    depends_on_all,
    versions_named,
)

# About 2 kB each, and 20 kB.
MAX_FRAGMENTS, MAX_BODIES = 10_000, 1_000
Value = TypeVar("Value")


def cached_fragment(*key: Hashable, caller: Callable[[], Markup]) -> Markup:
    """What `caller` renders; in templates, the inside of `{% call cached_fragment(…) %}`.

    Saves a quarter of a list of offers (its cards) and a sixth (the fields of its filters).

    Args:
        key: all that it shows, but for the language, where the site stands, and what is in memory
            by version: names of products and regions are in most.
    """
    store: SizeLimitedStore[Markup] = app_store(
        "fragments", lambda: SizeLimitedStore(MAX_FRAGMENTS)
    )
    names = frozenset(versions_before().items())
    return store.get_or_make((catalog().locale, site(), names, *key), caller)


@dataclass
class PageBody:
    """What of a page is the same to every reader it is kept for; the rest is made around it.

    Attributes:
        names: the versions of what was in memory when the request began that made them: names of
            products and regions are in every part.
        versions: of all else that they show, as named with `depends_on` meanwhile.
        expires_at: the monotonic second after which it isn't reused: it says "3 minutes ago".
    """

    expires_at: float = field(default_factory=lambda: time.monotonic() + MAX_AGE_SECONDS)
    parts: dict[str, Any] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=lambda: dict(versions_before()))
    versions: Versions = field(default_factory=dict)

    def get_or_make(self, name: str, make: Callable[[], Value]) -> Value:
        """The part of that name, or what `make` returns, which is kept."""
        if name not in self.parts:
            with versions_named() as versions:
                part = make()
            for key, version in versions.items():
                if self.versions.setdefault(key, version) != version:
                    # Something changed between two parts.
                    self.expires_at = -math.inf
            if more := names_in_memory() - self.names.keys():
                # They were read first for this part.
                self.names = {**current_versions(more), **self.names}
            self.parts[name] = part
        found: Value = self.parts[name]
        return found

    def part(self, name: str, caller: Callable[[], Markup]) -> Markup:
        """The same in templates: the inside of `{% call body.part('name') %}`."""
        return self.get_or_make(name, caller)

    def render(self, template: str, values: Callable[[], dict[str, Any]]) -> Markup:
        """What the template makes of `values()`, which is asked for only if it isn't kept."""
        return self.get_or_make(template, lambda: Markup(render_template(template, **values())))

    def is_current(self) -> bool:
        return (
            self.expires_at > time.monotonic()
            and current_versions(self.names) == self.names
            and are_current(self.versions)
        )


def page_body(*key: Hashable) -> PageBody:
    """The body of this page, which is kept while all that it depends on stays as it is.

    Unlike the page cache it serves who is logged in, too.

    Args:
        key: all that it shows and names no version of, and what of the reader it differs by.
    """
    store: SizeLimitedStore[PageBody] = app_store("bodies", lambda: SizeLimitedStore(MAX_BODIES))
    whole_key = request.endpoint, catalog().locale, site(), *key
    body = store.get(whole_key)
    if body is None or not body.is_current():
        body = PageBody()
        store.put(whole_key, body)
    depends_on_all(body.versions)
    return body


def init_app(app: Flask) -> None:
    app.jinja_env.globals["cached_fragment"] = cached_fragment
