"""The sets are whole, and what they judge is as good as promised, on both parts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from market.offers.models import Side
from market.products.units import UNITS
from tests.quality import sets
from tests.quality.judging import ALL, grade, judgement
from tests.quality.measure import market, names, pairs, queries, search
from tests.quality.sets import NOTHING, PARTS, corpus, product_paths, regions, rows

LEAST = {"names": 300, "queries": 320, "pairs": 150}
JUDGED = 120

both = pytest.mark.parametrize("part", PARTS)


def whole(name: str) -> list[sets.Row]:
    return [row for part in PARTS for row in rows(name, part)]


@pytest.fixture(scope="module")
def full_market() -> Iterator[None]:
    with market():
        yield


@pytest.mark.parametrize("name", LEAST)
def test_a_set_has_enough_rows_and_none_twice(name):
    keys = [sets.key(name, row) for row in whole(name)]
    assert len(keys) >= LEAST[name]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", LEAST)
@both
def test_a_row_is_in_the_part_its_text_belongs_to(name, part):
    assert [k for row in rows(name, part) if sets.part_of(k := sets.key(name, row)) != part] == []


def test_every_code_of_the_sets_is_in_the_reference_data():
    products = set().union(*(sets.several(row["codes"]) for row in whole("names"))) - {NOTHING}
    for row in whole("queries"):
        products |= sets.several(row["products"]) | sets.several(row["never"])
        products = products.union(*sets.choices(row["ambiguous"]).values())
    products |= {offer.product for offer in corpus()}
    assert products - product_paths().keys() == set()
    places = {row["region"] for row in whole("queries")} | {one.region for one in corpus()}
    assert places - {""} - regions().keys() == set()


def test_a_query_never_forbids_what_it_must_find():
    paths = product_paths()
    assert [
        row["text"]
        for row in whole("queries")
        for found in sets.several(row["products"])
        for never in sets.several(row["never"])
        if sets.is_within(paths[found], paths[never])
    ] == []


def test_the_offers_of_the_corpus_can_be_published():
    assert {one.side for one in corpus()} <= {side.value for side in Side}
    assert {one.unit for one in corpus()} <= UNITS.keys()
    assert all(one.price is None or one.price > 0 for one in corpus())
    assert all(0 < len(one.title) <= 80 and one.days_ago >= 0 for one in corpus())


def test_enough_queries_have_offers_that_answer_them():
    judged = [asked for row in whole("queries") if (asked := judgement(row))]
    answered = [a for a in judged if any(grade(a, one) == ALL for one in corpus())]
    assert len(answered) >= JUDGED


@both
def test_wholesale_names_get_the_right_product_and_hardly_ever_a_wrong_one(part, full_market):
    result = names(part)
    assert result.figures["right"] >= 0.95
    assert result.figures["wrong"] <= 0.02


@both
def test_what_people_type_is_understood(part, full_market):
    assert queries(part).figures["products"] >= 0.95


@both
def test_a_search_finds_what_it_must_and_little_else(part, full_market):
    figures = search(part).figures
    assert figures["recall"] >= 0.97
    assert figures["precision"] >= 0.95


@both
def test_the_better_offer_of_a_pair_scores_higher(part):
    assert pairs(part).figures["accuracy"] >= 0.95
