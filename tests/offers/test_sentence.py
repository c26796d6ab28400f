"""An offer posted in one sentence: read, shown, asked about, filled in and published."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from market.accounts.models import Account, Consent
from market.database import db, transaction
from market.offers.filling import fill_form, texts_of
from market.offers.forms import OfferForm
from market.offers.models import Offer, OfferStatus, PriceBasis, Side
from market.offers.sentence import read_sentence
from market.regions.models import Region
from market.text.characters import tidy
from market.web import home_time
from tests.conftest import Client
from tests.offers.pages import errors_of, offer_form, understood
from tests.offers.test_views import text
from tests.quality import sets

Make = Callable[..., Account]
ORANGES = "麻阳冰糖橙8万斤，1块6一斤，统货，果径60以上，电话一三九零零零零一二三四"
POSTS = [row["text"] for row in sets.rows("posts", "open")]


@pytest.fixture
def browser(make_account: Make, log_in: Callable[[Account], Client]) -> Client:
    return log_in(make_account(name="王大伯", phone="+8613800001234"))


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_time, "utcnow", lambda: sets.TODAY)


def filled(browser: Client, sentence: str, side: str = "sell", **typed: str) -> str:
    """The page after the sentence was typed and the button pressed."""
    action, fields = offer_form(text(browser.get(f"/offers/new?side={side}")))
    sent = {**fields, "sentence": sentence, "fill": "0", **typed}
    return text(browser.post(action, data=sent))


def sent(browser: Client, page: str, **typed: str) -> Any:
    """The form of the page as it stands, published."""
    action, fields = offer_form(page)
    return browser.post(action, data={**fields, "action": "publish", **typed})


def offers() -> list[Offer]:
    return list(db.session.scalars(select(Offer).order_by(Offer.id)))


def test_a_sentence_fills_every_field_and_is_published_with_a_second_tap(browser: Client) -> None:
    page = filled(browser, ORANGES)
    assert errors_of(page) == {}
    assert sent(browser, page).status_code == 303
    (offer,) = offers()
    assert (offer.status, offer.side) == (OfferStatus.PUBLISHED, Side.SELL)
    assert (offer.product_code, offer.product_words) == ("0301015", "麻阳冰糖橙")
    assert (offer.quantity, offer.unit) == (80_000, "jin")
    assert (offer.price_low, offer.price_high) == (Decimal("1.6"), Decimal("1.6"))
    assert (offer.price_unit, offer.region_code) == ("jin", "431226")
    assert (offer.grade, offer.contact_phone) == ("统货，果径60以上", "+8613900001234")


def test_what_was_understood_stands_beside_the_words(browser: Client) -> None:
    browser.get("/language/zh-CN")
    rows = dict(understood(filled(browser, ORANGES)))
    assert rows["8万斤"].endswith("80,000 斤")
    assert rows["1块6一斤"].endswith("1.6 元/斤")
    assert rows["电话一三九零零零零一二三四"].endswith("139 0000 1234")
    assert rows["统货 果径60以上"]


def test_the_name_that_a_farmer_gives_the_goods_stays(browser: Client) -> None:
    sent(browser, filled(browser, "石门银峰500斤，80元一斤，明前一芽一叶"))
    (offer,) = offers()
    assert (offer.product_code, offer.product_words) == ("0401002", "石门银峰")
    assert offer.grade == "明前一芽一叶"
    assert offer.title == "石门银峰"


def test_a_purchase_is_filled_in_as_one_and_delivered(browser: Client) -> None:
    page = filled(browser, "求购脐橙20吨，送到长沙，2.2元/斤")
    assert errors_of(page) == {}
    assert "side=buy" in offer_form(page)[0]
    assert sent(browser, page).status_code == 303
    (offer,) = offers()
    assert (offer.side, offer.price_basis) == (Side.BUY, PriceBasis.DELIVERED)
    assert (offer.quantity, offer.unit, offer.price_unit) == (20, "ton", "jin")
    assert offer.place_detail == "长沙市"


def test_what_is_missing_or_unsure_is_asked_at_its_field(browser: Client) -> None:
    assert set(errors_of(filled(browser, "有脐橙卖"))) == {"quantity", "price_low"}
    # 地瓜 is the sweet potato to one and the yam bean to another.
    page = filled(browser, "卖地瓜500斤，1元一斤")
    assert "product" in errors_of(page)
    assert "price_unit" in errors_of(filled(browser, "卖脐橙2吨，2.5元"))


@pytest.mark.parametrize("sentence", ["", "  \u200b", "？？？", "🍊" * 40, "橙" * 5000, "1" * 3000])
def test_a_sentence_that_says_nothing_loses_nothing(browser: Client, sentence: str) -> None:
    page = filled(browser, sentence, product="脐橙", quantity="500", price_low="2")
    fields = offer_form(page)[1]
    assert (fields["product"], fields["quantity"], fields["price_low"])[1:] == ("500", "2")
    assert tidy(sentence) in (fields["sentence"], fields["description"])
    assert offers() == []


def test_a_sentence_that_was_not_filled_in_yet_is_before_anything_is_published(
    browser: Client,
) -> None:
    page = filled(browser, ORANGES)
    _, fields = offer_form(page)
    again = sent(browser, page, sentence="麻阳冰糖橙5万斤，1块8一斤")
    assert again.status_code == 200
    assert offers() == []
    now = offer_form(text(again))[1]
    assert (now["quantity"], now["price_low"]) == ("50000", "1.8")
    # What came from the sentence before goes with it.
    assert (fields["grade"], now["grade"]) == ("统货，果径60以上", "")


def test_filling_in_keeps_what_was_typed_beside_the_sentence(browser: Client) -> None:
    page = filled(
        browser,
        "冰糖橙8万斤，1块6一斤，很甜",
        region="洪江市",
        description="请早上来",
        title="好橙",
    )
    fields = offer_form(page)[1]
    assert (fields["title"], fields["description"]) == ("好橙", "请早上来，很甜")
    assert "洪江" in fields["region"]


def test_several_goods_become_an_offer_each_one_after_the_other(browser: Client) -> None:
    page = filled(browser, "卖50吨大米和30吨稻谷，石门，电话13900001234", price_low="4000")
    assert page.count('name="fill"') == 3
    following = sent(browser, page)
    assert following.status_code == 303
    assert "13900001234" not in following.location
    page = text(browser.get(following.location))
    fields = offer_form(page)[1]
    assert (fields["product"], fields["quantity"], fields["unit"]) == ("稻谷", "30", "ton")
    assert fields["contact_phone"] == "139 0000 1234"
    last = sent(browser, page, price_low="2600")
    rice, paddy = offers()
    assert last.location == f"/offers/{paddy.id}"
    assert [(o.product_code, o.quantity, o.unit) for o in (rice, paddy)] == [
        ("0101007", 50, "ton"),
        ("0101001", 30, "ton"),
    ]
    assert {o.contact_phone for o in (rice, paddy)} == {"+8613900001234"}


def test_any_of_several_goods_can_be_filled_in_first(browser: Client) -> None:
    page = filled(browser, "卖脐橙2万斤1.5元一斤，冰糖橙1万斤2元一斤")
    action, fields = offer_form(page)
    page = text(browser.post(action, data={**fields, "fill": "1"}))
    now = offer_form(page)[1]
    assert (now["product"], now["quantity"], now["price_low"]) == ("冰糖橙", "10000", "2")


def test_what_is_said_of_several_goods_together_is_asked_of_each(browser: Client) -> None:
    page = filled(browser, "卖红薯、土豆、萝卜共5吨，桃源，1元一斤")
    assert "quantity" in errors_of(page)
    assert "quantity" not in errors_of(filled(browser, "卖红薯、土豆、萝卜各5吨，桃源，1元一斤"))


@pytest.mark.parametrize("name", ["title", "description", "grade", "packaging"])
def test_a_number_in_any_text_becomes_the_number_to_ring(browser: Client, name: str) -> None:
    page = filled(browser, "麻阳冰糖橙8万斤，1块6一斤")
    sent(browser, page, **{name: "树上熟，电话：139 0000 5678"})
    (offer,) = offers()
    assert (getattr(offer, name), offer.contact_phone) == ("树上熟", "+8613900005678")


@pytest.mark.parametrize(
    "words", ["李四13900005678", "找老三1 3 9 0 0 0 0 5 6 7 8", "王五139零零零零5678"]
)
def test_a_number_right_behind_a_name_with_a_numeral_is_moved_too(
    browser: Client, words: str
) -> None:
    page = filled(browser, f"麻阳冰糖橙8万斤，1块6一斤，{words}")
    fields = offer_form(page)[1]
    assert fields["contact_phone"] == "139 0000 5678"
    assert fields["description"] == re.split("1", words)[0]


def test_of_two_numbers_one_is_asked_for_and_none_lost(browser: Client) -> None:
    page = filled(browser, ORANGES)
    answer = sent(browser, page, description="或者13700005678")
    assert "description" in errors_of(text(answer))
    assert offer_form(text(answer))[1]["description"] == "或者13700005678"
    assert offers() == []


def test_an_assistant_posts_in_one_sentence_for_a_farmer(
    make_account: Make, log_in: Callable[[Account], Client]
) -> None:
    assistant = make_account("信息员", role="assistant")
    farmer = make_account("李大爷")
    with transaction():
        farmer.phone = farmer.password_hash = None
        farmer.represented_by_id = assistant.id
        db.session.add(Consent(farmer_id=farmer.id, assistant_id=assistant.id, how="signed"))
    browser = log_in(assistant)
    form = f"/offers/new?for={farmer.id}"
    action, fields = offer_form(text(browser.get(form)))
    page = text(browser.post(action, data={**fields, "sentence": ORANGES, "fill": "0"}))
    assert sent(browser, page).status_code == 303
    (offer,) = offers()
    assert (offer.owner_id, offer.posted_by_id) == (farmer.id, assistant.id)


def test_a_link_with_a_sentence_opens_the_form_filled_in(browser: Client) -> None:
    fields = offer_form(text(browser.get("/offers/new?sentence=脐橙500斤，2元一斤")))[1]
    assert (fields["product"], fields["quantity"], fields["price_low"]) == ("脐橙", "500", "2")


def _form(app: Flask, post: str, number: int = 0) -> OfferForm:
    near = db.session.get_one(Region, "430726")
    side = read_sentence(post)[0].side or Side.SELL
    with app.test_request_context():
        empty = OfferForm(side, near, {}, None)
        return fill_form(empty, side, near, {"region": near}, None, post, str(number))


def test_the_form_takes_what_the_sets_of_posts_say(app: Flask, today: None) -> None:
    slips = {text: slip for text in POSTS for slip in _slips(_form(app, text))}
    assert slips == {}


def _slips(form: OfferForm) -> list[str]:
    """Fields of the form that say something else than the sentence was read as."""
    (post, *_), found = form.posts, []
    if len(post.products) == 1 and (
        not form.product.data or form.product.data.code not in post.products
    ):
        found.append(f"product {form.product.data} {form.product.errors}")
    if post.quantity is not None and form.quantity.data != post.quantity:
        found.append(f"quantity {form.quantity.data}")
    if post.unit and form.unit.data != post.unit:
        found.append(f"unit {form.unit.data}")
    low = post.price_low if post.price_low is not None else post.price_high
    if low is not None and form.price_low.data != low:
        found.append(f"price {form.price_low.data}")
    unit = form.price_unit.data or form.unit.data
    if low is not None and post.price_unit and unit != post.price_unit:
        found.append(f"price unit {unit}")
    if post.basis and form.price_basis.data != post.basis:
        found.append(f"basis {form.price_basis.data}")
    if (form.supply_from.data, form.supply_to.data) != (post.supply_from, post.supply_to):
        found.append(f"days {form.supply_from.data} {form.supply_to.data}")
    if post.phone.startswith("+") and form.contact_phone.data.replace(" ", "") != post.phone[3:]:
        found.append(f"phone {form.contact_phone.data}")
    region = form.region.data
    codes = {region.code} if region else {code for code, _ in form.region.options}
    # Of a province which county is asked.
    place = db.session.get(Region, post.region or "")
    is_open = region is None and place is not None and not place.is_leaf
    if place and not is_open and not any(_is_inside(code, place) for code in codes):
        found.append(f"place {region} {form.region._value()} for {post.region}")
    return found


def _is_inside(code: str, place: Region) -> bool:
    return db.session.get_one(Region, code).path.startswith(place.path)


@pytest.mark.parametrize("tail", ["", "🍊，其他都好说 —— 自家种的！"])
def test_nothing_of_a_sentence_is_lost(app: Flask, today: None, tail: str) -> None:
    lost = {text: left for text in POSTS if (left := _lost(app, text + tail))}
    assert lost == {}


def _lost(app: Flask, post: str) -> str:
    """The letters and figures of a post that are in no field and were not understood."""
    places = {place for place, sign in enumerate(post) if sign.isalnum()}
    for number in range(len(read_sentence(post))):
        form = _form(app, post, number)
        texts = " ".join(texts_of(form).get(name, "") for name in KEPT)
        (sentence,) = [form.understood]
        assert sentence is not None
        for mark in sentence.post.marks:
            if mark.field not in ("other", "excluded"):
                places -= set(range(mark.start, mark.end))
        for mark in sentence.into:
            if tidy(post[mark.start : mark.end]) in texts:
                places -= set(range(mark.start, mark.end))
    return "".join(post[place] for place in sorted(places))


KEPT = ("product", "grade", "description", "min_lot", "region")


def test_what_is_as_on_the_last_offer_is_said_with_the_sentence(browser: Client) -> None:
    browser.get("/language/zh-CN")
    sent(browser, filled(browser, "慈利脐橙2吨，2块一斤，电话13900001234"))

    def as_before(sentence: str, **typed: str) -> str:
        page = re.sub(r"<[^>]*>", "", filled(browser, sentence, **typed))
        found = re.search(r"先照以前的填：(.*)", re.sub(r"\s+", " ", page))
        return found[1][:60] if found else ""

    assert "慈利县" in as_before("生姜1500斤，3块5一斤")
    assert "139 0000 1234" in as_before("生姜1500斤，3块5一斤")
    assert "慈利县" not in as_before("桃源生姜1500斤，3块5一斤")
    assert "139 0000 1234" not in as_before("生姜1500斤，3块5一斤，电话13900005678")
    typed = as_before("生姜1500斤，3块5一斤", region="石门县", contact_phone="13900005678")
    assert typed == ""
    assert as_before("桃源生姜1500斤，3块5一斤，电话13900005678") == ""
