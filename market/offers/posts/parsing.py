"""Reads what a post says, field by field, into a ParsedPost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from market.offers.models import Side
from market.offers.posts import prices, terms
from market.offers.posts.goods import Good, denied_kinds, find_goods, without_tails
from market.offers.posts.parsed import ParsedPost
from market.offers.posts.periods import choose_period
from market.offers.posts.places import NEAR_BY, PlaceName, choose_place
from market.offers.posts.side import decide_side
from market.offers.posts.talk import WORDS, talk
from market.offers.search import stop_words
from market.offers.search.negation import NegationFinder
from market.products.lexicon import ProductLexicon
from market.products.segmentation import Token, segment
from market.regions.lexicon import RegionLexicon
from market.text.amounts import UNKNOWN_UNIT, Price, Quantity, find_amounts
from market.text.characters import fold, without_ignorable_in_chinese
from market.text.periods import TextPeriod, find_periods
from market.text.phones import Phone, find_phones
from market.text.units import OTHER_UNITS, UNITS

# What is longer is read up to here; the rest is kept as words.
MAX_TEXT_LENGTH = 1000
# Stand for what is read already.
PRICE, PHONE, GOOD, PERIOD = "\x01\x02\x03\x04"
_BLANKS = (PRICE, PHONE, PERIOD)
_COMMA = re.compile(r"((?<![\d.块元毛角])\d{1,4}，\d{1,2}(?=[元块]))|，")
_SLASH = re.compile(rf"/(?!\s?(?:{UNITS}|{OTHER_UNITS}))")
_MASKED = re.compile(r"(?<![\d*])1[3-9]\d[\d*\s-]{2,10}\*[\d*\s-]*\d{2,4}(?!\d)")
_PHONE_LABEL = re.compile(
    r"(?:联系)?(?:电话|手机|热线|微信)(?:号码?|同号)?(?:是|为)?[:：]?\s*$|[☎📞📱]\s*$"
    r"|\btel[:.]?\s*$"
)
# Deny what the goods are or hold, not what is wanted: 不用化肥, 没有农药.
_PROPERTY = re.compile(r"不含|不带|不加|不放|不掺|不用|不吃|没|无|别|勿")
# The goods that there are no more.
_GONE = re.compile(
    r"(?:^|(?<=[,，。;；!！?？\n\s]))(?P<what>[^,，。;；!！?？\n\s]{1,12}?)"
    r"(?:(?<!有)没有了?|没货了?|卖完了?|卖光了?|断货了?|不要问|勿问|没了)(?=$"
    r"|[,，。;；!！?？\n\s])"
)
_LONE = re.compile(
    r"(?:^|(?<=[,，。;；!！?？\n\s]))[\u4e00-\u9fff]{2,4}(?=$"
    r"|[,，。;；!！?？\n\s])"
)
_LIST_SIGNS = re.compile(
    r"^[\s,，、。;；:：!！?？/.·~()（）\[\]【】\-—]+"
    r"|[\s,，、。;；:：!！?？/.·~(（\[【\-—]+$"
)


def parse_post(
    text: str, products: ProductLexicon, regions: RegionLexicon, today: date
) -> ParsedPost:
    """Read a post with these lexicons. Never raises; what is nowhere known is a word.

    Args:
        today: the local day that 8月初 and 下月 are counted from.
    """
    plain, _places = without_ignorable_in_chinese(text)
    return replace(_Reader(plain, products, regions, today).read(), text=text)


@dataclass(frozen=True)
class _Part:
    """A part of a post, for what it denies: see negation.Reading."""

    named: tuple[str, ...]
    region: str | None = None
    side: Side | None = None


class _Reader:
    """One post; `used` are the parts that a field has."""

    def __init__(
        self, text: str, products: ProductLexicon, regions: RegionLexicon, today: date
    ) -> None:
        self.text = text
        self.folded = fold(_with_stops(text[:MAX_TEXT_LENGTH]))
        self.products, self.regions, self.today = products, regions, today
        self.phones = find_phones(self.folded)
        plain = regions.without_numerals(self.folded)
        masked = [match.span() for match in _MASKED.finditer(plain)]
        for start, end in [*_spans(self.phones), *masked]:
            plain = _blank(plain, start, end, PHONE)
        self.masked = masked
        periods = find_periods(plain, today)
        self.periods: list[TextPeriod] = [p for p in periods if not self._begins_a_name(p)]
        for period in self.periods:
            plain = _blank(plain, period.start, period.end, PERIOD)
        self.dayless = plain
        found, quantities = find_amounts(plain)
        found += prices.mere_numbers(plain, found, quantities)
        found.sort(key=lambda price: price.start)
        self.prices: list[Price] = [p for p in found if _is_free(plain, p)]
        self.quantities: list[Quantity] = [
            q for q in quantities if _is_free(plain, q) and not self._begins_a_name(q)
        ]
        for price in self.prices:
            # 收购价 and 要价 in front of it tell the side.
            figure = prices.figure_start(plain, price)
            plain = _blank(plain, figure, price.end, PRICE)
        self.plain = plain

    def read(self) -> ParsedPost:
        excluded, denied = self._excluded()
        tokens, goods = self._goods(denied)
        excluded += denied_kinds(self.denied_words, self.folded, goods, self.products)
        codes = tuple(dict.fromkeys(c for good in goods for c in good.codes))
        code = codes[0] if codes else ""
        shown = self._speech(goods)
        # Sorts of one good are priced together.
        apart = [good for good in goods if good is goods[0] or good.codes != goods[0].codes]
        names_at = [good.start for good in apart], [good.end for good in apart]
        own = terms.of_first(self.prices, *names_at)
        price = prices.choose_price(self.folded, self.dayless, own, shown, code)
        quantities = terms.of_first(self.quantities, *names_at)
        quantity = terms.choose_quantity(self.folded, quantities, code, price)
        if quantity is None and goods:
            quantity = terms.counted_animals(self.folded, goods[0].start, code)
        price_unit, ask_unit = "", False
        if price:
            price_unit, ask_unit = prices.price_unit(price, quantity, code)
        capped = price is not None and price.low is None
        side = decide_side(self._speech(goods), price is not None, quantity is not None, capped)
        names = [
            PlaceName(t.start, t.end, t.meaning, t.kind == "named")
            for t in self._place_tokens(tokens)
        ]
        names = names or list(self._lone_places())
        region, used_names = choose_place(self.folded, names, side, self.regions)
        period = choose_period(self.folded, self.periods)
        phone = _e164(self.phones[0]) if self.phones else ""
        unsure = {
            "side": side is None,
            "products": not goods or any(len(good.codes) > 1 for good in goods),
            "unit": quantity is not None and quantity.unit == UNKNOWN_UNIT,
            "price_unit": ask_unit,
            "phone": bool(self.phones) and not phone.startswith("+"),
        }
        # A variety or a word of the region says more than the product's name.
        named = {t.start for t in tokens if t.kind == "word" and t.meaning.name}
        verbs = {Side.SELL: stop_words.SELL, Side.BUY: stop_words.BUY, None: frozenset()}[side]
        side_words = [
            (t.start, t.end)
            for t in tokens
            if t.kind == "talk" and self.folded[t.start : t.end] in verbs
        ]
        used = self._spans_used(
            goods, quantity, price, used_names, period, denied, named, side_words
        )
        return ParsedPost(
            text=self.text,
            side=side,
            products=codes,
            excluded=tuple(c for c in excluded if not self._holds(c, codes)),
            quantity=_amount(quantity),
            unit=quantity.unit.replace(UNKNOWN_UNIT, "") if quantity else "",
            price_low=price.low if price else None,
            price_high=price.high if price else None,
            price_unit=price_unit,
            basis=terms.find_basis(self.dayless, price, side),
            region=region,
            supply_from=period.first if period else None,
            supply_to=period.last if period else None,
            phone=phone,
            words=self._words(used),
            unsure=tuple(name for name, asked in unsure.items() if asked),
        )

    def _begins_a_name(self, one: Quantity | TextPeriod) -> bool:
        """三台 is a county, and no three machines, 九粒白 a bean and 八月瓜 a fruit."""
        mentions = self.regions.mentions(self.folded, one.start)
        words = self.products.words(self.folded, one.start)
        return any(mention.end >= one.end for mention in mentions) or any(
            token.end >= one.end and bool(token.meaning.codes) for token in words
        )

    def _excluded(self) -> tuple[list[str], list[tuple[int, int]]]:
        """Codes of what is not wanted, and where the text denies a product."""
        finder = NegationFinder(
            self.folded,
            self.products,
            self._part,
            lambda part, at: max((m.end for m in self.regions.mentions(part, at)), default=at),
            {n for n, sign in enumerate(self.plain) if sign in _BLANKS},
        )
        gone = _GONE.finditer(self.plain)
        self.gone = [match.span("what" if match["what"] else "not") for match in gone]
        found = [one for one in finder.find() if one.denies]
        self.denied_words = [one.words for one in found if not one.products and one.words]
        denials = [one for one in found if one.products]
        wanted = [one for one in denials if not _PROPERTY.match(self.folded, one.start)]
        codes = dict.fromkeys(code for one in wanted for code in one.products)
        return list(codes), [(one.start, one.end) for one in denials]

    def _part(self, text: str) -> _Part:
        """What a part of the text names."""
        found = self.products.find_products(text)
        return _Part(tuple(code for token in found for code in token.meaning))

    def _goods(self, denied: list[tuple[int, int]]) -> tuple[list[Token], list[Good]]:
        """The words of the post and its goods. Slips of writing are only looked for, and what
        follows a name only passed over, where nothing is named otherwise."""
        fixed = self._fixed(denied)
        sources = (self._places, talk)
        amounts = _spans(self.prices) + _spans(self.quantities)
        amounts += prices.behind_words(self.folded)
        tokens = segment(self.folded, (self.products.words, *sources), fixed)
        goods = find_goods(self.folded, tokens, amounts, self.gone, self.products)
        if not goods and self.gone:
            self.gone = []
            goods = find_goods(self.folded, tokens, amounts, self.gone, self.products)
        if not goods or _is_doubtful(tokens, goods[0]):
            corrected = self.products.segment(self.folded, sources, fixed)
            found = find_goods(self.folded, corrected, amounts, self.gone, self.products)
            if found and (not goods or self._is_closer(found[0], goods[0])):
                tokens, goods = corrected, found
        if not goods:
            relaxed = without_tails(tokens)
            goods = find_goods(self.folded, relaxed, amounts, self.gone, self.products)
        return tokens, goods

    def _is_closer(self, found: Good, good: Good) -> bool:
        """Whether a mended name is rather meant: 猕候|桃, 红副士|苹果, yet not 秋延|黄瓜."""
        below = all(any(self.products.below(c, o) for o in good.codes) for c in found.codes)
        return below or good.end - good.start == 1

    def _fixed(self, denied: list[tuple[int, int]]) -> dict[int, Token]:
        fixed: dict[int, Token] = {}
        spans = [
            *_spans(self.phones),
            *self.masked,
            *denied,
            *_spans(self.prices),
            *_spans(self.periods),
            *_spans(self.quantities),
        ]
        last: list[tuple[int, int]] = []
        for start, end in spans:
            if start < end and not any(s < end and start < e for s, e in last):
                fixed[start] = Token(start, end, "fixed", None, 0.0)
                last.append((start, end))
        return fixed

    def _places(self, text: str, start: int) -> Iterator[Token]:
        for mention in self.regions.mentions(text, start):
            if text[start : mention.end] in NEAR_BY:
                continue
            # Rather than a short word in it: posts say where, queries seldom.
            cost = (1.03 if text[start].isascii() else 0.9) - 0.01 * (mention.end - mention.start)
            yield Token(mention.start, mention.end, "region", mention.codes, cost)

    def _place_tokens(self, tokens: list[Token]) -> Iterator[Token]:
        """The places that the text names, also at the beginning of products' names."""
        outer: tuple[int, int, tuple[str, ...]] | None = None
        for token in tokens:
            start, end = token.start, token.end
            if token.kind == "region":
                outer = start, end, token.meaning
                yield token
            elif outer and (inner := self.regions.place_in_name(self.folded, outer, start, end)):
                yield Token(start, start, "region", inner, 0.0)
            elif token.kind == "word" and token.end - token.start > 3 and not token.meaning.name:
                for mention in self.regions.mentions(self.folded, token.start)[::-1]:
                    rest = self.folded[mention.end : token.end]
                    if len(rest) > 1 and self.products.exact(rest):
                        yield Token(mention.start, mention.end, "named", mention.codes, 0.0)
                        break

    def _holds(self, code: str, wanted: tuple[str, ...]) -> bool:
        """Whether something wanted is below: no ordinary 鸡 is wanted, 土鸡 are."""
        return any(self.products.below(one, code) for one in wanted)

    def _lone_places(self) -> Iterator[PlaceName]:
        """Clauses that are the name of a place, though also everyday words: 中宁, 永福."""
        for match in _LONE.finditer(self.plain):
            word = match[0]
            if word in WORDS or self.products.knows(word):
                continue
            codes = self.regions.resolve(word, leaves_only=False)
            if len(codes) == 1:
                yield PlaceName(*match.span(), codes)

    def _speech(self, goods: list[Good]) -> str:
        """The text for the side: amounts and products are only shown to be there."""
        plain = self.plain
        for quantity in self.quantities:
            plain = _blank(plain, quantity.start, quantity.end, "9")
        for good in goods:
            plain = _blank(plain, good.start, good.end, GOOD)
        return plain

    def _spans_used(
        self,
        goods: list[Good],
        quantity: Quantity | None,
        price: Price | None,
        names: list[PlaceName],
        period: TextPeriod | None,
        denied: list[tuple[int, int]],
        named: set[int],
        side_words: list[tuple[int, int]],
    ) -> list[tuple[int, int]]:
        used = [(one.start, one.end) for one in (quantity, price, period) if one is not None]
        used += [(name.start, name.end) for name in names if not name.named_after]
        used += denied
        used += side_words
        if self.phones:
            phone = self.phones[0]
            label = _PHONE_LABEL.search(self.folded[: phone.start])
            used.append((label.start() if label else phone.start, phone.end))
        for good in goods:
            if len(good.codes) == 1 and good.start in named:
                used.append((good.start, good.end))
        return sorted(used)

    def _words(self, used: list[tuple[int, int]]) -> tuple[str, ...]:
        """What lies between, clause by clause."""
        left = list(self.text)
        for start, end in used:
            left[start:end] = ["\n"] * (end - start)
        parts = re.split(r"[\n,，。;；!！?？]+", "".join(left))
        stripped = [_LIST_SIGNS.sub("", part) for part in parts]
        return tuple(part for part in stripped if part)


def _is_doubtful(tokens: list[Token], good: Good) -> bool:
    """Whether a short name may be the end of a longer one that is misspelt: 猕候|桃."""
    return any(t.kind == "unknown" and t.end == good.start for t in tokens)


def _spans(found: Sequence[Phone | Price | Quantity | TextPeriod]) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in found]


def _with_stops(text: str) -> str:
    """A post with its full-width commas as stops, where they are no decimal point, and the
    slashes that set its parts apart: 11块8，9斤; 大蒜/杞县/2.7元/30吨."""
    text = _COMMA.sub(lambda found: found[1] or "；", text)
    return _SLASH.sub(";", text) if len(_SLASH.findall(text)) > 2 else text


def _is_free(text: str, one: Price | Quantity) -> bool:
    """Whether it has nothing of what is read already."""
    return not any(sign in text[one.start : one.end] for sign in _BLANKS)


def _blank(text: str, start: int, end: int, sign: str) -> str:
    return text[:start] + sign * (end - start) + text[end:]


def _amount(quantity: Quantity | None) -> Decimal | None:
    if quantity is None:
        return None
    return quantity.high if quantity.low is None else quantity.low


def _e164(phone: Phone) -> str:
    number = phone.number
    if len(number) < 10:
        return number
    return f"+86{number.removeprefix('0')}"
