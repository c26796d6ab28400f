"""What the index answers is what the database would."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal

import pytest
from sqlalchemy import select

from market.extensions import db
from market.offers import finding
from market.offers.finding import Filters, find_in_database
from market.offers.models import Offer, Side, Verification
from market.offers.queries import public
from market.products.models import Product
from market.regions.models import Region, is_within
from market.search import engine
from market.search.services import rebuild
from tests.offers.factories import make_offer

NAVEL_ORANGE = "脐橙"


def code_of(name):
    return db.session.scalars(select(Product.code).filter_by(name=name)).one()


def any_filters(rng):
    rows = db.session.execute(
        select(Product.path, Region.path).select_from(Offer).join(Offer.product).join(Offer.region)
    ).all()
    product, region = rng.choice(rows)
    steps, places = product.split("/"), region.split("/")
    low, high = (
        rng.choice([None, Decimal(rng.randint(1, 30)) / 10]),
        rng.choice([None, Decimal("3.05")]),
    )
    return Filters(
        side=rng.choice([None, *Side]),
        product_path="/".join(steps[: rng.randint(0, len(steps))]),
        region_path="/".join(places[: rng.randint(0, len(places))]),
        price_min=low,
        price_max=high,
        verified=rng.random() < 0.3,
        sort=rng.choice(["relevance", "newest", "price"]),
        page=rng.choice([1, 1, 2, 3]),
        per_page=rng.choice([5, 20]),
    )


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.postgresql
def test_every_question_without_words_is_answered_as_the_database_would(app, fill, seed):
    fill(400, seed)
    rebuild()
    rng = random.Random(seed)
    for _ in range(80):
        filters = any_filters(rng)
        assert engine.find(filters) == find_in_database(filters), filters


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

    facets = find(product_path="03", region_path="43", side=Side.SELL, verified=True).facets

    assert dict(facets["side"]) == Counter(row[0].value for row in verified)
    assert dict(facets["product"]) == Counter(row[2].split("/")[1] for row in selling)
    assert dict(facets["region"]) == Counter(row[3].split("/")[1] + "00" for row in selling)
    assert facets["verified"] == [("1", len(selling))]


def test_a_product_is_found_by_its_name_its_alias_and_the_name_above_it(app, make_account, find):
    owner = make_account()
    potato = make_offer(owner, product=code_of("马铃薯"), title="刚挖的")
    orange = make_offer(owner, product=code_of(NAVEL_ORANGE), title="果园直发")
    rebuild()
    assert find("土豆").ids == find("马铃薯").ids == find("potato").ids == [potato.id]
    assert find(NAVEL_ORANGE).ids == find("水果").ids == [orange.id]


def test_a_place_in_the_text_narrows_to_it(app, make_account, find):
    owner = make_account()
    here = make_offer(owner, region="430726", title="好梨")
    make_offer(owner, region="430102", title="好梨")
    rebuild()
    assert find("石门 好梨").ids == find("常德好梨").ids == [here.id]


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


def test_counterparts_are_live_offers_of_the_side_with_one_of_these_very_products(
    app, make_account
):
    owner = make_account()
    orange, navel = code_of("橙"), code_of(NAVEL_ORANGE)
    wide = make_offer(owner, "buy", orange)
    narrow = make_offer(owner, "buy", navel)
    make_offer(owner, "sell", navel)
    make_offer(owner, "buy", code_of("马铃薯"))
    rebuild()
    assert engine.counterparts(Side.BUY, [orange, navel]) == [narrow.id, wide.id]
    assert engine.counterparts(Side.BUY, [orange]) == [wide.id]
    assert engine.counterparts(Side.BUY, [orange, navel], limit=1) == [narrow.id]
    assert engine.counterparts(Side.BUY, []) == []


def test_the_list_asks_the_index(app, make_account, monkeypatch):
    offer = make_offer(make_account())
    rebuild()
    monkeypatch.setattr(finding, "find_in_database", lambda filters: pytest.fail("asked"))
    assert finding.find(Filters()).ids == [offer.id]
