"""A facet promises a number, and following it finds that many."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from market.offers.listing import Listing, read_listing
from market.search.services import rebuild

QUESTIONS = [
    "",
    "q=翠冠梨",
    "q=求购 脐橙",
    "q=石门县 柑橘",
    "region=430726",
    "region=430726&q=水果",
    "region=430726&q=供应 蔬菜 3块以下",
    "region=430700",
    "region=430726&verified=1",
    "region=430726&side=buy&price_min=1&price_unit=jin",
    "region=430726&area=prefecture",
    "region=430726&area=country&q=大米",
]


def listed(query: str) -> Listing:
    return read_listing(dict(parse_qsl(query)))


@pytest.fixture
def filled(app, fill):
    fill(400)
    rebuild()
    with app.test_request_context():
        yield


def test_a_facet_finds_as_many_as_it_counts(filled) -> None:
    widened = 0
    for question in QUESTIONS:
        listing = listed(question)
        widened += bool(listing.found.widened)
        for title, rows in listing.facets:
            for label, count, address, is_active in rows:
                if count is not None and not is_active:
                    found = listed(urlsplit(address).query).found.total
                    assert found == count, (question, title, label, address)
    assert widened
