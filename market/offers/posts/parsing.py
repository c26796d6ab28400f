"""Reads what a post says, field by field, into a ParsedPost."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import starmap

from market.offers.models import Side
from market.offers.posts import places, prices, shares, terms
from market.offers.posts.goods import Good, denied_kinds, find_goods, without_tails
from market.offers.posts.parsed import Mark, ParsedPost
from market.offers.posts.periods import choose_period
from market.offers.posts.phones import e164, labelled
from market.offers.posts.places import PlaceName
from market.offers.posts.plain import BLANKS, GOOD, PERIOD, PHONE, PRICE, blank, is_free, with_stops
from market.offers.posts.side import CERTAIN, hear_side
from market.offers.posts.talk import talk
from market.offers.search import stop_words
from market.offers.search.negation import NegationFinder
from market.products.lexicon import ProductLexicon
from market.products.segmentation import Token, segment
from market.regions.lexicon import RegionLexicon
from market.text.amounts import UNKNOWN_UNIT, Price, Quantity, find_amounts
from market.text.characters import fold, without_ignorable_in_chinese
from market.text.periods import TextPeriod, find_periods
from market.text.phones import Phone, find_phones

# What is longer is read up to here; the rest is kept as words.
MAX_TEXT_LENGTH = 1000
_MASKED = re.compile(r"(?<![\d*])1[3-9]\d[\d*\s-]{2,10}\*[\d*\s-]*\d{2,4}(?!\d)")
# Deny what the goods are or hold, not what is wanted: 不用化肥, 没有农药.
_PROPERTY = re.compile(r"不含|不带|不加|不放|不掺|不用|不吃|没|无|别|勿")
# The goods that there are no more.
_GONE = re.compile(
    r"(?:^|(?<=[,，。;；!！?？\n\s]))(?P<what>[^,，。;；!！?？\n\s]{1,12}?)"
    r"(?:(?<!有)没有了?|没货了?|卖完了?|卖光了?|断货了?|不要问|勿问|没了)(?=$"
    r"|[,，。;；!！?？\n\s])"
)


def parse_post(
    text: str, products: ProductLexicon, regions: RegionLexicon, today: date
) -> ParsedPost:
    """Read a post with these lexicons. Never raises; what is nowhere known is a word.

    Args:
        today: the local day that 8月初 and 下月 are counted from.
    """
    return _in_text(text, lambda plain: [_Reader(plain, products, regions, today).read()])[0]


def parse_goods(
    text: str,
    products: ProductLexicon,
    regions: RegionLexicon,
    today: date,
    assumed: Side | None = None,
) -> list[ParsedPost]:
    """Read a post as `parse_post` does, once for each of its goods, in their order.

    Args:
        assumed: the side that it is on unless its words plainly say the other one.

    What is said of no good alone (side, place, days, phone) stands in each. A quantity or price
    said for several together is each one's, and the quantity then among `unsure`.
    """
    return _in_text(
        text, lambda plain: _Reader(plain, products, regions, today, assumed).read_each()
    )


def _in_text(text: str, read: Callable[[str], list[ParsedPost]]) -> list[ParsedPost]:
    """What `read` reads in `text` without what shows nothing, with its places in `text`."""
    plain, places = without_ignorable_in_chinese(text)
    posts = read(plain)
    if places:
        posts = [
            replace(post, marks=_moved(post.marks, places), rest=_moved(post.rest, places))
            for post in posts
        ]
    return [replace(post, text=text) for post in posts]


def _moved(marks: Sequence[Mark], places: Sequence[int]) -> tuple[Mark, ...]:
    return tuple(Mark(mark.field, places[mark.start], places[mark.end]) for mark in marks)


@dataclass(frozen=True)
class _Part:
    """A part of a post, for what it denies: see negation.Reading."""

    named: tuple[str, ...]
    region: str | None = None
    side: Side | None = None


class _Reader:
    """One post; `used` are the parts that a field has."""

    def __init__(
        self,
        text: str,
        products: ProductLexicon,
        regions: RegionLexicon,
        today: date,
        assumed: Side | None = None,
    ) -> None:
        self.text, self.assumed = text, assumed
        self.folded = fold(with_stops(text[:MAX_TEXT_LENGTH]))
        self.products, self.regions, self.today = products, regions, today
        self.phones = find_phones(self.folded)
        plain = regions.without_numerals(self.folded)
        masked = [match.span() for match in _MASKED.finditer(plain)]
        for start, end in [*_spans(self.phones), *masked]:
            plain = blank(plain, start, end, PHONE)
        self.masked = masked
        periods = find_periods(plain, today)
        self.periods: list[TextPeriod] = [p for p in periods if not self._begins_a_name(p)]
        for period in self.periods:
            plain = blank(plain, period.start, period.end, PERIOD)
        self.dayless = plain
        found, quantities = find_amounts(plain)
        found += prices.mere_numbers(plain, found, quantities)
        found.sort(key=lambda price: price.start)
        self.prices: list[Price] = [p for p in found if is_free(plain, p)]
        self.quantities: list[Quantity] = [
            q for q in quantities if is_free(plain, q) and not self._begins_a_name(q)
        ]
        for price in self.prices:
            # 收购价 and 要价 in front of it tell the side.
            figure = prices.figure_start(plain, price)
            plain = blank(plain, figure, price.end, PRICE)
        self.plain = plain
        self._find()

    def read(self) -> ParsedPost:
        """The post by its first good, with the products of all."""
        post = self._read_good(0)
        codes = tuple(dict.fromkeys(c for good in self.goods for c in good.codes))
        is_open = any(len(good.codes) > 1 for good in self.goods)
        unsure = [*post.unsure, *(["products"] if is_open else [])]
        return replace(post, products=codes, unsure=tuple(dict.fromkeys(unsure)))

    def read_each(self) -> list[ParsedPost]:
        return [self._read_good(n) for n in range(len(self.amounts))]

    def _find(self) -> None:
        """Find the goods, what is denied, and the amounts of each good."""
        self.excluded, self.denied = self._excluded()
        self.tokens, self.goods = self._goods(self.denied)
        self.excluded += denied_kinds(self.denied_words, self.folded, self.goods, self.products)
        self.separate = shares.separate_goods(self.goods)
        self.speech = self._speech(self.goods)
        self.amounts = [self._amounts(n) for n in range(max(1, len(self.separate)))]

    def _amounts(self, n: int) -> tuple[Quantity | None, Price | None]:
        """What there is of the `n`-th good, and what it costs."""
        good = self.separate[n] if self.separate else None
        code = good.codes[0] if good else ""
        own = shares.amounts_of(n, self.prices, self.separate)
        price = prices.choose_price(self.folded, self.dayless, own, self.speech, code)
        quantities = shares.amounts_of(n, self.quantities, self.separate)
        quantity = terms.choose_quantity(self.folded, quantities, code, price)
        if quantity is None and good:
            quantity = terms.counted_animals(self.folded, good.start, code)
        if price:
            price = prices.for_one(self.dayless, price, quantity, quantities)
        return quantity, price

    def _read_good(self, n: int) -> ParsedPost:
        quantity, price = self.amounts[n]
        good = self.separate[n] if self.separate else None
        codes = good.codes if good else ()
        price_unit, ask_unit = "", False
        if price:
            price_unit, ask_unit = prices.price_unit(price, quantity, codes[0] if codes else "")
            ask_unit |= prices.is_maybe_sum(self.dayless, price, self.quantities)
        side, is_unsure = self._side()
        names = places.find_names(self.folded, self.plain, self.tokens, self.products, self.regions)
        region, used_names = places.choose_place(self.folded, names, side, self.regions)
        period = choose_period(self.folded, self.periods)
        phone = e164(self.phones[0]) if self.phones else ""
        others = [amounts[0] for amounts in self.amounts[:n] + self.amounts[n + 1 :]]
        unsure = {
            "side": is_unsure,
            "products": len(codes) != 1,
            "quantity": quantity is not None and shares.is_shared(self.folded, quantity, others),
            "unit": quantity is not None and quantity.unit == UNKNOWN_UNIT,
            "price_unit": ask_unit,
            "phone": bool(self.phones) and not phone.startswith("+"),
        }
        post = ParsedPost(
            text=self.text,
            side=side,
            products=codes,
            excluded=tuple(c for c in self.excluded if not self._holds(c, codes)),
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
            unsure=tuple(name for name, asked in unsure.items() if asked),
        )
        return self._with_words(post, n, used_names, period)

    def _side(self) -> tuple[Side | None, bool]:
        """Whose side the post is on, by what is said of its first good; whether to ask."""
        quantity, price = self.amounts[0]
        capped = price is not None and price.low is None
        heard = hear_side(self.speech, price is not None, quantity is not None, capped)
        if self.assumed is None or (heard.is_plain and heard.side is not None):
            return heard.side, heard.side is None
        doubted = heard.side not in (None, self.assumed) and heard.by_words >= CERTAIN
        return self.assumed, heard.side is None or doubted

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
            {n for n, sign in enumerate(self.plain) if sign in BLANKS},
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
        sources = (partial(places.mentioned, self.regions), talk)
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

    def _holds(self, code: str, wanted: tuple[str, ...]) -> bool:
        """Whether something wanted is below: no ordinary 鸡 is wanted, 土鸡 are."""
        return any(self.products.below(one, code) for one in wanted)

    def _speech(self, goods: list[Good]) -> str:
        """The text for the side: amounts and products are only shown to be there."""
        plain = self.plain
        for quantity in self.quantities:
            plain = blank(plain, quantity.start, quantity.end, "9")
        for good in goods:
            plain = blank(plain, good.start, good.end, GOOD)
        return plain

    def _with_words(
        self, post: ParsedPost, n: int, names: list[PlaceName], period: TextPeriod | None
    ) -> ParsedPost:
        """`post` with its marks, and the words that no field takes."""
        quantity, price = self.amounts[n]
        marks = [("excluded", *span) for span in self.denied]
        marks += [("region", name.start, name.end) for name in names if not name.named_after]
        found = {"quantity": quantity, "price": price, "period": period}
        marks += [(field, one.start, one.end) for field, one in found.items() if one is not None]
        if self.phones:
            phone = self.phones[0]
            marks.append(("phone", *labelled(self.folded, phone)))
        verbs = {Side.SELL: stop_words.SELL, Side.BUY: stop_words.BUY, None: frozenset()}
        marks += [
            ("side", token.start, token.end)
            for token in self.tokens
            if token.kind == "talk" and self.folded[token.start : token.end] in verbs[post.side]
        ]
        # A variety or a word of the region says more than the product's name.
        named = {t.start for t in self.tokens if t.kind == "word" and t.meaning.name}
        plainly = [g for g in self.goods if len(g.codes) == 1 and g.start in named]
        words = shares.words_of(
            self.text, [*marks, *(("product", good.start, good.end) for good in plainly)]
        )
        name = ""
        if self.separate:
            good = self.separate[n]
            name = self.text[good.start : good.end]
            amounts = [[(one.start, one.end) for one in pair if one] for pair in self.amounts]
            parts = shares.parts_of(self.folded, self.separate, amounts)
            marks.append(("product", good.start, good.end))
            marks += [("other", *part) for part in parts[:n] + parts[n + 1 :] if len(parts) > 1]
        # Of a range the form takes one end: the words stay too.
        ranged = quantity is not None and quantity.low != quantity.high
        used = [mark for mark in marks if not (ranged and mark[0] == "quantity")]
        rest, led = shares.rest_of(self.text, used, post.side)
        ordered = sorted([*marks, *led], key=lambda mark: (mark[1], mark[2]))
        return replace(
            post,
            words=words,
            name=name,
            rest=tuple(Mark("rest", *span) for span in rest),
            marks=tuple(starmap(Mark, ordered)),
        )


def _is_doubtful(tokens: list[Token], good: Good) -> bool:
    """Whether a short name may be the end of a longer one that is misspelt: 猕候|桃."""
    return any(t.kind == "unknown" and t.end == good.start for t in tokens)


def _spans(found: Sequence[Phone | Price | Quantity | TextPeriod]) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in found]


def _amount(quantity: Quantity | None) -> Decimal | None:
    if quantity is None:
        return None
    return quantity.high if quantity.low is None else quantity.low
