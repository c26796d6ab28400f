"""What the index answers is what the database would."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from market.database import db, transaction, utcnow
from market.offers.models import Offer, Side, Verification
from market.offers.queries import public
from market.offers.search import finder
from market.offers.search.database_search import database_search
from market.offers.search.filters import Filters
from market.offers.search.query import parse_query
from market.offers.services import close_offer
from market.products.models import Product
from market.regions.models import Region, is_within
from market.search import engine
from market.search.services import drain, rebuild
from market.web.home_time import home_today
from tests.offers.factories import make_offer

NAVEL_ORANGE = "脐橙"


def code_of(name):
    return db.session.scalars(select(Product.code).filter_by(name=name)).one()


def path_of(name):
    return db.session.scalars(select(Product.path).filter_by(name=name)).one()


def any_filters(rng):
    town = func.coalesce("/" + Offer.township_code, "")
    rows = db.session.execute(
        select(Product.path, Region.path + town)
        .select_from(Offer)
        .join(Offer.product)
        .join(Offer.region)
    ).all()

    def some(which, most):
        steps = [rng.choice(rows)[which].split("/") for _ in range(rng.randint(0, most))]
        return tuple({"/".join(path[: rng.randint(1, len(path))]) for path in steps})

    def day():
        return rng.choice([None, None, home_today() + timedelta(days=rng.randint(-10, 130))])

    quantities = [None, None, Decimal(1), Decimal("99.875"), Decimal(100), Decimal("1000.0001")]
    measures = ["mass", "mass", "mass", "area", "box", "head"]
    low, high = (
        rng.choice([None, Decimal(rng.randint(1, 30)) / 10]),
        rng.choice([None, Decimal("3.05")]),
    )
    return Filters(
        side=rng.choice([None, *Side]),
        products=some(0, 2),
        excluded=some(0, rng.choice([0, 0, 2])),
        regions=some(1, 2),
        excluded_regions=some(1, rng.choice([0, 0, 1])),
        price_min=low,
        price_max=high,
        price_measure=rng.choice(measures),
        quantity_min=rng.choice(quantities),
        quantity_measure=rng.choice(measures),
        supply_from=day(),
        supply_to=day(),
        verified=rng.random() < 0.3,
        near=rng.choice(["430726", "430102"]),
        sort=rng.choice(["relevance", "newest", "price", "distance"]),
        as_of=rng.choice([None, utcnow() - timedelta(minutes=rng.randint(0, 40))]),
        first=rng.choice(["", "43/4307", "43/4307/430726", "43/4307/430726/430726105"]),
        page=rng.choice([1, 1, 2, 3]),
        per_page=rng.choice([5, 20]),
    )


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.endurance)])
@pytest.mark.postgresql
def test_every_question_without_words_is_answered_as_the_database_would(app, fill, seed):
    fill(400, seed)
    rebuild()
    rng = random.Random(seed)
    found = 0
    for _ in range(160):
        filters = any_filters(rng)
        answer = engine.find(filters)
        assert answer == database_search(filters), filters
        found += answer.total > 0
    assert found > 20


@pytest.mark.postgresql
def test_by_price_what_has_none_comes_last_the_newest_first_of_either_side(app, make_account):
    owner = make_account()
    none = {"price_low": None, "price_high": None}
    ids = [make_offer(owner, side, **none).id for side in ("sell", "buy", "sell", "buy")]
    priced = make_offer(owner, "buy").id
    drain()
    by_price = Filters(sort="price")
    assert engine.find(by_price).ids == database_search(by_price).ids == [priced, *ids[::-1]]


def test_what_asks_for_little_is_answered_as_the_database_would(app, fill):
    """Each thing alone, which leaves more to tell than all at once."""
    fill(400)
    rebuild()
    rng, total = random.Random(2), 0
    alone = (
        "excluded",
        "excluded_regions",
        "quantity_min",
        "supply_from",
        "supply_to",
        "price_max",
    )
    for name in alone * 6:
        drawn = any_filters(rng)
        kept = {n: getattr(drawn, n) for n in (name, "quantity_measure", "price_measure", "side")}
        answer = engine.find(Filters(**kept))
        assert answer == database_search(Filters(**kept)), kept
        total += answer.total
    assert total > 1000


def test_a_township_is_found_by_itself_with_words_and_with_products(app, make_account):
    owner = make_account()
    inside = make_offer(owner, township="430726105", village="阳泉村", grade="脆甜")
    beside = make_offer(owner, township="430726102", grade="脆甜")
    make_offer(owner, grade="脆甜")
    rebuild()
    zaoshi = {"regions": ("43/4307/430726/430726105",)}
    for asked in ({}, {"products": (path_of("翠冠梨"),)}, {"words": ("脆甜",)}):
        filters = Filters(**zaoshi, **asked)
        assert engine.find(filters).ids == database_search(filters).ids == [inside.id]
    # Where it has little its county comes next.
    both = finder.find(Filters(**zaoshi))
    assert (both.widened, both.inside, both.ids[0]) == ("county", 1, inside.id)
    assert beside.id in both.ids


def test_there_must_be_enough_left_in_a_unit_that_compares(app, make_account):
    owner = make_account()
    tonnes = make_offer(owner, quantity=Decimal(50), unit="ton")
    make_offer(owner, quantity=Decimal("99999"), unit="jin", title="差一斤")
    jin = make_offer(owner, quantity=Decimal(100_000), unit="jin", side="buy")
    boxes = make_offer(owner, quantity=Decimal(5000), unit="box")
    rebuild()
    tonne, box = {"quantity_min": Decimal(50_000)}, {"quantity_min": 50, "quantity_measure": "box"}
    for asked, expected in ((tonne, {tonnes.id, jin.id}), (box, {boxes.id})):
        assert set(engine.find(Filters(**asked)).ids) == expected
    with transaction():
        tonnes.remaining = Decimal("49.999")
    rebuild()
    assert set(engine.find(Filters(**tonne)).ids) == {jin.id}


def test_supply_must_overlap_the_days_asked_for(app, make_account):
    owner, today = make_account(), home_today()
    days = [today + timedelta(days=n) for n in range(60)]
    always = make_offer(owner)
    early = make_offer(owner, supply_from=days[0], supply_to=days[10], title="早")
    late = make_offer(owner, supply_from=days[20], title="晚")
    rebuild()
    for first, last, expected in (
        (days[5], days[8], {always, early}),
        (days[10], days[20], {always, early, late}),
        (days[11], days[19], {always}),
        (days[11], None, {always, late}),
        (None, days[19], {always, early}),
    ):
        filters = Filters(supply_from=first, supply_to=last)
        assert set(engine.find(filters).ids) == {offer.id for offer in expected}


def test_a_price_for_a_count_is_compared_with_prices_for_the_same(app, make_account):
    owner = make_account()

    def priced(price, unit):
        values = {"quantity": Decimal(100), "unit": unit, "price_unit": unit}
        return make_offer(owner, price_low=Decimal(price), price_high=Decimal(price), **values).id

    cheap, dear, by_weight = priced(430, "head"), priced(470, "head"), priced(6, "jin")
    rebuild()
    by_head = Filters(price_max=Decimal(450), price_measure="head")
    assert engine.find(by_head).ids == database_search(by_head).ids == [cheap]
    assert engine.find(Filters(price_max=Decimal(450))).ids == [by_weight]
    assert dear not in engine.find(replace(by_head, sort="price")).ids


def test_what_is_said_is_counted_as_the_database_would_after_some_are_gone(app, fill, find):
    fill(300)
    rebuild()
    rng = random.Random(0)
    with transaction():
        for id in find(per_page=40).ids:
            offer = db.session.get_one(Offer, id)
            close_offer(offer.owner, offer)
    make_offer(offer.owner, title="优质大米", product=offer.product_code, region=offer.region_code)
    drain()
    for _ in range(40):
        filters = replace(any_filters(rng), words=(rng.choice(["优质大米", "产地直销"]),))
        found, truth = engine.find(filters), database_search(filters)
        assert (found.total, found.facets) == (truth.total, truth.facets), filters


def test_counts_are_those_of_counting_one_by_one(app, fill, find):
    fill(300)
    rebuild()
    rows = db.session.execute(
        select(Offer.side, Offer.verification, Product.path, Region.path)
        .select_from(Offer)
        .join(Offer.product)
        .join(Offer.region)
        .where(public())
    ).all()
    rows = [row for row in rows if is_within(row[2], "03") and is_within(row[3], "43")]
    verified = [row for row in rows if row[1] is Verification.VERIFIED]
    selling = [row for row in verified if row[0] is Side.SELL]

    facets = find(products=("03",), regions=("43",), side=Side.SELL, verified=True).facets

    assert dict(facets["side"]) == Counter(row[0].value for row in verified)
    assert dict(facets["product"]) == Counter(row[2].split("/")[1] for row in selling)
    assert dict(facets["region"]) == Counter(row[3].split("/")[1] + "00" for row in selling)
    assert facets["verified"] == [("1", len(selling))]


def test_what_is_not_wanted_is_left_out_with_what_only_its_title_names(app, make_account, find):
    owner = make_account()
    make_offer(owner, product=code_of(NAVEL_ORANGE), title="果园直发")
    make_offer(owner, product=code_of("橙"), title="赣南脐橙 80级")
    sweet = make_offer(owner, product=code_of("橙"), title="甜橙 80级")
    blood = make_offer(owner, product=code_of("血橙"), title="血橙", region="430102")
    rice = make_offer(owner, product="0101001", title="优质大米")
    rebuild()
    without = {"excluded": (path_of(NAVEL_ORANGE),)}
    for asked, expected in (
        ({"products": (path_of("橙"),), **without}, {sweet.id, blood.id}),
        (without, {sweet.id, blood.id, rice.id}),
        ({**without, "excluded_regions": ("43/4301",)}, {sweet.id, rice.id}),
        ({"words": ("80级",), "words_required": True, **without}, {sweet.id}),
    ):
        found = engine.find(Filters(**asked))
        assert set(found.ids) == expected
        assert found == database_search(Filters(**asked))
    assert find(excluded=("03",)).facets["product"] == [("01", 1)]


def test_a_product_is_found_with_what_is_below_it_and_what_only_its_title_names(
    app, make_account, find
):
    owner = make_account()
    navel = make_offer(owner, product=code_of(NAVEL_ORANGE), title="果园直发")
    named = make_offer(owner, product=code_of("橙"), title="麻阳脐橙")
    orange = make_offer(owner, product=code_of("橙"), title="什么橙都有")
    make_offer(owner, product=code_of("马铃薯"), title="像脐橙一样甜")
    rebuild()
    assert find(products=(path_of("橙"),)).ids == [orange.id, named.id, navel.id]
    assert find(products=(path_of(NAVEL_ORANGE),)).ids == [navel.id, named.id]
    assert database_search(Filters(products=(path_of(NAVEL_ORANGE),))).ids == [navel.id, named.id]


def test_words_beside_a_product_only_rank(app, make_account, find):
    owner = make_account()
    sweet = make_offer(owner, title="包甜的梨")
    plain = make_offer(owner, title="梨")
    pears = {"products": (path_of("翠冠梨"),)}
    rebuild()
    assert find("包甜", **pears).ids == database_search(Filters(("包甜",), **pears)).ids
    assert find("包甜", **pears).ids == [sweet.id, plain.id]
    assert find("包甜").ids == [sweet.id]


def test_what_was_posted_later_is_left_out_of_pages_that_were_begun(app, make_account, find):
    owner = make_account()
    offers = [make_offer(owner, title="梨") for _ in range(5)]
    begun = utcnow()
    rebuild()
    first = find(per_page=3, as_of=begun)
    make_offer(owner, title="梨")
    drain()
    second = find(per_page=3, page=2, as_of=begun)
    assert [*first.ids, *second.ids] == [offer.id for offer in reversed(offers)]
    assert second.total == 5
    assert find(per_page=3, page=2, as_of=begun, side=Side.SELL).ids == second.ids


def test_what_is_newly_offered_is_counted_by_product_and_side(app, make_account):
    owner = make_account()
    make_offer(owner)
    since = utcnow()
    make_offer(owner)
    make_offer(owner, "buy")
    rebuild()
    assert engine.newly_offered(since) == {code_of("翠冠梨"): {Side.SELL: 1, Side.BUY: 1}}


def test_the_offer_that_says_it_in_its_title_comes_before_the_one_that_mentions_it(
    app, make_account, find
):
    owner = make_account()
    mentions = make_offer(owner, title="自家果园", description="送货上门，也有礼盒装的和散装的")
    says = make_offer(owner, title="礼盒装")
    make_offer(owner, title="散装")
    rebuild()
    assert find("礼盒装").ids == [says.id, mentions.id]


def test_a_word_nobody_knows_is_found_inside_a_longer_one(app, make_account, find):
    offer = make_offer(make_account(), title="供应崀霖昀晟牌礼盒")
    rebuild()
    assert find("霖昀晟").ids == [offer.id]


def test_when_no_offer_has_all_the_words_those_with_some_are_shown(app, make_account, find):
    offer = make_offer(make_account(), title="礼盒装")
    rebuild()
    assert find("礼盒装 飞船").ids == [offer.id]
    assert find("飞船").total == 0


@pytest.mark.parametrize(
    "text", ["，。！", "  ", "\x00", "😀", "a" * 5000, "((( AND OR *", "１３８"]
)
def test_any_text_is_answered(app, fill, find, text):
    fill(30)
    rebuild()
    assert find(text, page=1).total >= 0


def test_a_phone_number_finds_nobody(app, make_account, find):
    make_offer(make_account(), title="电话13800001234", description="打 13800001234")
    rebuild()
    assert find("13800001234").total == 0


def test_huge_prices_and_pages_are_answered(app, fill, find):
    fill(30)
    rebuild()
    assert find(price_min=Decimal("1e30")).total == 0
    assert find(price_max=Decimal("1e30")).total > 0
    assert find(page=10**9).ids == []


def test_the_list_asks_the_index(app, make_account, monkeypatch):
    offer = make_offer(make_account())
    rebuild()
    monkeypatch.setattr(finder, "database_search", lambda filters: pytest.fail("asked"))
    assert finder.find(Filters()).ids == [offer.id]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("桃源富硒米，当年新米", ["富硒", "富硒米"]),
        ("麻阳冰糖橙统货", ["冰糖", "冰糖橙"]),
        ("汝城朝天椒", ["朝天"]),
    ],
)
def test_a_part_of_a_name_finds_the_offers_that_say_it_whole(app, make_account, find, title, words):
    offer = make_offer(make_account(), title=title)
    make_offer(offer.owner, title="别的")
    rebuild()
    for word in words:
        assert find(word).ids == [offer.id], word


def test_the_product_itself_comes_first_then_its_varieties_then_what_else_is_below(make_account):
    piglet = make_offer(make_account(), "sell", code_of("仔猪"))
    breed = make_offer(make_account(), "sell", code_of("宁乡花猪"))
    hog = make_offer(make_account(), "sell", code_of("生猪"))
    sow = make_offer(make_account(), "sell", code_of("母猪"))
    rebuild()
    found = engine.scored(Filters(products=(path_of("生猪"),), sort="relevance"))
    assert [id for id, _ in found] == [hog.id, breed.id, sow.id, piglet.id]


def test_a_kind_that_is_no_product_of_its_own_is_left_out_by_what_titles_say(app, make_account):
    owner = make_account()
    make_offer(owner, product="0302001", title="洛川秦脆苹果 80级")
    other = make_offer(owner, product="0302001", title="洛川苹果 80级")
    rebuild()
    filters = parse_query({"q": "苹果 不要秦脆"}).filters
    assert filters.excluded_words == ("秦脆",)
    assert engine.find(filters).ids == database_search(filters).ids == [other.id]
