"""What people type into the form of an offer, as they type it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction
from market.offers.models import Offer, Verification
from market.web import home_time
from tests.conftest import Client
from tests.html import squeezed
from tests.offers.factories import make_offer
from tests.offers.pages import errors_of, offer_form
from tests.offers.test_views import PEARS, text

Make = Callable[..., Account]


@pytest.fixture
def browser(make_account: Make, log_in: Callable[[Account], Client]) -> Client:
    return log_in(make_account(name="王大伯", phone="+8613800001234"))


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The forms' clock at noon of a day in July; an offer's days may still lie in the past."""
    monkeypatch.setattr(home_time, "utcnow", lambda: datetime(2098, 7, 1, 4, tzinfo=UTC))


def posted(browser: Client, side: str = "sell", **values: str) -> Offer:
    answer = browser.send(f"/offers/new?side={side}", {**PEARS, **values})
    assert answer.status_code == 303, re.findall(r'field-error" id="(.*?)</p>', text(answer))
    return db.session.scalars(select(Offer).order_by(Offer.id.desc())).first()  # type: ignore[return-value]


def refused(browser: Client, side: str = "sell", **values: str) -> str:
    answer = browser.send(f"/offers/new?side={side}", {**PEARS, **values})
    assert answer.status_code == 200
    assert db.session.scalar(select(Offer.id)) is None
    return text(answer)


@pytest.mark.parametrize(
    ("typed", "quantity"),
    [("8万", 80_000), ("5200,50", "5200.5"), ("一百二十", 120), ("１，２００", 1200)],
)
def test_a_quantity_is_taken_as_it_is_written(browser: Client, typed: str, quantity: str) -> None:
    assert posted(browser, quantity=typed).quantity == Decimal(quantity)


@pytest.mark.parametrize(
    ("typed", "price"),
    [("1块6", "1.6"), ("两块八", "2.8"), ("3元2角", "3.2"), ("2。5", "2.5"), ("2、5", "2.5")],
)
def test_a_price_is_taken_as_it_is_said(browser: Client, typed: str, price: str) -> None:
    assert posted(browser, price_low=typed).price_low == Decimal(price)


@pytest.mark.parametrize("typed", ["12,34,5", "1.234,56", "三四百"])
def test_what_may_be_two_numbers_comes_back_as_it_was_typed(browser: Client, typed: str) -> None:
    assert f'value="{typed}"' in refused(browser, quantity=typed)


def test_a_unit_typed_beside_another_comes_back_chosen(browser: Client) -> None:
    page = refused(browser, quantity="5吨", unit="head", price_unit="head")
    assert page.count('<option selected value="ton">') == 2
    assert posted(browser, quantity="5吨", unit="ton").unit == "ton"
    assert posted(browser, price_low="1块6一斤", price_unit="", key="c" * 32).price_unit == "jin"


@pytest.mark.parametrize("unit", ["head", "mu", "box", "jin", "kg"])
def test_the_unit_of_the_price_is_that_of_the_quantity(browser: Client, unit: str) -> None:
    assert posted(browser, unit=unit, price_unit="").price_unit == unit


def test_a_price_per_jin_is_not_taken_for_one_per_tonne(browser: Client) -> None:
    page = refused(browser, quantity="50", unit="ton", price_low="2.2", price_unit="")
    assert "price_unit-error" in page
    # Nobody says how much a mu of pears weighs.
    assert "price_unit-error" in refused(browser, unit="mu", price_unit="jin")


@pytest.mark.parametrize(
    "typed", ["2099/12/01", "2099年12月1日", "2099.12.1", "２０９９－１２－０１"]
)
def test_a_day_is_taken_as_it_is_written(browser: Client, typed: str) -> None:
    assert posted(browser, supply_from=typed).supply_from == date(2099, 12, 1)


def test_a_day_without_a_year_is_the_coming_one_and_no_year_is_26(browser: Client) -> None:
    offer = posted(browser, supply_from="6月1日", supply_to="3月1日")
    assert (offer.supply_from, offer.supply_to) == (date(2098, 6, 1), date(2099, 3, 1))


@pytest.mark.parametrize("typed", ["0026-12-01", "2099年13月1日", "12月"])
def test_what_is_no_day_comes_back_as_it_was_typed(browser: Client, typed: str) -> None:
    assert f'value="{typed}"' in refused(browser, supply_from=typed)


@pytest.mark.parametrize(
    ("typed", "code", "place"),
    [
        ("湖南省常德市澧县", "430723", ("", "", "")),
        ("湖南 常德 澧县", "430723", ("", "", "")),
        ("石门县夹山镇", "430726", ("夹山镇", "", "")),
        ("石门夹山镇三圣村", "430726", ("夹山镇", "三圣村", "")),
        ("湖南省常德市石门县 夹山镇", "430726", ("夹山镇", "", "")),
        ("长沙市长沙县江背镇", "430121", ("江背镇", "", "")),
        # Of a town that the table does not have nothing is lost.
        ("石门县二都乡北溪河边", "430726", ("", "", "二都乡北溪河边")),
        ("山东省临沂市沂南县铜井镇", "371321", ("", "", "铜井镇")),
    ],
)
def test_an_address_is_taken_with_what_follows_the_county(
    browser: Client, typed: str, code: str, place: tuple[str, ...]
) -> None:
    offer = posted(browser, region=typed)
    assert (offer.region_code, below(offer)) == (code, place)
    assert "".join(place) in text(browser.get(f"/offers/{offer.id}"))
    edit = text(browser.get(f"/offers/{offer.id}/edit"))
    (value,) = (
        re.findall(r'<input name="region"[^>]* value="([^"]*)"', edit)
        or re.findall(r'<input[^>]*value="([^"]*)"[^>]*name="region"', edit)
        or re.findall(r'<input[^>]*name="region"[^>]*value="([^"]*)"', edit)
    )
    again = browser.send(f"/offers/{offer.id}/edit", {**PEARS, "region": value})
    assert again.status_code == 303
    db.session.expire_all()
    assert offer.region_code == code
    assert offer.place_detail == place[2]


def below(offer: Offer) -> tuple[str, str, str]:
    town = offer.township.name if offer.township else ""
    return town, offer.village, offer.place_detail


@pytest.mark.parametrize(
    "typed", ["皂市镇", "皂市", " 皂 市 镇 ", "zaoshi", "Zaoshi Town", "430726105"]
)
def test_a_town_is_understood_as_it_is_typed(browser: Client, typed: str) -> None:
    offer = posted(browser, region="石门县", township=typed, village="阳泉村")
    assert below(offer) == ("皂市镇", "阳泉村", "")
    assert "常德市·石门县 皂市镇阳泉村" in text(browser.get(f"/offers/{offer.id}"))


def test_a_town_of_another_county_is_refused_with_those_of_this_one(browser: Client) -> None:
    page = refused(browser, region="石门县", township="漆河镇")
    assert "township-error" in page
    assert 'value="漆河镇"' in page
    assert '<option value="皂市镇">' in page


def test_where_towns_are_not_listed_the_town_is_said_with_the_village(browser: Client) -> None:
    offer = posted(browser, region="临沂市沂南县", township="铜井镇", village="竹泉村")
    assert below(offer) == ("", "铜井镇竹泉村", "")


def test_a_town_that_several_counties_have_is_no_place(browser: Client) -> None:
    assert 'value="石门镇"' in refused(browser, region="石门镇")


def test_a_purchase_may_go_to_a_whole_prefecture(browser: Client) -> None:
    offer = posted(browser, "buy", region="常德市")
    # Counted in the county of who buys, where that lies inside.
    assert (offer.region_code, offer.place_detail) == ("430726", "常德市")
    assert offer.title == "常德求购翠冠梨"
    assert "常德市（全境均可）" in text(browser.get(f"/offers/{offer.id}"))
    assert posted(browser, "buy", region="湖南省长沙市", key="b" * 32).region_code == "430102"


def test_a_sale_from_a_prefecture_asks_for_its_county(browser: Client) -> None:
    page = refused(browser, region="常德市")
    assert 'value="430726"' in page
    assert 'value="常德市"' in page
    assert "这里有好几个县，请选是哪个县" in page
    assert "叫这个名字" not in page


def test_a_number_in_the_place_is_masked_for_visitors(browser: Client, client: Client) -> None:
    offer = posted(browser, region="石门县13900001234")
    assert "139****1234" in text(client.get(f"/offers/{offer.id}"))


@pytest.mark.parametrize(
    ("address", "switch"), [("/offers/new?side=buy", "buy"), ("/offers/new?side=sell", "en")]
)
def test_switching_the_side_or_the_language_keeps_what_was_typed(
    browser: Client, address: str, switch: str
) -> None:
    typed = {**PEARS, "quantity": "很多", "description": "山里的梨", "switch": switch}
    answer = browser.send(address, typed)
    page = text(answer)
    assert answer.status_code == 200
    assert db.session.scalar(select(Offer.id)) is None
    for typed_text in ("很多", "山里的梨", "翠冠梨", 'value="2.35"'):
        assert typed_text in page
    assert ('lang="en"' in page[:200]) is (switch == "en")
    assert ('lang="en"' in text(browser.get("/offers"))[:200]) is (switch == "en")


def test_the_last_day_of_an_offer_is_said_and_not_the_midnight_after(
    browser: Client, make_account: Make
) -> None:
    offer = make_offer(make_account())
    offer.valid_until = datetime(2098, 12, 29, 16, tzinfo=UTC)  # midnight in Beijing
    db.session.commit()
    page = text(browser.get(f"/offers/{offer.id}"))
    assert "到12月29日" in page
    assert "12-30" not in page
    assert "12月30日" not in page


def shown(page: str, name: str) -> str:
    """What the control called `name` holds on the page; of a select, the chosen code."""
    (control,) = re.findall(rf'<(?:input|select)[^>]*\bname="{name}"[^>]*>(?!<span>)', page)[-1:]
    if control.startswith("<select"):
        return re.findall(r'<option selected value="(.*?)"', page.split(control)[1])[0]
    return (re.findall(r'value="(.*?)"', control) or [""])[0]


@pytest.mark.parametrize(
    ("price", "unit", "published"),
    [
        ("9000", "", "ton"),
        ("9000", "jin", "ton"),
        ("4.5", "jin", "jin"),
        ("9", "kg", "kg"),
        ("9000元/吨", "jin", "ton"),
        ("4.5元/斤", "jin", "jin"),
        ("4.5元/斤", "", "jin"),
    ],
)
def test_a_typed_unit_of_the_quantity_takes_that_of_the_price_along(
    browser: Client, price: str, unit: str, published: str
) -> None:
    typed = {"quantity": "8吨", "price_low": price, "price_unit": unit}
    page = refused(browser, **typed)
    shown_values = {
        name: shown(page, name) for name in ("quantity", "unit", "price_low", "price_unit")
    }
    offer = posted(browser, **shown_values)
    assert (offer.quantity, offer.unit, offer.price_unit) == (8, "ton", published)


def test_a_price_that_stood_there_keeps_its_unit_when_the_quantity_changes(
    browser: Client,
) -> None:
    offer = posted(browser, price_low="200")
    page = text(browser.send(f"/offers/{offer.id}/edit", {**PEARS, "quantity": "8吨"}))
    assert shown(page, "unit") == "ton"
    changed = {**PEARS, "price_low": "200", "quantity": "8吨"}
    page = text(browser.send(f"/offers/{offer.id}/edit", changed))
    assert (shown(page, "unit"), shown(page, "price_unit")) == ("ton", "jin")


@pytest.mark.parametrize(
    ("typed", "lot"), [("1吨", 2000), ("500公斤", 1000), ("300", 300), ("200斤", 200)]
)
def test_a_minimum_lot_in_another_unit_is_told_in_that_of_the_quantity(
    browser: Client, typed: str, lot: int
) -> None:
    offer = posted(browser, quantity="4000", price_low="5块", min_lot=typed)
    assert (offer.quantity, offer.unit, offer.min_lot) == (4000, "jin", lot)


def test_a_minimum_lot_that_cannot_be_told_so_is_asked_about(browser: Client) -> None:
    page = refused(browser, min_lot="3箱")
    assert "min_lot-error" in page
    assert (shown(page, "unit"), shown(page, "quantity")) == ("jin", "2000")


@pytest.mark.parametrize("prices", [("5", "7块/公斤"), ("5元/公斤", "7"), ("5元/斤", "9元/公斤")])
def test_the_unit_of_one_end_of_a_price_does_not_become_the_others(
    browser: Client, prices: tuple[str, str]
) -> None:
    page = refused(browser, price_low=prices[0], price_high=prices[1])
    assert (shown(page, "price_low"), shown(page, "price_high")) == prices
    assert shown(page, "price_unit") == "jin"


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        ("3~4", "jin"),
        ("3-4", "jin"),
        ("3到4块", "jin"),
        ("3－4元/斤", "jin"),
        ("3元/斤-4元/斤", "jin"),
    ],
)
def test_a_range_in_the_first_price_is_both_prices(browser: Client, typed: str, unit: str) -> None:
    offer = posted(browser, price_low=typed, price_unit="")
    assert (offer.price_low, offer.price_high, offer.price_unit) == (3, 4, unit)


def test_a_range_comes_back_in_its_two_boxes(browser: Client) -> None:
    page = refused(browser, price_low="1500-1600", unit="ton", price_unit="ton", region="")
    assert (shown(page, "price_low"), shown(page, "price_high")) == ("1500", "1600")
    assert "price_low-error" in refused(browser, price_low="3-4", price_high="5")


@pytest.mark.parametrize("values", [{"quantity": "30-50吨"}, {"price_low": "-5"}])
def test_a_field_is_told_one_thing_and_the_others_nothing_of_it(
    browser: Client, values: dict[str, str]
) -> None:
    page = refused(browser, **values)
    (error,) = re.findall(r'field-error" id=".*?">(.*?)</p>', squeezed(page))
    assert error.strip().count("。") == 1


@pytest.mark.parametrize(
    ("typed", "title", "code"),
    [
        ("土豆", "石门土豆", "马铃薯"),
        ("红苕", "石门红苕", "甘薯"),
        ("翠冠梨", "石门翠冠梨", "翠冠梨"),
        ("石门土豆", "石门土豆", "马铃薯"),
        ("cgl", "石门翠冠梨", "翠冠梨"),
    ],
)
def test_a_title_of_ours_has_the_word_that_was_typed(
    browser: Client, typed: str, title: str, code: str
) -> None:
    offer = posted(browser, product=typed)
    assert offer.title == title
    edit = text(browser.get(f"/offers/{offer.id}/edit"))
    assert shown(edit, "title") == ""
    assert shown(edit, "product") == (typed if typed != "cgl" else code)


def test_a_word_beside_a_title_of_the_owners_own_is_shown_too(browser: Client) -> None:
    offer = posted(browser, product="洋芋", title="高山上挖的")
    assert offer.title == "高山上挖的"
    assert "洋芋" in text(browser.get(f"/offers/{offer.id}"))


@pytest.mark.parametrize(
    ("typed", "words", "quantity", "unit"),
    [
        ("我有三万斤红苕", "红苕", 30_000, "jin"),
        ("冰糖橙 5000斤", "", 5000, "jin"),
        ("5000公斤土豆", "土豆", 5000, "kg"),
        ("有机土豆 800斤，2块一斤", "有机土豆", 800, "jin"),
        ("800斤10斤装的大米", "10斤装的大米", 800, "jin"),
    ],
)
def test_amounts_in_the_box_of_the_product_go_into_their_own(
    browser: Client, typed: str, words: str, quantity: int, unit: str
) -> None:
    price = "" if "块" in typed else "2"
    offer = posted(browser, product=typed, quantity="", unit=unit, price_low=price)
    assert (offer.product_words, offer.quantity, offer.unit) == (words, quantity, unit)
    assert offer.price_low == 2


def test_two_different_quantities_are_asked_about(browser: Client) -> None:
    page = refused(browser, product="我有三万斤土豆", quantity="20000")
    assert "三万斤" in re.findall(r'id="quantity-error">(.*?)</p>', squeezed(page))[0]
    assert shown(page, "product") == "三万斤土豆"
    assert "price_low-error" in refused(browser, product="土豆，3块一斤")
    offer = posted(browser, product="我有三万斤土豆", quantity="30000")
    assert (offer.quantity, offer.title) == (30_000, "石门土豆")


def test_a_word_chosen_for_stays_chosen_when_the_form_comes_back(browser: Client) -> None:
    page = refused(browser, product="地瓜")
    code = re.findall(r'type="radio" value="(\d{7})"', page)[0]
    both = {**PEARS, "product": [code, "地瓜"]}
    page = text(browser.send("/offers/new", {**both, "region": ""}))
    assert shown(page, "product") == "地瓜"
    assert re.findall(r'<input checked[^>]*type="radio" value="(\d{7})"', page)[0] == code
    assert browser.send("/offers/new", both).status_code == 303
    offer = db.session.scalars(select(Offer)).one()
    assert (offer.product_code, offer.title) == (code, "石门地瓜")
    again = browser.send(f"/offers/{offer.id}/edit", {**PEARS, "product": "地瓜"})
    assert (again.status_code, offer.product_code) == (303, code)


def test_a_title_of_ours_is_made_anew_and_one_of_the_owners_stays(browser: Client) -> None:
    offer = posted(browser)
    for title, product, region, then in [
        ("", "土豆", "石门县", "石门土豆"),
        ("石门土豆", "红苕", "澧县", "澧县红苕"),
        ("自家地里的", "红苕", "澧县", "自家地里的"),
        ("自家地里的", "土豆", "石门县", "自家地里的"),
    ]:
        sent = {**PEARS, "title": title, "product": product, "region": region}
        assert browser.send(f"/offers/{offer.id}/edit", sent).status_code == 303
        db.session.expire_all()
        assert offer.title == then


def test_a_refusal_of_an_equal_offer_leads_to_that_offer(browser: Client) -> None:
    offer = posted(browser)
    page = text(browser.send("/offers/new", {**PEARS, "key": "b" * 32}))
    assert re.search(rf'<li><a href="/offers/{offer.id}">您', page)
    draft = browser.send("/offers/new", {**PEARS, "key": "c" * 32, "action": "draft"}).location
    answer = browser.send(f"{draft}/publish", {}, page=draft)
    assert f'<a href="/offers/{offer.id}">您' in text(browser.get(answer.location))


def test_no_field_lets_the_browser_cut_what_is_pasted(browser: Client) -> None:
    assert "maxlength" not in text(browser.get("/offers/new"))
    page = refused(browser, title="好" * 81)
    assert "最多 80 个字，现在是 81 个" in page
    assert "好" * 81 in page
    name = {"name": "名" * 70, "trader_type": "farmer", "region": "石门县", "language": "zh_CN"}
    page = text(browser.send("/me/edit", name))
    assert "要 2 到 40 个字，现在是 70 个" in page
    assert "名" * 70 in page


def test_the_number_to_ring_is_the_offers_own_and_hidden_like_any(
    browser: Client, make_account: Make, log_in: Callable[[Account], Client], client: Client
) -> None:
    assert 'value="138 0000 1234"' in text(browser.get("/offers/new"))
    assert posted(browser, contact_phone="138 0000 1234").contact_phone == ""
    offer = posted(browser, contact_phone="139 0000 5678", quantity="7", key="b" * 32)
    assert offer.contact_phone == "+8613900005678"
    assert 'value="139 0000 5678"' in text(browser.get(f"/offers/{offer.id}/edit"))
    assert 'value="139 0000 5678"' in text(browser.get("/offers/new"))
    buyer = log_in(make_account(name="李老板"))
    for visitor in (client, buyer):
        page = text(visitor.get(f"/offers/{offer.id}"))
        assert "139****5678" in page
        assert "13900005678" not in page
    buyer.send(f"/offers/{offer.id}/phone", {})
    assert "tel:+8613900005678" in text(buyer.get(f"/offers/{offer.id}"))


def test_a_price_for_a_whole_animal_that_is_one_for_a_jin_is_asked_about_once(
    browser: Client,
) -> None:
    pigs = {"product": "生猪", "quantity": "60", "unit": "head", "price_low": "15"}
    page = refused(browser, **pigs, price_unit="")
    assert "price_low" in errors_of(page)
    asked = offer_form(page)[1]["asked"]
    assert posted(browser, **pigs, price_unit="", asked=asked).price_unit == "head"
    # By weight it is no question.
    assert posted(browser, **pigs, price_unit="jin", key="b" * 32).price_low == 15


def test_less_than_one_animal_weighs_is_asked_about_once(browser: Client) -> None:
    pigs = {"product": "生猪", "quantity": "60", "unit": "jin", "price_low": "15", "price_unit": ""}
    page = refused(browser, **pigs)
    assert "quantity" in errors_of(page)
    assert "没写错就再发一次" in page
    # What was answered for one quantity is no answer for another.
    page = refused(browser, **{**pigs, "quantity": "50"}, asked=offer_form(page)[1]["asked"])
    assert posted(browser, **{**pigs, "quantity": "50"}, asked=offer_form(page)[1]["asked"])


def test_a_price_far_from_the_seasons_is_asked_about_once(
    browser: Client, make_account: Make
) -> None:
    for number in range(12):
        sale = make_offer(make_account(), price_low=Decimal(2), price_high=Decimal(3))
        with transaction():
            sale.verification = Verification.VERIFIED
            sale.published_at = datetime(2098, 6, 20, number, tzinfo=UTC)
    answer = browser.send("/offers/new?side=sell", {**PEARS, "price_low": "235"})
    assert "price_low" in errors_of(text(answer))
    asked = offer_form(text(answer))[1]["asked"]
    assert posted(browser, price_low="235", asked=asked).price_low == 235
    # Nor are the usual ones, or a bargain.
    assert posted(browser, price_low="2.35", key="b" * 32).price_low == Decimal("2.35")
    assert posted(browser, price_low="1.2", key="c" * 32).price_low == Decimal("1.2")
    # What stood there before is not asked about again.
    offer = db.session.scalars(select(Offer).where(Offer.price_low == 235)).one()
    edit = f"/offers/{offer.id}/edit"
    _, fields = offer_form(text(browser.get(edit)))
    assert browser.post(edit, data={**fields, "grade": "一级"}).status_code == 303


def test_the_same_offer_twice_is_asked_about_once(browser: Client) -> None:
    posted(browser)
    again = browser.send("/offers/new?side=sell", {**PEARS, "key": "b" * 32})
    assert again.status_code == 200
    fields = offer_form(text(again))[1]
    answer = browser.post("/offers/new?side=sell", data={**fields, "action": "publish"})
    assert answer.status_code == 303
    assert len(db.session.scalars(select(Offer.id)).all()) == 2


def test_a_purchase_is_delivered_unless_somebody_says_otherwise(browser: Client) -> None:
    assert offer_form(text(browser.get("/offers/new?side=buy")))[1]["price_basis"] == "delivered"
    fields = offer_form(text(browser.get("/offers/new?side=sell")))[1]
    assert fields["price_basis"] == "ex_farm"
    switched = browser.post("/offers/new?side=buy", data={**fields, "switch": "buy"})
    assert offer_form(text(switched))[1]["price_basis"] == "delivered"


@pytest.mark.parametrize(("typed", "lot"), [("半吨", 1000), ("两百斤", 200), ("0.05万", 500)])
def test_a_minimum_lot_is_taken_as_it_is_said(browser: Client, typed: str, lot: int) -> None:
    assert posted(browser, min_lot=typed).min_lot == lot


def units_shown(page: str, name: str = "unit") -> list[str]:
    select = re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.DOTALL)
    assert select
    return re.findall(r'<option[^>]* value="(\w+)"', select[0])


def test_a_form_shows_the_units_that_fit_its_product(browser: Client) -> None:
    everything = units_shown(text(browser.get("/offers/new?side=sell")))
    assert {"mu", "head", "jin"} <= set(everything)
    oranges = text(browser.get("/offers/new?side=sell&product=0301014"))
    assert {"jin", "kg", "ton", "box"} <= set(units_shown(oranges))
    assert not {"mu", "head", "litre"} & set(
        units_shown(oranges) + units_shown(oranges, "price_unit")
    )
    # Nobody buys turf by the jin: its own unit stands there.
    turf = text(browser.get("/offers/new?side=sell&product=0804011"))
    assert re.search(r'<option selected value="plant"', turf)


def test_a_unit_that_is_chosen_stays_though_it_does_not_fit(browser: Client) -> None:
    offer = posted(browser, unit="mu", price_unit="mu")
    assert offer.unit == "mu"
    page = text(browser.get(f"/offers/{offer.id}/edit"))
    assert "mu" in units_shown(page)
    assert "head" not in units_shown(page)
    assert re.search(r'<option selected value="mu"', page)
