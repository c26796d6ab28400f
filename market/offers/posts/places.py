"""The place of a post: where the goods are that are sold, where they go that are bought."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from market.offers.models import Side
from market.offers.posts.talk import WORDS
from market.offers.posts.terms import after_slip
from market.products.lexicon import ProductLexicon
from market.products.segmentation import Token
from market.regions.lexicon import RegionLexicon

_GOES_TO = re.compile(
    r"(?:发往|发到|发至|运往|运到|运至|送到|送往|送至|送货到|送货至|交到|卖到|卖往|销往|销到"
    r"|出口到?|拉到|到货地[:：]?|交货地[点:：]*"
    r"|收货地[址点:：]*|交货[:：]?|收货[:：]?|到|至|往|直达|可达|可送|包送|可发|送|发|去"
    r"|\b(?:delivered|delivery|shipped|to))\s*$"
)
_ARRIVES_AFTER = re.compile(r"\s*(?:交货|收货|到货|卸货|到岸|到厂|提货点|落地)")
_GOES_AFTER = re.compile(r"\s*(?:来的?(?:老板|客商)|客户|客商|老板|市场价|行情|人|口味|话)")
_ORIGIN = re.compile(
    r"(?:产自|来自|产地(?:是|在|为)?[:：]?|基地(?:在|位于|设在)?[:：]?|位于|地址[:：]?|坐落"
    r"|发货地[:：]?|货在|地点[:：]?|我在|我们在|家住|人在"
    r"|在|从|坐标[:：]?|家在|地处)\s*$"
)
_FAME = re.compile(
    r"(?:正宗|类似|号称|品种(?:来自|是)?|引进(?:自)?|引自|比|像|原产(?:于"
    r"|地)?)\s*$"
)
_LONE = re.compile(
    r"(?:^|(?<=[,，。;；!！?？\n\s]))[\u4e00-\u9fff]{2,4}(?=$"
    r"|[,，。;；!！?？\n\s])"
)


@dataclass(frozen=True)
class PlaceName:
    """A place's name in a post: the codes it may mean; `named_after` inside a product's name."""

    start: int
    end: int
    codes: tuple[str, ...]
    named_after: bool = False


# Names of places that are words for what is near.
NEAR_BY = frozenset(("市区", "城区", "郊区", "矿区", "县城", "城关"))


def mentioned(regions: RegionLexicon, text: str, start: int) -> Iterator[Token]:
    """The places that are named at `start` of a folded post."""
    for mention in regions.mentions(text, start):
        if text[start : mention.end] in NEAR_BY:
            continue
        # Rather than a short word in it: posts say where, queries seldom.
        cost = (1.03 if text[start].isascii() else 0.9) - 0.01 * (mention.end - mention.start)
        yield Token(mention.start, mention.end, "region", mention.codes, cost)


def find_names(
    text: str,
    plain: str,
    tokens: Sequence[Token],
    products: ProductLexicon,
    regions: RegionLexicon,
) -> list[PlaceName]:
    """The names of places in a folded post, also at the beginning of products' names.

    Args:
        plain: the post with what is read already blanked.
        tokens: the post cut into words.
    """
    found = list(_names(text, tokens, products, regions))
    return found or list(_lone_names(plain, products, regions))


def _names(
    text: str, tokens: Sequence[Token], products: ProductLexicon, regions: RegionLexicon
) -> Iterator[PlaceName]:
    outer: tuple[int, int, tuple[str, ...]] | None = None
    for token in tokens:
        start, end = token.start, token.end
        if token.kind == "region":
            outer = start, end, token.meaning
            yield PlaceName(*outer)
        elif outer and (inner := regions.place_in_name(text, outer, start, end)):
            yield PlaceName(start, start, inner)
        elif token.kind == "word" and end - start > 3 and not token.meaning.name:
            for mention in regions.mentions(text, start)[::-1]:
                rest = text[mention.end : end]
                if len(rest) > 1 and products.exact(rest):
                    yield PlaceName(start, mention.end, mention.codes, named_after=True)
                    break


def _lone_names(
    plain: str, products: ProductLexicon, regions: RegionLexicon
) -> Iterator[PlaceName]:
    """Clauses that are the name of a place, though also everyday words: 中宁, 永福."""
    for match in _LONE.finditer(plain):
        word = match[0]
        if word in WORDS or products.knows(word):
            continue
        codes = regions.resolve(word, leaves_only=False)
        if len(codes) == 1:
            yield PlaceName(*match.span(), codes)


def choose_place(
    text: str, names: Sequence[PlaceName], side: Side | None, regions: RegionLexicon
) -> tuple[str | None, list[PlaceName]]:
    """(code, the names that it takes) of a folded post's place; None where it says none."""
    groups = _groups(text, names)
    slip = after_slip(text)
    best: tuple[float, str, list[PlaceName]] | None = None
    for n, group in enumerate(groups):
        code = regions.narrowest_region([name.codes for name in group])
        if code is None:
            continue
        weight = _weight(text, group, side) - 0.01 * n
        weight += group[0].start >= slip > 0
        if best is None or weight > best[0]:
            best = (weight, code, group)
    if best is None or best[0] <= -2:
        return None, []
    return best[1], best[2]


def _groups(text: str, names: Sequence[PlaceName]) -> list[list[PlaceName]]:
    """Names that stand together: 湖南省怀化市 麻阳县."""
    groups: list[list[PlaceName]] = []
    for name in names:
        joined = groups and re.fullmatch(
            r"[\s·・,，.\-—/]*(?:省|市|县|区|州)?[\s·・]*", text[groups[-1][-1].end : name.start]
        )
        if joined and name.named_after == groups[-1][-1].named_after:
            groups[-1].append(name)
        else:
            groups.append([name])
    return groups


def _weight(text: str, group: list[PlaceName], side: Side | None) -> float:
    before, after = text[max(0, group[0].start - 10) : group[0].start], text[group[-1].end :][:8]
    goes = bool(_GOES_TO.search(before) or _ARRIVES_AFTER.match(after))
    weight = 1.0
    if goes:
        weight += 2 if side is Side.BUY else -4
    elif _ORIGIN.search(before):
        weight += 1 if side is not Side.BUY else 0.5
    if _GOES_AFTER.match(after) or _FAME.search(before):
        weight -= 2
    if group[0].named_after:
        weight -= 1
    elif len(group) > 1 or group[-1].end - group[0].start > 3:
        # With its province, or in full.
        weight += 0.3
    return weight
