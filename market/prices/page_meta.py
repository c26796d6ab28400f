"""What the head of a product's prices says to search engines and to who gets its link."""

from __future__ import annotations

from flask_babel import ngettext

from market.prices.labels import full_range
from market.prices.product_page import ProductPrices
from market.web.filters import day, local_name
from market.web.language import gettext as _
from market.web.page_meta import PageMeta


def price_meta(page: ProductPrices) -> PageMeta:
    """What is asked for the product today, where enough ask; else only whose prices these are."""
    parts = [_("Prices of %(product)s", product=local_name(page.product)), day(page.day)]
    if near := page.near:
        asked = full_range(near.asked, page.measure) if near.asked else ""
        parts += [local_name(near.place), asked]
        if near.asked:
            parts.append(ngettext("%(num)s offer", "%(num)s offers", near.asked.count))
    return PageMeta(" · ".join(filter(None, parts)))
