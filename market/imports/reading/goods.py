"""The goods of a cell, by the reader of the sentence box: one, or several (红薯/马铃薯)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from flask_babel.speaklater import LazyString

from market.imports.reading.amounts import Amount
from market.imports.reading.cells import CellProblem
from market.offers.models import Side
from market.offers.posts import ParsedPost, parse_goods
from market.products.lexicon import ProductLexicon
from market.products.product_text import is_other_name
from market.products.queries import named_products
from market.regions.lexicon import RegionLexicon
from market.text.amounts import find_amounts
from market.text.characters import fold
from market.text.numbers import plain_numerals
from market.text.units import UNITS
from market.web.filters import local_name
from market.web.language import lazy_gettext as _l

MAX_WORDS_LENGTH = 60
# Of several goods with their amounts.
MAX_CELL_LENGTH = 200
# Of a product (seven digits); shorter codes are categories.
_FAMILY_DIGITS, _PRODUCT_DIGITS = 4, 7
_EDGES = " ,，、;；/"
# 鱼（草鱼、鲢鱼）
_IN_BRACKETS = re.compile(r"[^()（）]{1,8}[(（]([^()（）]*[、/,，;；][^()（）]*)[)）]")
_BRACKETS = re.compile(r"[(（].*?[)）]")
_GOODS_LISTED = re.compile(r"[、;；]|/(?=[\u4e00-\u9fff])")
_EACH = re.compile(r"^(?:各|每[种样个品]?|均为?|都是?|分别为?各?)\s*(?:约|有)?\s*")
# Not the comma of 5,000, nor the stroke of 元/斤.
_LISTED = re.compile(rf"[、;；，\n]+|,(?!\d{{3}})|/(?!\s?(?:{UNITS}))|\s+(?=\d)")


@dataclass(frozen=True)
class CellGood:
    """One of the goods of a cell.

    Attributes:
        codes: what it may be: one is sure; none unknown.
        words: the office's own word for it, where that is no name of ours.
        amount: what the cell itself says there is of it.
        is_shared: `amount` is said of several together.
    """

    name: str
    codes: tuple[str, ...]
    words: str = ""
    amount: Amount | None = None
    is_shared: bool = False

    @property
    def code(self) -> str:
        """The product.

        Raises:
            CellProblem: nobody knows it, or it may be several.
        """
        products = [code for code in self.codes if len(code) == _PRODUCT_DIGITS]
        if len(products) == 1 == len(self.codes):
            return products[0]
        names = list(named_products(self.codes).values())
        if len(names) > 1:
            raise CellProblem(
                _l(
                    "“%(word)s” may mean %(names)s: write which.",
                    word=self.name,
                    names=LazyString(lambda: " / ".join(map(local_name, names[:4]))),
                )
            )
        if names:
            raise CellProblem(
                _l("“%(word)s” is a whole group of goods: write which of them.", word=self.name)
            )
        raise CellProblem(
            _l("We don't know the product “%(word)s”: try its common name.", word=self.name)
        )


class GoodsReader:
    """Reads the goods of one sheet; each text once."""

    def __init__(self, products: ProductLexicon, regions: RegionLexicon, today: date) -> None:
        self.products, self.regions, self.today = products, regions, today
        self._read: dict[str, list[CellGood]] = {}

    def read(self, text: str) -> list[CellGood]:
        """The goods that a cell names; one without codes where it names none that is known."""
        if text not in self._read:
            self._read[text] = self._goods(text)
        return self._read[text]

    def narrowed(self, good: CellGood, variety: str) -> CellGood:
        """The good as its variety says more closely: 柑橘 with 温州蜜柑 beside. A variety that is
        of another product leaves both to choose from."""
        found = self.read(variety) if variety else []
        if len(found) != 1 or len(found[0].codes) != 1 or found[0].amount:
            return good
        (code,) = found[0].codes
        if len(code) != _PRODUCT_DIGITS or not good.codes or good.codes == (code,):
            return good
        if any(self._is_kind_of(code, top) for top in good.codes):
            return replace(good, codes=(code,), words=self._words(found[0].name, code))
        is_above = any(self.products.below(own, code) for own in good.codes)
        if is_above or not self.products.has_name(variety):
            return good
        return replace(good, name=f"{good.name} {variety}", codes=(*good.codes, code))

    def _is_kind_of(self, code: str, top: str) -> bool:
        """Whether a product is below another, or of the family that is called like it: 脐橙 are
        柑橘 too."""
        family = named_products([top, top[:_FAMILY_DIGITS]])
        called = len(family) == 2 and family[top].name + "类" == family[top[:_FAMILY_DIGITS]].name
        return self.products.below(code, top[:_FAMILY_DIGITS] if called else top)

    def _goods(self, text: str) -> list[CellGood]:
        codes = self.products.exact("".join(fold(text).split()))
        if codes:
            return [CellGood(text, codes, self._words(text, codes[0]) if len(codes) == 1 else "")]
        if listed := _IN_BRACKETS.fullmatch(text):
            inner = self.read(listed[1])
            if len(inner) > 1 and all(good.codes for good in inner):
                return inner
        posts = parse_goods(text, self.products, self.regions, self.today, Side.SELL)
        found = [self._good(post, text, len(posts) == 1) for post in posts]
        listed_goods = [part.strip() for part in _GOODS_LISTED.split(_BRACKETS.sub("", text))]
        if 1 <= sum(bool(good.codes) for good in found) < len(listed_goods):
            # One that nobody knows is not to be lost beside those that are known.
            return [good for part in filter(None, listed_goods) for good in self.read(part)]
        return [good for good in found if good.codes] or [CellGood(text, ())]

    def _good(self, post: ParsedPost, text: str, is_alone: bool) -> CellGood:
        codes = post.products
        amount = None
        if post.quantity and post.unit:
            amount = Amount(post.quantity, post.unit, _most(text, post.quantity, post.unit))
        # Alone it is called as the cell calls it, without its amount: 优质脐橙.
        name = text if is_alone and amount is None else post.name
        word = name.strip(_EDGES)
        return CellGood(
            name,
            codes,
            self._words(word, codes[0]) if len(codes) == 1 else "",
            amount,
            "quantity" in post.unsure,
        )

    def _words(self, word: str, code: str) -> str:
        named = named_products([code]).get(code)
        is_other = named is not None and is_other_name(word, named.name)
        return word if is_other and len(word) <= MAX_WORDS_LENGTH else ""


def _most(text: str, least: Decimal, unit: str) -> Decimal | None:
    """The other end of a range of goods in a cell; None where it is none."""
    _prices, quantities = find_amounts(plain_numerals(text))
    ends = (q.high for q in quantities if (q.low, q.unit) == (least, unit) and q.high != least)
    return next(ends, None)


def share(text: str, goods: Sequence[CellGood]) -> list[str]:
    """What the text of an amount says of each of several goods: 各5000斤, or as many as there
    are goods (5000斤、3000斤).

    Raises:
        CellProblem: it may be each one's, or of all together.
    """
    if found := _EACH.match(text):
        return [text[found.end() :]] * len(goods)
    listed = [part.strip() for part in _LISTED.split(text) if part.strip()]
    if len(listed) == len(goods):
        return listed
    raise CellProblem(
        _l(
            "%(amount)s of each of these goods, or of all together? Write 各 before it, or one row "
            "for each.",
            amount=text,
        )
    )
