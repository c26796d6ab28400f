"""One sentence of a trader (麻阳冰糖橙8万斤，1块6一斤) as the fields of the offer's form.

What no field takes becomes the variety or grade, or stays in the description, in the trader's
own words: each piece of the sentence is shown with where it went.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from market.offers.models import PriceBasis, Side
from market.offers.posts import ParsedPost, parse_goods
from market.offers.posts.parsed import Mark
from market.products.queries import named_products, product_lexicon, resolve_product
from market.products.units import UNITS, comparable
from market.regions.queries import read_address, region_lexicon
from market.text.characters import tidy
from market.text.money import parse_quantity
from market.web.filters import local_name, readable_phone
from market.web.home_time import home_today

# Characters: as many as are read, and of the fields that its rest goes into.
MAX_SENTENCE_LENGTH, MAX_GRADE_LENGTH, MAX_PLACE_LENGTH = 1000, 60, 60
MAX_VARIETY_LENGTH = 6
# What a price is by itself: a seller names it at the farm, a buyer at the door.
USUAL_BASIS = {Side.SELL: PriceBasis.EX_FARM, Side.BUY: PriceBasis.DELIVERED}
# What says how the goods are sorted, how large or of which variety they are.
_GRADE = re.compile(
    r"[统通混][货果装]|[精特优次]品|[精特一二三优][等级选]|[大中小][果号]|[abAB]级|果径|单果|直径|规格"
    r"|\d\s?(?:mm|MM|毫米|cm|厘米|公分|号果|#|度)|[克两斤]以[上下]|[一二两三四]两起|糖度|芽|[一二三]叶"
    r"|品种|[老新]品|纯种|杂交|[一二三四五六七八九]月龄|[公母][的头只]?$"
)
# Below a county, by how such names end: 皂市, 夹山镇栗山村3组.
_TOWN = re.compile(
    r"[^的在种养产卖收发送可有自我们家]{1,30}[镇乡村组社街路道号场屯寨站市区园口湾坪冲垭桥岭山溪河湖洲垸铺坳塘库港城坡圩庄垌坝洞]"
)
_NEGOTIABLE = re.compile(r"面议|面谈|电议|价格?(?:好说|可谈|另议)|议价")
_LOT = re.compile(r"起[批订售卖发走]|起订|最[低少小]|最小起")


@dataclass(frozen=True)
class Piece:
    """A piece of the sentence, and the field of the form that it went into ("" for none)."""

    words: str
    field: str


def read_sentence(text: str, assumed: Side | None = None) -> list[ParsedPost]:
    """What the sentence says, once for each of its goods; never empty.

    Args:
        assumed: the side that its writer chose; its words win where they plainly say another.
    """
    return parse_goods(text, product_lexicon(), region_lexicon(), home_today(), assumed)


def joined(parts: Iterable[str]) -> str:
    """Parts of a text one after the other, with the comma of their script between them."""
    parts = list(parts)
    return (", " if all(map(str.isascii, parts)) else "，").join(parts)


def product_name(post: ParsedPost) -> str:
    """The good of a post for its reader: its product's name, or its own where that is open."""
    named = named_products(post.products[:1]) if len(post.products) == 1 else {}
    return next(map(local_name, named.values()), post.name)


class Sentence:
    """The values that one good of a sentence has for the fields of the form, as texts.

    Attributes:
        values: by name of the form's field.
        chosen: which product (code) the rest of the sentence makes of a word for several.
        pieces: the sentence from its beginning to its end, with the fields it went into.
    """

    def __init__(self, post: ParsedPost, side: Side) -> None:
        self.post = post
        self.values: dict[str, str] = {}
        self.into: dict[Mark, str] = {}
        self.chosen = ""
        self._amounts()
        self._place()
        self._product()
        self._set("price_basis", post.basis or USUAL_BASIS[side].value)
        for name, day in (("supply_from", post.supply_from), ("supply_to", post.supply_to)):
            self._set(name, day.isoformat() if day else None)
        self._set(
            "contact_phone", readable_phone(post.phone) if post.phone[:1] == "+" else post.phone
        )
        self._rest()

    @property
    def pieces(self) -> list[Piece]:
        marks = sorted([*self.post.marks, *self.into], key=lambda mark: mark.start)
        found: list[Piece] = []
        for mark in marks:
            field = self.into.get(mark) or _FIELD_OF.get(mark.field, "")
            words = self.post.text[mark.start : mark.end].strip()
            found.append(Piece(words, field))
        return found

    def _set(self, name: str, value: str | None) -> None:
        if value:
            self.values[name] = value

    def _amounts(self) -> None:
        post = self.post
        self._set("quantity", _plain(post.quantity))
        self._set("unit", post.unit)
        low = post.price_low if post.price_low is not None else post.price_high
        self._set("price_low", _plain(low))
        self._set("price_high", _plain(post.price_high if post.price_high != low else None))
        # The price's unit follows the quantity's.
        if low is not None and post.price_unit != (post.unit or "jin"):
            self._set("price_unit", post.price_unit)

    def _place(self) -> None:
        """The county, with the town that is named right behind it."""
        region = region_lexicon().places.get(self.post.region or "")
        if region is None:
            return
        county, detail = region_lexicon().full_name(region), ""
        marks = [mark for mark in self.post.marks if mark.field == "region"]
        for mark in marks:
            found, below = read_address(self.post.text[mark.start : marks[-1].end])
            if [one.code for one in found] == [region.code] and len(below) <= MAX_PLACE_LENGTH:
                detail = below
                break
        ends = {mark.end for mark in marks}
        for mark in self.post.rest:
            town = self.post.text[mark.start : mark.end]
            if mark.start not in ends or not _TOWN.fullmatch(town):
                continue
            found, below = read_address(county + detail + town)
            if [one.code for one in found] == [region.code] and len(below) <= MAX_PLACE_LENGTH:
                detail, self.into[mark] = below, "region"
        self.values["region"] = county + detail

    def _product(self) -> None:
        """The good as its owner calls it, where that is understood alone; else as we do."""
        post = self.post
        if not post.products:
            return
        found = {product.code for product in resolve_product(post.name)}
        if found >= set(post.products):
            self.values["product"] = post.name
            if len(post.products) == 1 < len(found):
                (self.chosen,) = post.products
            return
        self.values["product"] = named_products(post.products[:1])[post.products[0]].name
        # Its own word stays in the grade.
        for mark in post.marks:
            if mark.field == "product" and post.name != self.values["product"]:
                self.into[mark] = "grade"
                self.values["grade"] = post.name

    def _rest(self) -> None:
        """The rest as minimum lot, grade or description, in its own words."""
        description: list[str] = []
        marks = [*self.post.rest, *(mark for mark in self.post.marks if mark.field == "excluded")]
        for mark in sorted(marks, key=lambda mark: mark.start):
            if mark in self.into:
                continue
            words = tidy(self.post.text[mark.start : mark.end])
            grade = joined(filter(None, [self.values.get("grade"), words]))
            if _NEGOTIABLE.search(words) and "price_low" not in self.values:
                self.values["negotiable"] = "y"
            if self._is_lot(words):
                self.values["min_lot"] = self.into[mark] = words
                self.into[mark] = "min_lot"
            elif mark.field == "rest" and self._is_grade(words) and len(grade) <= MAX_GRADE_LENGTH:
                self.values["grade"], self.into[mark] = grade, "grade"
            else:
                description.append(words)
                self.into[mark] = "description"
        self._set("description", joined(description))

    def _is_grade(self, words: str) -> bool:
        """Whether words sort the goods: 统货, or another name of them, 皇帝椒 of 辣椒."""
        is_name = len(words) <= MAX_VARIETY_LENGTH and words[-1:] == self.post.name[-1:]
        return is_name or bool(_GRADE.search(words))

    def _is_lot(self, words: str) -> bool:
        number, unit = parse_quantity(words) if _LOT.search(words) else (None, "")
        quantity, of = self.post.quantity, self.post.unit or "jin"
        if number is None or "min_lot" in self.values:
            return False
        if quantity is None:
            return bool(unit)
        if unit and not (unit in UNITS and comparable(unit, of)):
            return False
        factor = UNITS[unit].factor / UNITS[of].factor if unit else 1
        return Decimal(number) * Decimal(factor) <= quantity


# Of a mark, the form's field.
_FIELD_OF = {
    "side": "side",
    "product": "product",
    "excluded": "description",
    "quantity": "quantity",
    "price": "price_low",
    "region": "region",
    "period": "supply_from",
    "phone": "contact_phone",
}


def _plain(number: Any) -> str:
    return "" if number is None else f"{number.normalize():f}"
