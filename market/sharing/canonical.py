"""Which pages search engines may list, and the one address of each.

Sorting, views, what other sites add to a link and the like make no page of their own; a search for
words or within bounds is not listed at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import current_app, request

from market.web.language import SOURCE, is_english, language_parameter
from market.web.page_meta import site_root

HTML_LANGUAGES = {"zh": "zh-CN", str(SOURCE): "en"}


@dataclass(frozen=True)
class Indexed:
    """A page to be listed.

    Attributes:
        parameters: those that make a page of its own, in their order in the address.
        narrowing: those with which it is not listed.
    """

    parameters: tuple[str, ...] = ()
    narrowing: tuple[str, ...] = ()


# By endpoint; every other page is marked `noindex`.
INDEXED = {
    "pages.home": Indexed(),
    "pages.text": Indexed(),
    "offers.index": Indexed(
        ("side", "product", "region", "page"),
        (
            *("q", "price_min", "price_max", "quantity_min", "supply_from", "supply_to"),
            *("verified", "area"),
        ),
    ),
    "offers.show": Indexed(),
    "fairs.index": Indexed(),
    "fairs.show": Indexed(),
    "tallies.daily": Indexed(("year", "month", "region", "product")),
    "tallies.region": Indexed(),
    "prices.index": Indexed(("category", "page"), ("q",)),
    "prices.product": Indexed(("region",)),
}


def listed_addresses() -> tuple[str, list[tuple[str, str]]]:
    """The one address of this page in its language, "" where it is not to be listed; and (language,
    address) in each language, with where to go in any other."""
    address = _plain_address()
    if not address:
        return "", []
    in_each = [(HTML_LANGUAGES[code], with_language(address, code)) for code in HTML_LANGUAGES]
    own = with_language(address, str(SOURCE)) if is_english() else address
    return own, [*in_each, ("x-default", address)]


def with_language(address: str, code: str) -> str:
    """The address of a page in that language; the default one has the plain address."""
    if current_app.config["BABEL_DEFAULT_LOCALE"].startswith(code):
        return address
    return f"{address}{'&' if '?' in address else '?'}{language_parameter(code)}"


def _plain_address() -> str:
    page = INDEXED.get(request.endpoint or "")
    if page is None or any(request.args.get(name) for name in page.narrowing):
        return ""
    asked = ((name, request.args.get(name, "").strip()) for name in page.parameters)
    pairs = [(name, value) for name, value in asked if value and (name, value) != ("page", "1")]
    path = quote(request.script_root + request.path)
    return site_root() + path + (f"?{urlencode(pairs)}" if pairs else "")
