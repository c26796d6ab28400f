"""The addresses of the sitemap (sitemaps.org, 0.9): live offers by the day they were put up, and
the pages of fairs, counties, prices and texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from xml.sax.saxutils import escape

from sqlalchemy import Integer, Row, bindparam, select

from market.cache.stores import TimeLimitedStore, app_store
from market.database import UTCDateTime, read, utcnow
from market.fairs.models import HELD, FairStatus
from market.fairs.queries import all_fairs
from market.offers.models import Offer
from market.offers.queries import public
from market.pages.texts import NAMES
from market.prices.queries import price_board
from market.tallies.queries import group_by_prefecture, stored_count
from market.text.days import local_day, local_midnight
from market.web.home_time import home_zone
from market.web.page_meta import site_address

# At most 50,000 addresses may stand in a file.
MAX_ADDRESSES = 40_000
# For how long the days and the pages are reused; also how old a crawler's copy may be.
MAX_AGE_SECONDS = 600
BATCH = 500
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SCHEMA = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def sitemap_addresses() -> list[str]:
    """The files that the index names: one of pages, and of each day as many as its offers need."""
    parts = [
        (day, part)
        for day, offers in sorted(_offer_days().items(), reverse=True)
        for part in range(1, -(-offers // MAX_ADDRESSES) + 1)
    ]
    return [
        site_address("sharing.page_sitemap"),
        *(site_address("sharing.offer_sitemap", day=d.isoformat(), part=n) for d, n in parts),
    ]


def page_addresses() -> list[str]:
    """Every listed page but offers."""
    store: TimeLimitedStore[list[str]] = app_store(
        "sitemap pages", lambda: TimeLimitedStore(4, MAX_AGE_SECONDS)
    )
    return store.get_or_make(site_address("pages.home"), lambda: list(_pages()))


def offers_of_day(day: str, part: int) -> Sequence[Row[Any]]:
    """(id, updated_at) of the live offers put up on a local day (2026-11-30), the part-th
    MAX_ADDRESSES of them; none of a day that the index does not name."""
    days = {known.isoformat(): known for known in _offer_days()}
    if day not in days or part < 1 or part > -(-_offer_days()[days[day]] // MAX_ADDRESSES):
        return []
    return read(
        _OFFERS_OF_DAY,
        now=utcnow(),
        begin=local_midnight(days[day], home_zone()),
        end=local_midnight(days[day] + timedelta(days=1), home_zone()),
        most=MAX_ADDRESSES,
        before=(part - 1) * MAX_ADDRESSES,
    ).all()


def index_xml(addresses: Iterable[str]) -> str:
    """The sitemap of sitemaps."""
    inside = "".join(f"<sitemap><loc>{escape(each)}</loc></sitemap>\n" for each in addresses)
    return f"{HEAD}<sitemapindex {SCHEMA}>\n{inside}</sitemapindex>\n"


def pages_xml(addresses: Iterable[str]) -> str:
    """A sitemap of addresses."""
    inside = "".join(f"<url><loc>{escape(each)}</loc></url>\n" for each in addresses)
    return f"{HEAD}<urlset {SCHEMA}>\n{inside}</urlset>\n"


def offers_xml(rows: Sequence[Row[Any]]) -> Iterator[str]:
    """A sitemap of offers, in pieces, so that forty thousand never stand in memory as text."""
    # Offers differ in their number alone.
    beginning = escape(site_address("offers.show", offer_id=0).removesuffix("0"))
    return _offers_xml(rows, beginning)


def _offers_xml(rows: Sequence[Row[Any]], beginning: str) -> Iterator[str]:
    yield f"{HEAD}<urlset {SCHEMA}>\n"
    for start in range(0, len(rows), BATCH):
        yield "".join(
            f"<url><loc>{beginning}{row.id}</loc>"
            f"<lastmod>{row.updated_at:%Y-%m-%dT%H:%M:%SZ}</lastmod></url>\n"
            for row in rows[start : start + BATCH]
        )
    yield "</urlset>\n"


def _offer_days() -> dict[date, int]:
    """How many live offers were put up on each local day."""
    store: TimeLimitedStore[dict[date, int]] = app_store(
        "sitemap days", lambda: TimeLimitedStore(1, MAX_AGE_SECONDS)
    )
    return store.get_or_make("days", _count_days)


def _count_days() -> dict[date, int]:
    zone = home_zone()
    found = read(_PUBLISHED_AT, now=utcnow())
    return dict(Counter(local_day(row.published_at, zone) for row in found))


def _pages() -> Iterator[str]:
    for endpoint in (
        *("pages.home", "offers.index"),
        *("prices.index", "fairs.index", "tallies.daily"),
    ):
        yield site_address(endpoint)
    for name in NAMES:
        yield site_address("pages.text", name=name)
    for code in dict.fromkeys(product for product, _ in price_board().goods):
        yield site_address("prices.product", code=code)
    for fair in all_fairs():
        if fair.status is FairStatus.MERGED:
            continue
        yield site_address("fairs.show", slug=fair.slug)
        if fair.totals_only or fair.status not in HELD:
            continue
        rows = stored_count(fair).rows
        codes = [*(each.code for each in group_by_prefecture(rows)), *(row.code for row in rows)]
        for code in codes:
            yield site_address("tallies.region", slug=fair.slug, code=code)


_PUBLIC = public(bindparam("now", type_=UTCDateTime))
_PUBLISHED_AT = select(Offer.published_at).where(_PUBLIC)
_OFFERS_OF_DAY = (
    select(Offer.id, Offer.updated_at)
    .where(_PUBLIC)
    .where(Offer.published_at >= bindparam("begin", type_=UTCDateTime))
    .where(Offer.published_at < bindparam("end", type_=UTCDateTime))
    .order_by(Offer.published_at, Offer.id)
    .limit(bindparam("most", type_=Integer))
    .offset(bindparam("before", type_=Integer))
)
