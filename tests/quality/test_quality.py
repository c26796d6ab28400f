"""The sets are whole, and what they judge is as good as promised, on both parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from market.offers.models import PriceBasis, Side
from market.products.units import UNITS
from tests.quality import sets
from tests.quality.corpus_market import market
from tests.quality.judging import ALL, UNJUDGED, grade, judgement
from tests.quality.measure import MEASURES
from tests.quality.promises import LEAST, LEAST_OF_FIRST, MOST, MOST_OF_FIRST, REACHED
from tests.quality.results import Result
from tests.quality.sets import NOTHING, PARTS, corpus, product_paths, regions, rows

ENOUGH = {"names": 700, "queries": 620, "pairs": 300, "posts": 250}
ENOUGH_OF_A_KIND = 8
JUDGED = 120

both = pytest.mark.parametrize("part", PARTS)


def whole(name: str) -> list[sets.Row]:
    return [row for part in PARTS for row in rows(name, part)]


@pytest.fixture(scope="module")
def measured() -> Iterator[Callable[[str, str], Result]]:
    """What each measure gives for each part, in a market of the corpus."""
    with market():
        yield cache(lambda name, part: MEASURES[name](part))


@pytest.mark.parametrize("name", ENOUGH)
def test_a_set_has_enough_rows_and_none_twice(name):
    keys = [sets.key(name, row) for row in whole(name)]
    assert len(keys) >= ENOUGH[name]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", ENOUGH)
def test_there_are_enough_rows_of_every_kind(name):
    kinds = [row["kind"] for row in whole(name)]
    assert {kind for kind in kinds if kinds.count(kind) < ENOUGH_OF_A_KIND} == set()


@pytest.mark.parametrize("name", ENOUGH)
@both
def test_a_row_is_in_the_part_its_text_belongs_to(name, part):
    assert [k for row in rows(name, part) if sets.part_of(k := sets.key(name, row)) != part] == []


def test_every_code_of_the_sets_is_in_the_reference_data():
    products = set().union(*(sets.several(row["codes"]) for row in whole("names"))) - {NOTHING}
    for row in whole("queries"):
        products |= set().union(*(sets.several(row[c]) for c in ("products", "excluded", "never")))
        products = products.union(*sets.choices(row["ambiguous"]).values())
    for row in whole("posts"):
        for slot in sets.slots(row["products"]) + sets.slots(row["excluded"]):
            products |= slot
    products |= {offer.product for offer in corpus()}
    assert products - product_paths().keys() - {UNJUDGED} == set()
    places = {row["region"] for row in whole("queries")} | {one.region for one in corpus()}
    places = places.union(*(sets.either(row["region"]) for row in whole("posts")))
    assert places - {"", UNJUDGED} - regions().keys() == set()


def test_the_units_numbers_and_days_of_the_sets_can_be_read():
    for row in whole("queries"):
        _check(row["price_unit"], row["price_min"], row["price_max"])
        _check(row["quantity_unit"], row["quantity_min"])
        _check_days(row["supply_from"], row["supply_to"])
    for row in whole("posts"):
        _check(row["unit"], row["quantity"])
        _check(row["price_unit"], row["price_low"], row["price_high"])
        _check_days(*sorted(sets.either(row["from"])), *sorted(sets.either(row["to"])))
        assert sets.either(row["basis"]) <= {"", UNJUDGED, *PriceBasis}
        assert row["side"] in {*Side, sets.ASKED, UNJUDGED}


def _check(unit: str, *numbers: str) -> None:
    assert sets.either(unit) - {"", UNJUDGED} <= UNITS.keys()
    assert all(Decimal(one) > 0 for one in numbers if one not in {"", UNJUDGED})


def _check_days(*days: str) -> None:
    told = [date.fromisoformat(one) for one in days if one not in {"", UNJUDGED}]
    assert told == sorted(told)


def test_a_query_never_forbids_what_it_must_find():
    paths = product_paths()
    assert [
        row["text"]
        for row in whole("queries")
        for found in sets.several(row["products"])
        for never in sets.several(row["never"]) | sets.several(row["excluded"])
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


@pytest.mark.parametrize("figure", [*LEAST_OF_FIRST, *MOST_OF_FIRST])
@both
def test_the_first_set_is_as_right_as_promised(figure, part, measured):
    share = _share(figure, measured(figure.split()[0], part).first)
    if figure in MOST_OF_FIRST:
        assert share <= MOST_OF_FIRST[figure]
    else:
        assert share >= LEAST_OF_FIRST[figure]


@pytest.mark.parametrize("figure", [*LEAST, *MOST])
@both
def test_the_rows_of_many_trades_are_as_right_as_promised_or_as_reached(figure, part, measured):
    share = _share(figure, measured(figure.split()[0], part).new)
    if figure in MOST:
        assert share <= REACHED.get((figure, part), MOST[figure])
    else:
        assert share >= REACHED.get((figure, part), LEAST[figure])


def test_only_what_falls_short_of_a_promise_is_held_to_what_is_reached():
    for (figure, _), share in REACHED.items():
        assert share > MOST[figure] if figure in MOST else share < LEAST[figure]


def _share(figure: str, result: Result) -> float:
    return result.figures[figure.split(maxsplit=1)[1]]
