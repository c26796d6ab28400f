"""What somebody who typed a line is looking for: side, products, place, price, the rest.

Text is understood once, here; the index and the database are asked the same question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from market.offers.customary_units import customary_unit
from market.offers.search.limits import SearchLimits, find_limits
from market.offers.search.negation import Negation, NegationFinder
from market.offers.search.parsed_text import AmbiguousWord, ParsedText, PieceKind, TextPiece
from market.offers.search.side import SIDE_WORDS, SideWord, decide_side
from market.offers.search.stop_words import POLITE
from market.products.lexicon import ProductLexicon
from market.products.ordinary_words import is_word
from market.products.phrase_heads import find_heads
from market.products.segmentation import Token
from market.products.unmatched import reserve_words
from market.regions.lexicon import PlaceMention, RegionLexicon
from market.regions.models import is_within
from market.text.amounts import Price
from market.text.characters import fold, without_ignorable_in_chinese

MAX_TEXT_LENGTH = 200

# One character of these is read so only where a phrase begins or ends.
_SINGLE_COST = 1.7
# A place at home that is written as one goes before the goods of the same letters: Cili is a
# county, cili the pinyin of a fruit.
_NAMED_COST = 0.97
_WHERE = ("from ", "in ", "near ", "around ")


_LIMIT_KINDS = {
    "price": PieceKind.PRICE,
    "quantity": PieceKind.QUANTITY,
    "period": PieceKind.PERIOD,
    "": PieceKind.NUMBER,
}


def parse_text(
    text: str, products: ProductLexicon, regions: RegionLexicon, today: date | None = None
) -> ParsedText:
    """Read `text` with these lexicons. Never raises; what is nowhere known is a word.

    Args:
        today: the local day, from which days are counted; without it none are read.
    """
    plain, places = without_ignorable_in_chinese(text)
    parsed = _parse(plain, products, regions, today, denies=True)
    return _placed(parsed, text, places) if places else parsed


def _placed(parsed: ParsedText, text: str, places: list[int]) -> ParsedText:
    """What was read of the plain text, at the places of `text`, which is as it was typed."""
    pieces, typed = [], {}
    for piece in parsed.pieces:
        start, end = places[piece.start], places[piece.end - 1] + 1
        typed[piece.text] = text[start:end]
        pieces.append(replace(piece, text=text[start:end], start=start, end=end))
    choices = tuple(replace(choice, text=typed[choice.text]) for choice in parsed.choices)
    return replace(parsed, text=text, pieces=tuple(pieces), choices=choices)


def _parse(
    text: str, products: ProductLexicon, regions: RegionLexicon, today: date | None, denies: bool
) -> ParsedText:
    """With `denies` what is not wanted is told apart from what is."""
    folded = fold(text[:MAX_TEXT_LENGTH])
    limits = find_limits(regions.without_numerals(folded), today)
    fixed = {
        start: Token(start, end, "fixed", _LIMIT_KINDS[kind], 0.0)
        for start, end, kind in limits.places
    }
    if denies:
        finder = NegationFinder(
            folded,
            products,
            lambda part: _parse(part, products, regions, None, denies=False),
            lambda part, at: max((m.end for m in regions.mentions(part, at)), default=at),
            {place for token in fixed.values() for place in range(token.start, token.end)},
        )
        for found in finder.find():
            kind = "denied" if found.denies else "polite"
            fixed[found.start] = Token(found.start, found.end, kind, found, 0.0)

    townships: dict[tuple[int, int], str] = {}

    def places(folded: str, start: int) -> Iterator[Token]:
        is_named = _is_named(text, folded, start)
        for mention in regions.mentions(folded, start, is_named):
            townships[mention.start, mention.end] = mention.township
            goes_first = is_named and regions.at_home(mention.codes[0])
            cost = (_NAMED_COST if goes_first else 1.03) - 0.01 * (mention.end - mention.start)
            yield Token(mention.start, mention.end, "region", mention.codes, cost)

    tokens = _joined(products.segment(folded, (places, _speech), fixed))
    heads = find_heads(products, folded, tokens)
    named = {t.start: t.meaning for t in heads}
    tokens = _with_whole_names(tokens, heads)
    if len(tokens) == 1 and tokens[0].kind == "latin" and not named:
        named = {0: products.initials(folded)}
    classes = {
        t.start: products.class_members(folded[t.start]) for t in _alone(folded, tokens, named)
    }
    parsed = _gathered(text, folded, tokens, named, classes, limits, products, regions)
    return replace(parsed, township=_township(parsed, townships, regions))


def _is_named(text: str, folded: str, start: int) -> bool:
    """Whether the Latin word at `start` of the text is written as a name, or as a place."""
    is_proper = text[start].isupper() and text[start + 1 : start + 2].islower()
    return text[start].isascii() and (is_proper or folded[:start].endswith(_WHERE))


def _township(
    parsed: ParsedText, townships: Mapping[tuple[int, int], str], regions: RegionLexicon
) -> str:
    """The code of the one township named in the region meant; "" for none or several."""
    pieces = (p for p in parsed.pieces if p.kind is PieceKind.REGION)
    named = {townships.get((p.start, p.end), "") for p in pieces} - {""}
    inside = [c for c in named if (t := regions.townships.get(c)) and t.county == parsed.region]
    return inside[0] if len(inside) == 1 else ""


def _with_whole_names(tokens: list[Token], heads: list[Token]) -> list[Token]:
    """The tokens with each name whole: 草鱼苗 is cut in two, and names one product."""
    ends = {head.start: head.end for head in heads}
    whole: list[Token] = []
    for token in tokens:
        if not whole or token.start >= whole[-1].end:
            end = ends.get(token.start, 0)
            whole.append(token._replace(end=end) if end > token.end else token)
    return whole


def _alone(text: str, tokens: list[Token], named: Mapping[int, Any]) -> Iterator[Token]:
    """The Chinese words of one character that stand by themselves, where no product is named."""
    if named:
        return
    words = ("word", "unknown", "latin", "number")
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        inside = any(other and other.kind in words for other in (before, after))
        single = token.end - token.start == 1 and token.kind in ("word", "unknown")
        if single and not inside and is_word(text, token.start, token.end):
            yield token


def _gathered(
    text: str,
    folded: str,
    tokens: list[Token],
    named: dict[int, tuple[str, ...]],
    classes: dict[int, tuple[str, ...]],
    limits: SearchLimits,
    products: ProductLexicon,
    regions: RegionLexicon,
) -> ParsedText:
    sides: list[SideWord] = []
    pieces: list[TextPiece] = []
    places: list[tuple[str, ...]] = []
    sure: list[str] = []
    choices: list[AmbiguousWord] = []
    denied: list[Negation] = []
    outer: tuple[int, int, tuple[str, ...]] | None = None
    for token in tokens:
        start, end = token.start, token.end
        codes = named.get(start, ())
        if token.kind == "region":
            outer = start, end, token.meaning
        elif codes and outer and (inner := regions.place_in_name(folded, outer, start, end)):
            places.append(inner)
        if codes and (place := _place_before(folded, token, products, regions)):
            places.append(place.codes)
            pieces.append(TextPiece(PieceKind.REGION, text[start : place.end], start, place.end))
            start = place.end
        if of_class := classes.get(start):
            sure += of_class
            pieces.append(TextPiece(PieceKind.PRODUCT, text[start:end], start, end))
        elif codes:
            if len(codes) == 1 and not (token.kind == "word" and token.meaning.asked):
                sure.append(codes[0])
                pieces.append(TextPiece(PieceKind.PRODUCT, text[start:end], start, end))
            else:
                choices.append(AmbiguousWord(text[start:end], codes))
                pieces.append(TextPiece(PieceKind.CHOICE, text[start:end], start, end))
        elif token.kind == "region" and regions.narrowest_region([*places, token.meaning]):
            places.append(token.meaning)
            pieces.append(TextPiece(PieceKind.REGION, text[start:end], start, end))
        elif token.kind == "side":
            sides.append(token.meaning)
            pieces.append(TextPiece(PieceKind.SIDE, text[start:end], start, end))
        elif token.kind == "denied":
            denied.append(token.meaning)
            pieces.append(TextPiece(PieceKind.NEGATED, text[start:end], start, end))
        elif token.kind == "fixed":
            pieces.append(TextPiece(token.meaning, text[start:end], start, end))
        elif token.kind not in ("gap", "polite"):
            _add_word(pieces, text, start, end)
    if not pieces:
        # Mere talk: better looked for than dropped.
        for token in tokens:
            if token.kind != "gap":
                _add_word(pieces, text, token.start, token.end)
    region = regions.narrowest_region(places)
    price, quantity, period = limits.price, limits.quantity, limits.period
    parsed = ParsedText(
        text=text,
        side=decide_side(folded, sides),
        products=tuple(dict.fromkeys(sure)),
        region=region,
        price_min=price.low if price else None,
        price_max=price.high if price else None,
        price_unit=_price_unit(price, sure) if price else "jin",
        has_price_unit=bool(price and price.unit),
        quantity_min=quantity.low if quantity else None,
        quantity_unit=quantity.unit if quantity else "",
        supply_from=period.first if period else None,
        supply_to=period.last if period else None,
        words=tuple(dict.fromkeys(p.text for p in pieces if p.kind is PieceKind.WORD)),
        choices=tuple(dict.fromkeys(choices)),
        pieces=tuple(pieces),
    )
    return _without_denied(parsed, denied, products, regions) if denied else parsed


def _price_unit(price: Price, products: list[str]) -> str:
    """The unit as said, else what the one product named is customarily priced by: 牛 5000元 is
    for a head."""
    yuan = price.high if price.low is None else price.low
    if price.unit or yuan is None or len(products) != 1:
        return price.unit or "jin"
    return customary_unit(yuan, products[0]) or "jin"


def _without_denied(
    parsed: ParsedText, denied: list[Negation], products: ProductLexicon, regions: RegionLexicon
) -> ParsedText:
    """The text as understood, with what it says is not wanted."""
    names = (PieceKind.PRODUCT, PieceKind.CHOICE)
    wanted = [fold(piece.text) for piece in parsed.pieces if piece.kind in names]
    denied = [
        _consistent(one, list(parsed.named), parsed.region, products, regions) for one in denied
    ]
    by_start = {one.start: one for one in denied}
    excluded = tuple(dict.fromkeys(code for one in denied for code in one.products))
    return replace(
        parsed,
        # Of 虾 不要小龙虾, where the noun stands for each kind, the others are left.
        products=tuple(
            code
            for code in parsed.products
            if not any(products.below(code, top) for top in excluded)
        ),
        excluded=excluded,
        excluded_regions=tuple(dict.fromkeys(one.region for one in denied if one.region)),
        excluded_words=tuple(one.words for one in denied if one.words and one.words not in wanted),
        pieces=tuple(
            replace(piece, excluded=by_start[piece.start].codes)
            if piece.start in by_start
            else piece
            for piece in parsed.pieces
        ),
    )


def _consistent(
    denied: Negation,
    wanted: list[str],
    region: str | None,
    products: ProductLexicon,
    regions: RegionLexicon,
) -> Negation:
    """What is denied, as far as it doesn't take away all that is wanted: 脐橙 不要湖南脐橙 denies
    the place, 不要湖南脐橙 alone the fruit."""
    codes = denied.products
    if wanted and all(any(products.below(code, top) for top in codes) for code in wanted):
        codes = ()
    place = denied.region if not codes else None
    if place and region and is_within(regions.places[region].path, regions.places[place].path):
        place = None
    # 苹果 不要秦脆 denies a kind that the tree has not: then what titles say decides.
    words = denied.words if denied.products and not codes and not place else ""
    return replace(denied, products=codes, region=place, words=words)


def _add_word(pieces: list[TextPiece], text: str, start: int, end: int) -> None:
    """Another piece of what is left, or more of the one that ends where it starts."""
    last = pieces[-1] if pieces else None
    if last and last.kind is PieceKind.WORD and last.end == start:
        start = pieces.pop().start
    pieces.append(TextPiece(PieceKind.WORD, text[start:end], start, end))


def _joined(tokens: list[Token]) -> list[Token]:
    """Without talk of one character inside a word nobody knows: 配送 is no 送, 收获 no 收; and
    with what denies a property (不打药) in the word for it."""
    joined: list[Token] = []
    for token, after in zip(tokens, [*tokens, None][1:], strict=True):
        if token.meaning is _DENIES and after and after.kind in ("word", "unknown", "latin"):
            token = token._replace(kind="unknown")
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
    if token.kind != "word" or token.meaning.name:
        return None
    for mention in regions.mentions(folded, token.start)[::-1]:
        rest = products.exact(folded[mention.end : token.end].strip())
        if folded[mention.end : mention.end + 1] == " ":
            behind = products.words(folded, mention.end + 1)
            rest = next((t.meaning.codes for t in behind if t.end == token.end), ())
        if mention.end == token.end or len(mention.codes) > 1 or not rest:
            continue
        is_province = regions.places[mention.codes[0]].level == 0
        if regions.at_home(mention.codes[0]) or (is_province and rest == token.meaning.codes):
            return mention
    return None


_SPEECH: dict[str, SideWord | None] = dict.fromkeys(POLITE) | SIDE_WORDS
# A product can't be called what says a side or is mere talk.
reserve_words(_SPEECH)
_DENYING = ("不", "没", "没有")
_DENIES = object()
_LENGTHS = {
    first: sorted({len(word) for word in _SPEECH if word[0] == first})
    for first in {word[0] for word in _SPEECH}
}


def _speech(text: str, start: int) -> Iterator[Token]:
    """Side words and polite ones that begin at `start`."""
    latin = text[start].isascii()
    if latin and start and text[start - 1].isascii() and text[start - 1].isalnum():
        return
    for length in _LENGTHS.get(text[start], ()):
        end = start + length
        word = text[start:end]
        if word not in _SPEECH or end > len(text):
            continue
        if latin and end < len(text) and text[end].isascii() and text[end].isalnum():
            continue
        meaning = _DENIES if word in _DENYING else _SPEECH[word]
        cost = _SINGLE_COST if end - start == 1 and not latin else 1.04 - 0.01 * (end - start)
        kind = "side" if isinstance(meaning, SideWord) else "polite"
        yield Token(start, end, kind, meaning, cost)
