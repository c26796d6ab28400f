"""What each cache saves of the page that gains most by it.

Pages are asked in this process, alternately with the cache on and off, so that what else the
machine does falls on both. Processor time, because that is what a cache saves; a cache is
switched off here by patching, the code has no option for it.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from flask import Flask
from sqlalchemy import select
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.benchmarks import pages

if TYPE_CHECKING:
    from market.accounts.models import Role

# What a cache must save of its page, or it goes.
MIN_SAVED_PERCENT = 5
REQUESTS = 100
# A page that takes a second without its cache is asked fewer times.
MAX_SECONDS = 8.0
Off = Callable[[Flask], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Cache:
    """A cache, the page measured, and how it is switched off for one request.

    Attributes:
        page: the name of a list of addresses of `_addresses`.
        is_page_cache: asked through the page cache; every other is measured without it.
        is_whole: keeps most of a page; every other is measured as where that has to be made.
    """

    name: str
    page: str
    off: Off
    is_page_cache: bool = False
    is_whole: bool = False


def measure() -> list[dict[str, Any]]:
    """A row for each cache: ms with and without it, and what it saves in percent."""
    from market import create_app
    from market.accounts.models import Role

    site, cached_site = create_app(PAGE_CACHE_SECONDS={}), create_app()
    with site.app_context():
        addresses = _addresses(pages.ground(REQUESTS))
        session = session_of(Role.COUNTY_OFFICIAL)
    rows = []
    for cache in CACHES:
        app = cached_site if cache.is_page_cache else site
        cookie = session if cache.page.startswith("desk") else ""
        rows.append(_row(cache, app, addresses[cache.page], cookie))
    return rows


def _row(cache: Cache, app: Flask, addresses: list[str], cookie: str) -> dict[str, Any]:
    def ask(address: str) -> float:
        environ = EnvironBuilder(address).get_environ()
        if cookie:
            environ["HTTP_COOKIE"] = cookie
        start = time.thread_time()
        body, status, _headers = run_wsgi_app(app, environ, buffered=True)
        seconds = time.thread_time() - start
        assert status.startswith("200"), (address, status, list(body))
        return seconds

    def ask_without(address: str) -> float:
        with cache.off(app):
            return ask(address)

    for address in addresses[:REQUESTS]:
        ask(address)
    on, off = [], []
    begin = time.monotonic()
    with nullcontext() if cache.is_whole else without_store("bodies")(app):
        for n, address in zip(range(REQUESTS), itertools.cycle(addresses), strict=False):
            if n % 2:
                on.append(ask(address))
            off.append(ask_without(address))
            if not n % 2:
                on.append(ask(address))
            if time.monotonic() - begin > MAX_SECONDS:
                break
    # Medians: a mean would be that of the collector's and the machine's interruptions.
    saved = 100 * (1 - statistics.median(on) / statistics.median(off))
    return {
        "cache": cache.name,
        "page": cache.page,
        "off p50 ms": 1000 * statistics.median(off),
        "on p50 ms": 1000 * statistics.median(on),
        "saved %": saved,
        "target": MIN_SAVED_PERCENT,
    }


def _addresses(on: pages.Ground) -> dict[str, list[str]]:
    known = {page.name: page.addresses for page in pages.pages(on)}
    return {
        **{name: known[name] for name in ("home", "offers", "offers, words", "offers, filters")},
        **{name: known[name] for name in ("offers, a sentence", "offer", "matches", "log in")},
        **{name: known[name] for name in ("fair", "fair's county", "fair's map", "register")},
        "desk": ["/desk"],
        "desk, market": ["/desk/market"],
        "desk, offers": ["/desk/offers"],
        "desk, audit": ["/audit"],
    }


def session_of(role: Role | None) -> str:
    """The cookie of somebody with that role who is logged in; None: of a trader with offers. It
    has the token of forms, as after a first page."""
    from flask import current_app
    from flask.sessions import SecureCookieSessionInterface

    from market.accounts.models import Account, Grant
    from market.accounts.sessions import open_session
    from market.database import db, transaction
    from market.offers.models import Offer

    chosen = select(Account).order_by(Account.id).limit(1)
    if role is None:
        chosen = chosen.join(Offer, Offer.owner_id == Account.id)
    else:
        chosen = chosen.join(Account.grants).where(Grant.role == role)
    account = db.session.scalars(chosen).one()
    with transaction():
        token = open_session(account, None, "benchmarks")
    serializer = SecureCookieSessionInterface().get_signing_serializer(current_app)
    assert serializer is not None
    known = {"_user_id": token, "_fresh": True, "csrf_token": f"{account.id}.{'0' * 32}"}
    return f"session={serializer.dumps(known)}"


def unwrapped(*names: str) -> Off:
    """The functions (module:name) without their lru_cache, wherever they are imported."""

    @contextmanager
    def off(_app: Flask) -> Iterator[None]:
        with ExitStack() as stack:
            for module, function in _bindings(names):
                cached = getattr(module, function)
                stack.enter_context(patch.object(module, function, cached.__wrapped__))
            yield

    return off


def _bindings(names: tuple[str, ...]) -> list[tuple[Any, str]]:
    """(module, name) of every place of the market that has one of these functions."""
    modules = [m for name, m in list(sys.modules.items()) if name.startswith("market")]
    found = []
    for each in names:
        module, _, function = each.partition(":")
        cached = getattr(sys.modules[module], function)
        found += [(m, n) for m in modules for n, v in vars(m).items() if v is cached]
    return found


def patched(name: str, value: Any) -> Off:
    """The attribute `module:name` or `module:Class.name` is `value` meanwhile."""

    def off(_app: Flask) -> AbstractContextManager[Any]:
        module, _, attribute = name.partition(":")
        *owner, attribute = attribute.split(".")
        target = sys.modules[module]
        return patch.object(getattr(target, owner[0]) if owner else target, attribute, value)

    return off


def without_store(name: str) -> Off:
    """The app's store of that name (the beginning of it) has nothing."""

    @contextmanager
    def off(app: Flask) -> Iterator[None]:
        stores = app.extensions.get("stores", {})
        with ExitStack() as stack:
            for key in [key for key in stores if key.startswith(name)]:
                stack.enter_context(patch.object(stores[key], "get", lambda _key: None))
            yield

    return off


def without_extension(*names: str) -> Off:
    """Nothing of what the app has stored under these names."""

    @contextmanager
    def off(app: Flask) -> Iterator[None]:
        known = {name: app.extensions.pop(name) for name in names if name in app.extensions}
        yield
        app.extensions.update(known)

    return off


@contextmanager
def without_versions(app: Flask) -> Iterator[None]:
    from market.cache import versions

    with patch.dict(app.extensions, versioned={}), patch.dict(versions._newest, clear=True):
        yield


@contextmanager
def without_page_cache(app: Flask) -> Iterator[None]:
    pages = app.extensions["page_cache"].pages
    with patch.object(pages, "get", lambda _key: None), patch.object(pages, "put"):
        yield


def _make(_made: Any, _name: Any, make: Callable[[], Any]) -> Any:
    return make()


def _read_cards(ids: Any) -> Any:
    from market.offers.queries import cards, depend_on_offers, states

    depend_on_offers(ids, states(ids))
    return cards(ids)


_RESULTS, _FILTERS = "market.offers.search.results_page", "market.web.filters"
CACHES = (
    Cache("page cache", "offers", without_page_cache, is_page_cache=True, is_whole=True),
    Cache("page cache", "offer", without_page_cache, is_page_cache=True, is_whole=True),
    Cache("page cache", "fair", without_page_cache, is_page_cache=True, is_whole=True),
    Cache("bodies", "offer", without_store("bodies"), is_whole=True),
    Cache("bodies", "offers", without_store("bodies"), is_whole=True),
    Cache("bodies", "home", without_store("bodies"), is_whole=True),
    Cache("bodies", "fair's county", without_store("bodies"), is_whole=True),
    Cache(
        "cards", "offers", patched("market.offers.search.results_page:cached_cards", _read_cards)
    ),
    Cache("fragments", "offers", without_store("fragments")),
    Cache("lexicons and names", "offers, a sentence", without_versions),
    Cache("trending products", "home", without_store("trending")),
    Cache("monitoring", "desk, market", without_store("monitoring")),
    # No deal of the fair waits; of its offers some do.
    Cache("baselines", "desk, offers", without_store("baseline")),
    Cache("sets of a snapshot", "offers", patched("market.search.view:_made_once", _make)),
    Cache("a fair's count", "fair", unwrapped("market.tallies.queries:_cached_count")),
    Cache("a fair's products", "fair", unwrapped("market.tallies.region_queries:_cached_products")),
    Cache("quantities", "fair", unwrapped("market.tallies.quantities:_of_counties")),
    Cache("outline", "fair's map", unwrapped("market.tallies.county_map:outline")),
    Cache(
        "days and ages", "offers", unwrapped("market.web.filters:_day", "market.web.filters:_ago")
    ),
    Cache("arguments", "offers, filters", unwrapped(f"{_RESULTS}:_pair")),
    Cache("messages of forms", "log in", unwrapped("market.web.forms:_messages")),
)
