"""What a sheet says: the market's own figures, and nobody's number."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.offers.models import OfferPublication
from market.prices.jobs import count_prices
from market.prices.queries import price_board
from market.regions.queries import region_lexicon
from market.sheets import choosing, content, station_cards, wording
from market.sheets.content import CountySheets, SheetContent, sheet_of
from market.sheets.models import PaperSize
from market.sheets.places import SheetPlace, load_sheet_place
from market.sheets.weeks import week_of
from market.web.home_time import home_today
from tests.fairs.factories import ORANGE
from tests.offers.factories import make_offer
from tests.prices.factories import ask_all
from tests.sheets.conftest import COUNTY
from tests.sql import statements

Make = Callable[..., Account]


def sheet(place: SheetPlace | None = None) -> SheetContent:
    return sheet_of(place or load_sheet_place(COUNTY), week_of(home_today()))


def ids(offers: Any) -> list[int]:
    return [offer.card.id for offer in offers]


def test_purchases_stand_by_their_distance(make_account: Make) -> None:
    far = make_offer(make_account(), "buy", region="430111")
    home = make_offer(make_account(), "buy", region=COUNTY)
    near = make_offer(make_account(), "buy", region="430821")
    make_offer(make_account(), "buy", region="110101")
    found = sheet().wanted
    assert ids(found) == [home.id, near.id, far.id], "Beijing is not near by"
    assert found[0].km is None
    assert found[1].km is not None
    assert found[2].km is not None
    assert 0 < found[1].km < found[2].km < content.NEARBY_KM


def test_one_trader_does_not_fill_a_list(make_account: Make) -> None:
    loud = make_account()
    own = [make_offer(loud, "buy", quantity=n) for n in (10, 20, 30, 40)]
    other = make_offer(make_account(), "buy", product="0302012")
    first = ids(sheet().wanted)[:3]
    assert other.id in first
    assert len(set(first) & {offer.id for offer in own}) == choosing.MAX_OF_OWNER


def test_neighbours_come_first(make_account: Make, townships: list[SheetPlace]) -> None:
    here = townships[0]
    elsewhere = make_offer(make_account(), township=townships[1].township_code)
    county = make_offer(make_account())
    town = make_offer(make_account(), township=here.township_code, product="0302012")
    village = make_offer(
        make_account(), township=here.township_code, village="示范村", product="0302013"
    )
    place = load_sheet_place(COUNTY, here.township_code or "", "示范村")
    assert ids(sheet(place).for_sale)[:2] == [village.id, town.id]
    assert set(ids(sheet(place).for_sale)) == {elsewhere.id, county.id, town.id, village.id}


def test_what_will_have_ended_is_not_on_the_sheet_of_the_next_week(make_account: Make) -> None:
    offer = make_offer(make_account(), "buy")
    this = week_of(home_today())
    with transaction():
        offer.valid_until = utcnow() + timedelta(minutes=5)
    assert ids(sheet().wanted) == [offer.id]
    assert sheet_of(load_sheet_place(COUNTY), this.next).wanted == []


def test_of_the_other_end_of_the_province_nothing_is_listed_where_enough_is_nearer(
    make_account: Make,
) -> None:
    far = [make_offer(make_account(), "buy", region="430111") for _ in range(3)]
    near = [make_offer(make_account(), "buy", region="430821") for _ in range(4)]
    assert len(sheet().wanted) == choosing.MIN_ROWS, "two of those far away fill it"
    near += [make_offer(make_account(), "buy", region="430821") for _ in range(2)]
    found = sheet()
    assert set(ids(found.wanted)) == {offer.id for offer in near}
    assert found.wanted_count == len(near) + len(far), "the others are counted"


def test_a_village_is_not_filled_up_with_the_rest_of_the_county(
    make_account: Make, townships: list[SheetPlace]
) -> None:
    code = townships[0].township_code
    own = [make_offer(make_account(), township=code, village="示范村") for _ in range(4)]
    town = [make_offer(make_account(), township=code, village="别村") for _ in range(3)]
    for _ in range(3):
        make_offer(make_account(), township=townships[1].township_code)
    place = load_sheet_place(COUNTY, code or "", "示范村")
    found = sheet(place)
    assert set(ids(found.for_sale)) == {offer.id for offer in own + town}
    assert found.for_sale_count == 10
    assert len(sheet().for_sale) == 10, "the county's own sheet has all"
    printed = wording.by_distance(found.for_sale, place)
    where = [wording.format_where(offer, place) for offer in printed]
    assert where == ["本村"] * 4 + ["别村"] * 3


def test_what_was_first_published_this_week_is_marked(make_account: Make) -> None:
    new = make_offer(make_account(), "buy")
    renewed = make_offer(make_account(), "buy")
    before = utcnow() - timedelta(days=content.NEW_DAYS + 1)
    with transaction():
        db.session.add(OfferPublication(offer_id=renewed.id, at=before))
    marks = {offer.card.id: offer.is_new for offer in sheet().wanted}
    assert marks == {new.id: True, renewed.id: False}
    made = wording.sheet_data(sheet(), "https://example.test", PaperSize.A4)
    assert "“新”是7天内发的" in made["wanted_note"]
    assert "新" not in made["for_sale_note"]


def test_prices_are_those_of_the_price_pages(make_account: Make) -> None:
    ask_all(make_account, "1.00 1.10 1.20 1.30 1.40", COUNTY, since=9)
    ask_all(make_account, "2.00 2.10", COUNTY, product_code="0302011")
    count_prices(math.inf)
    found = sheet().prices
    assert [row.product.code for row in found] == [ORANGE], "fewer than five are no price"
    place = region_lexicon().places[found[0].price.place.code]
    assert found[0].price == price_board().price((ORANGE, found[0].measure), place)
    assert found[0].price.change == 0
    assert place.code == COUNTY


def test_a_price_says_which_way_it_went_and_of_where_and_how_many_it_is(
    make_account: Make,
) -> None:
    ask_all(make_account, "1.00 1.10 1.20 1.30 1.40", COUNTY, since=9, days=6)
    ask_all(make_account, "1.30 1.40 1.50 1.60 1.70 1.75", COUNTY, since=2)
    count_prices(math.inf)
    found = sheet()
    (row,) = found.prices
    assert wording.format_before(row) == "上周 1.20"
    assert wording.format_move(row) == "↑涨0.30"
    assert wording.format_basis(row, found) == "本县6条"
    for code, words in (("430700", "全市6条"), ("433100", "全州6条"), ("430000", "全省6条")):
        elsewhere = replace(row.price, place=region_lexicon().places[code])
        assert wording.format_basis(replace(row, price=elsewhere), found) == words


def test_numbers_in_texts_and_of_owners_are_not_on_it(make_account: Make) -> None:
    make_offer(
        make_account("老王13912345678", phone="+8613912345678"),
        product_words="梨 电话13912345678",
        grade="13912345678",
    )
    made = wording.sheet_data(sheet(), "https://example.test", PaperSize.A4)
    assert len(made["for_sale"]) == 1
    assert "13912345678" not in str(made)


def test_the_phone_is_the_one_that_the_station_chose(
    assistant: Account, townships: list[SheetPlace]
) -> None:
    place = load_sheet_place(COUNTY, townships[0].township_code or "", "示范村")
    assert sheet(place).station is None
    with transaction():
        station_cards.save_card(assistant, place.office, "皂市镇信息站", "+8613800000077")
    assert wording.format_station(sheet(place).station, place)["phone"] == "138 0000 0077"
    assert sheet(townships[1]).station is None, "another township has not"
    with transaction():
        assistant.grants.clear()
    assert sheet(place).station is None, "who is no assistant any more is printed nowhere"


def test_a_stack_takes_as_many_statements_for_many_villages_as_for_one(
    make_account: Make, townships: list[SheetPlace]
) -> None:
    for n in range(3):
        make_offer(make_account(), township=townships[0].township_code, village=f"{n}号村")
    counts = []
    for number in (1, 40):
        places = [
            load_sheet_place(COUNTY, townships[0].township_code or "", f"{n}号村")
            for n in range(number)
        ]
        db.session.rollback()
        price_board()
        with statements() as sent:
            CountySheets(places[0].county, week_of(home_today())).of(places)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 12
