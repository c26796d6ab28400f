"""The goods of a post: what it names as traded, and nothing it only speaks of.

A name in a description of how something was raised, in the name of a firm or a field, or in
what is made of the goods is no good of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from market.products.lexicon import ProductLexicon
from market.products.segmentation import Token

CLAUSE_ENDS = re.compile(r"[,，。;；!！?？\n]")
# A name right behind one of these is spoken of.
_SPOKEN_BEFORE = re.compile(
    r"(?:吃|喂|喝|饲喂|放养?在|长在|拌|闻|像|好像|如同|似|比|赛过|替代|代替|间作|套种|轮作|兼种"
    r"|施|浇|撒|泡|煮|炖|酿|熬|榨"
    r"|制作|加工成|加工|做成|磨成|打成|用来做|可以?做|能做|用来|可以?炒|可|适合|送|赠送?|配|搭配"
    r"|换|改种|种过|以前种|除了种"
    r"|不是|没有|不含|一股|有股|一样|带着?|靠|用的是|用|全是|都是用|拉|装过|运|旁边是|旁边|隔壁"
    r"|包|掺|加|含|防|治|杀|驱|除"
    r"|(?:做|腌|炒|榨|酿|煮|炖|泡|熬|烤|涮|烧)[的着]?)$"
)
# ... or right before one of these.
_SPOKEN_AFTER = re.compile(
    r"(?:喂养?|饲养|长大|喂大|养大|地里|[田地林园](?:里|间|边|下|头|套|散养|放养|养|生态|改|种)"
    r"|树下|树林|草地|[专]用"
    r"|之乡|大县|节(?!瓜)|协会|文化|[味香](?:浓|足|道|儿|$)|一样|一般|般|似的|大小(?!均)|那么大"
    r"|粕喂|杆|秆喂|加工(?:厂|企业)"
    r"|[厂店馆](?!家)|种植(?:户|大户|合作社|专业)|养殖(?:户|大户|场|合作社|专业)|专业合作|合作社"
    r"|公司|批发市场|市场|大棚|[园场棚塘](?!艺|地|口|头|边价)"
    r"|经纪|商行|经营部|行情|价格?(?:上涨|下跌)|收割|秸秆|经销|贩子|老板|书记|兄弟|哥|姐)"
)
# Of the place where the goods are from: they are the good where the post names no other.
_BASE_AFTER = re.compile(
    r"(?:种植|养殖|生产|产业|示范|繁育|育苗)?(?:基地|专业合作社|合作社|种植户|养殖户|种植大户"
    r"|养殖大户|园|场|大棚|产区|产地|农户)"
)
_ALSO = re.compile(
    r"(?:另外|另|还有|还|同时|以及|并|也有|也|兼|顺便|外加|和|与|及|跟|、|再|或|或者"
    r"|其他的?)(?:有|出|卖|售|出售|供应|收|求购"
    r"|收购|要|一?批|少量|大量|一些|一点|点|还有|些|新鲜|优质|本地)*$"
)


@dataclass(frozen=True)
class Good:
    """A good at its place in the text. `codes`: several where it has to be asked."""

    start: int
    end: int
    codes: tuple[str, ...]


def find_goods(
    text: str,
    heads: Sequence[Token],
    amounts: Sequence[tuple[int, int]],
    lexicon: ProductLexicon,
) -> list[Good]:
    """The goods of a folded post, in its order.

    Args:
        heads: the products that it names, of phrases.
        amounts: where its quantities and prices stand.
    """
    ends = [0, *(match.end() for match in CLAUSE_ENDS.finditer(text)), len(text) + 1]
    clauses = {head.start: max(e for e in ends if e <= head.start) for head in heads}
    scored = [(head, _weight(text, head, clauses[head.start], amounts)) for head in heads]
    best = max((weight for _, weight in scored), default=0)
    if best <= -2:
        return []
    floor = 0 if best >= 0 else best
    goods: list[Good] = []
    last_clause = -1
    last_weight = 0
    for head, weight in scored:
        clause = clauses[head.start]
        if weight < floor:
            continue
        codes: tuple[str, ...] = head.meaning
        if goods:
            first = goods[-1]
            narrower = any(lexicon.below(c, o) and c != o for c in codes for o in first.codes)
            wider = any(lexicon.below(o, c) for c in codes for o in first.codes)
            if narrower and len(codes) == 1:
                goods[-1] = Good(first.start, first.end, codes)
                continue
            if wider:
                continue
            listed = _is_listed(text, goods[-1].end, head.start, amounts)
            own = _has_amount(text, head, ends, amounts)
            also = _ALSO.search(text[clause : head.start])
            if not (listed or also or (own and weight >= 1)):
                continue
            if listed and clause != last_clause and last_weight > 1 and not own:
                continue
        goods.append(Good(head.start, head.end, codes))
        last_clause, last_weight = clause, weight
    return goods


def _weight(text: str, head: Token, clause: int, amounts: Sequence[tuple[int, int]]) -> int:
    before, after = text[clause : head.start], text[head.end : head.end + 12]
    weight = 1
    if _SPOKEN_BEFORE.search(before):
        weight -= 3
    if _BASE_AFTER.match(after):
        weight -= 2
    elif _SPOKEN_AFTER.match(after):
        weight -= 4
    if not before.strip() or any(start - head.end in range(4) for start, _ in amounts):
        weight += 1
    return weight


def _is_listed(text: str, left: int, right: int, amounts: Sequence[tuple[int, int]]) -> bool:
    """Whether only separators, words that join, and amounts stand between two names."""
    between = list(text[left:right])
    for start, end in amounts:
        if left <= start and end <= right:
            between[start - left : end - left] = " " * (end - start)
    return (
        re.fullmatch(
            r"(?:[\s、,，/和与及跟或+&;；.。]|还有|以及|各|另有|另外|等|and|or)*", "".join(between)
        )
        is not None
    )


def _has_amount(
    text: str, head: Token, ends: Sequence[int], amounts: Sequence[tuple[int, int]]
) -> bool:
    """Whether a quantity or price stands in the clause of the name, behind it."""
    end = min(e for e in ends if e > head.start)
    return any(head.end <= start < end for start, _ in amounts)
