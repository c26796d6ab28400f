"""A facet promises a number, and following it finds that many."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from market.database import db, transaction
from market.offers.models import Offer
from market.offers.search.finder import set_finder
from market.offers.search.results_page import ResultsPage, results_page
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
    "q=橙",
    "q=脐橙",
    "product=0301",
    "product=03&q=有机",
    "region=430726&q=有机 3块以下",
]


# Texts with prices, places and words that offers say, in every order, and filters beside them.
SIDES = st.sampled_from(("", "求购", "供应"))
PLACES = st.sampled_from(("", "石门县", "常德", "湖南", "石门 澧县", "北京"))
THINGS = st.sampled_from(
    ("", "水果", "柑橘", "苹果 梨", "有机", "冷链 直发", "大米 优质", "猪", "上市")
)
PRICES = st.sampled_from(
    ("", "3块以下", "2-3元", "5元以上", "1.5元/斤", "4元一公斤", "10元/箱", "1元到5元")
)
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "region": st.sampled_from(("430726", "430700", "430000", "110101")),
        "side": st.sampled_from(("sell", "buy")),
        "verified": st.just("1"),
        "price_min": st.sampled_from(("1", "2")),
        "product": st.sampled_from(("03", "0301")),
        "area": st.sampled_from(("place", "prefecture", "country")),
    },
)
TEXTS = st.tuples(SIDES, PLACES, THINGS, PRICES).flatmap(st.permutations).map(" ".join)


def listed(query: str) -> ResultsPage:
    return results_page(dict(parse_qsl(query)))


@pytest.fixture
def filled(app, fill):
    fill(400)
    said = ("有机种植", "冷链直发", "有机 冷链直发", "上市")
    with transaction():
        for offer in db.session.scalars(select(Offer).where(Offer.id % 3 == 0)):
            offer.description = said[offer.id % 4]
        for offer in db.session.scalars(select(Offer).where(Offer.product_code == "0301013")):
            offer.title = "石门脐橙"
    rebuild()
    with app.test_request_context():
        yield


@pytest.fixture(params=["index", "database"])
def finder(request: pytest.FixtureRequest, filled: None) -> None:
    if request.param == "database":
        set_finder(None)


def follow_counts(question: str) -> ResultsPage:
    """See that every count that the page of `question` promises holds."""
    listing = listed(question)
    rows = [row for _title, rows in listing.facets for row in rows]
    promised = [(count, address) for _label, count, address, on in rows if count and not on]
    for count, address in [*promised, *((n, url) for _label, n, url in listing.nearest)]:
        assert listed(urlsplit(address).query).found.total == count, (question, address)
    return listing


def test_a_facet_finds_as_many_as_it_counts(filled) -> None:
    listings = [follow_counts(question) for question in QUESTIONS]
    assert any(listing.found.widened for listing in listings)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, FILTERS)
@example("米 3块以下", {})
@example("橘子 2-3元", {"side": "sell"})
@example("石门县 柑橘 2元以上", {})
@example("有机", {"side": "sell"})
def test_every_count_holds_for_any_text_and_filters(
    finder, text: str, filters: dict[str, str]
) -> None:
    follow_counts(urlencode({"q": text, **filters}))


def test_a_band_takes_the_place_of_the_price_that_was_typed(filled) -> None:
    listing = listed(urlencode({"q": "水果 2-3元"}))
    bands = next(rows for title, rows in listing.facets if title == "价格")
    for _label, count, address, is_active in bands:
        if not is_active:
            chosen = listed(urlsplit(address).query)
            prices = [part for part in chosen.question.parts if part.name == "price"]
            assert (len(prices), chosen.question.chosen["q"]) == (1, "水果"), address
            assert chosen.found.total == count
