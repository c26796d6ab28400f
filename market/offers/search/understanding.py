"""What somebody who typed a line is looking for: side, products, place, price, the rest.

Text is understood once, here; the index and the database are asked the same question.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from market.offers.models import Side
from market.offers.search.stop_words import BUY, POLITE, SELL
from market.products.lexicon import ProductLexicon
from market.products.phrase_heads import find_heads
from market.products.segmentation import Token
from market.regions.lexicon import PlaceMention, RegionLexicon
from market.text.amounts import UNKNOWN_UNIT, Price, find_prices, find_quantities
from market.text.characters import fold

MAX_TEXT_LENGTH = 200

# A price given without a limit means this much around it.
AROUND = Decimal("0.1")

# One character of these is read so only where a phrase begins or ends.
_SINGLE_COST = 1.7


class PieceKind(enum.StrEnum):
    SIDE = "side"
    PRODUCT = "product"
    CHOICE = "choice"
    REGION = "region"
    PRICE = "price"
    QUANTITY = "quantity"
    WORD = "word"
    NEGATED = "negated"


# What is not wanted, as far as it goes on. 要不要 asks, and denies nothing. The search can't leave
# out yet; what it must never do is to look for just that.
NEGATION = re.compile(
    r"(?:(?<!要)不要(?!求)|(?<!收)不收|(?<!买)不买|(?<!卖)不卖|(?<!求)不求|(?<!是)不是|不需要|不想要|别要|不包括"
    r"|除了|除开|除去|\b(?:except(?:\s+for)?|excluding|without|but\s+not|not|no)\b(?!\.|\s*\d))"
    r"\s*(?P<what>[^\s,，.。;；、!！?？]*?(?=要|求|收购|只|以外|之外|都|但)(?:以外的?|之外的?|都)?"
    r"|[^\s,，。;；、!！?？]*)"
)


@dataclass(frozen=True)
class TextPiece:
    """A part of the text as typed, by place in it."""

    kind: PieceKind
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class AmbiguousWord:
    """An ambiguous word and the products it may mean."""

    text: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class ParsedText:
    """A text as understood.

    Attributes:
        products: codes of those that are sure, of products or categories; any of them.
        price_min, price_max: yuan per `price_unit`, as typed.
        words: what is left.
        choices: ambiguous words, to be asked.
    """

    text: str
    side: Side | None = None
    products: tuple[str, ...] = ()
    region: str | None = None
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    price_unit: str = "jin"
    words: tuple[str, ...] = ()
    choices: tuple[AmbiguousWord, ...] = ()
    pieces: tuple[TextPiece, ...] = ()

    def without(self, piece: TextPiece) -> str:
        """The text without the piece."""
        return " ".join(f"{self.text[: piece.start]} {self.text[piece.end :]}".split())


def parse_text(text: str, products: ProductLexicon, regions: RegionLexicon) -> ParsedText:
    """Read `text` with these lexicons. Never raises; what is nowhere known is a word."""
    folded = fold(text[:MAX_TEXT_LENGTH])
    fixed: dict[int, Token] = {}
    price: Price | None = None
    for one in find_prices(folded):
        # Yuan for a basket of no known size say nothing of yuan for a jin.
        known = one.unit != UNKNOWN_UNIT and price is None
        kind = PieceKind.PRICE if known else PieceKind.QUANTITY
        fixed[one.start] = Token(one.start, one.end, "fixed", kind, 0.0)
        price = _around(one) if known else price
    for quantity in find_quantities(folded):
        start, end = quantity.start, quantity.end
        if not any(t.start < end and start < t.end for t in fixed.values()):
            fixed[start] = Token(start, end, "fixed", PieceKind.QUANTITY, 0.0)

    for found in NEGATION.finditer(folded):
        inside = {
            at: t for at, t in fixed.items() if t.start < found.end() and found.start() < t.end
        }
        if not inside:
            start, end = found.span()
            fixed[start] = Token(start, end, "fixed", PieceKind.NEGATED, 0.0)

    def places(text: str, start: int) -> Iterator[Token]:
        for mention in regions.mentions(text, start):
            cost = 1.03 - 0.01 * (mention.end - mention.start)
            yield Token(mention.start, mention.end, "region", mention.codes, cost)

    tokens = _joined(products.segment(folded, (places, _speech), fixed))
    named = {t.start: t.meaning for t in find_heads(products, folded, tokens)}
    if len(tokens) == 1 and tokens[0].kind == "latin" and not named:
        named = {0: products.initials(folded)}
    classes = {t.start: products.class_members(folded[t.start]) for t in _alone(tokens, named)}
    return _gathered(text, folded, tokens, named, classes, price, products, regions)


def _around(price: Price) -> Price:
    """The price with what lies around it, where one alone is said."""
    if price.low is None or price.low != price.high:
        return price
    return replace(price, low=price.low * (1 - AROUND), high=price.low * (1 + AROUND))


def _alone(tokens: list[Token], named: Mapping[int, Any]) -> Iterator[Token]:
    """The Chinese words of one character that stand by themselves, where no product is named."""
    if named:
        return
    words = ("word", "unknown", "latin", "number")
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        inside = any(other and other.kind in words for other in (before, after))
        single = token.end - token.start == 1 and token.kind in ("word", "unknown")
        if single and not inside:
            yield token


def _gathered(
    text: str,
    folded: str,
    tokens: list[Token],
    named: dict[int, tuple[str, ...]],
    classes: dict[int, tuple[str, ...]],
    price: Price | None,
    products: ProductLexicon,
    regions: RegionLexicon,
) -> ParsedText:
    side: Side | None = None
    pieces: list[TextPiece] = []
    places: list[tuple[str, ...]] = []
    sure: list[str] = []
    choices: list[AmbiguousWord] = []
    for token in tokens:
        start, end = token.start, token.end
        codes = named.get(start, ())
        if codes and (place := _place_before(folded, token, products, regions)):
            places.append(place.codes)
            pieces.append(TextPiece(PieceKind.REGION, text[start : place.end], start, place.end))
            start = place.end
        if of_class := classes.get(start):
            sure += of_class
            pieces.append(TextPiece(PieceKind.PRODUCT, text[start:end], start, end))
        elif codes:
            if len(codes) == 1:
                sure.append(codes[0])
                pieces.append(TextPiece(PieceKind.PRODUCT, text[start:end], start, end))
            else:
                choices.append(AmbiguousWord(text[start:end], codes))
                pieces.append(TextPiece(PieceKind.CHOICE, text[start:end], start, end))
        elif token.kind == "region" and regions.narrowest_region([*places, token.meaning]):
            places.append(token.meaning)
            pieces.append(TextPiece(PieceKind.REGION, text[start:end], start, end))
        elif token.kind == "side":
            side = side or token.meaning
            pieces.append(TextPiece(PieceKind.SIDE, text[start:end], start, end))
        elif token.kind == "fixed":
            pieces.append(TextPiece(token.meaning, text[start:end], start, end))
        elif token.kind not in ("gap", "polite"):
            _add_word(pieces, text, start, end)
    if not pieces:
        # Mere talk: better looked for than dropped.
        for token in tokens:
            if token.kind != "gap":
                _add_word(pieces, text, token.start, token.end)
    return ParsedText(
        text=text,
        side=side,
        products=tuple(dict.fromkeys(sure)),
        region=regions.narrowest_region(places),
        price_min=price.low if price else None,
        price_max=price.high if price else None,
        price_unit=(price.unit if price else "") or "jin",
        words=tuple(dict.fromkeys(p.text for p in pieces if p.kind is PieceKind.WORD)),
        choices=tuple(dict.fromkeys(choices)),
        pieces=tuple(pieces),
    )


def _add_word(pieces: list[TextPiece], text: str, start: int, end: int) -> None:
    """Another piece of what is left, or more of the one that ends where it starts."""
    last = pieces[-1] if pieces else None
    if last and last.kind is PieceKind.WORD and last.end == start:
        start = pieces.pop().start
    pieces.append(TextPiece(PieceKind.WORD, text[start:end], start, end))


def _joined(tokens: list[Token]) -> list[Token]:
    """Without talk of one character inside a word nobody knows: 配送 is no 送, 收获 no 收."""
    joined: list[Token] = []
    for token, after in zip(tokens, [*tokens, None][1:], strict=True):
        before = joined[-1].kind if joined else "gap"
        if token.kind in ("side", "polite") and token.end - token.start == 1:
            inside = before == "unknown" or (
                before == "word" and after is not None and after.kind == "unknown"
            )
            token = token._replace(kind="unknown") if inside else token
        joined.append(token)
    return joined


def _place_before(
    folded: str, token: Token, products: ProductLexicon, regions: RegionLexicon
) -> PlaceMention | None:
    """The home place that an alias begins with, when a product's name follows: 麻阳冰糖橙.

    The names of products keep theirs (东安鸡), and so do aliases from elsewhere (阳山水蜜桃).
    """
    if token.kind != "word" or token.meaning.name or folded[token.start].isascii():
        return None
    for mention in regions.mentions(folded, token.start)[::-1]:
        at_home = len(mention.codes) == 1 and regions.at_home(mention.codes[0])
        if at_home and mention.end < token.end and products.exact(folded[mention.end : token.end]):
            return mention
    return None


_SPEECH: dict[str, Side | None] = (
    dict.fromkeys(POLITE) | dict.fromkeys(BUY, Side.BUY) | dict.fromkeys(SELL, Side.SELL)
)
_LONGEST = max(map(len, _SPEECH))


def _speech(text: str, start: int) -> Iterator[Token]:
    """Side words and polite ones that begin at `start`."""
    latin = text[start].isascii()
    if latin and start and text[start - 1].isascii() and text[start - 1].isalnum():
        return
    for end in range(start + 1, min(start + _LONGEST, len(text)) + 1):
        word = text[start:end]
        if word not in _SPEECH:
            continue
        if latin and end < len(text) and text[end].isascii() and text[end].isalnum():
            continue
        side = _SPEECH[word]
        cost = _SINGLE_COST if end - start == 1 and not latin else 1.04 - 0.01 * (end - start)
        yield Token(start, end, "side" if side else "polite", side, cost)
