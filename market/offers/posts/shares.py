"""What a post says of each of its goods, where it names several, and what is left of its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

from market.offers.models import Side
from market.offers.posts.goods import CLAUSE_ENDS, Good
from market.offers.search import stop_words
from market.text.amounts import Price, Quantity

_Amount = TypeVar("_Amount", Price, Quantity)
Span = tuple[int, int]


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Say of each of several goods that it is so much: 各5吨.
_EACH = re.compile(r"(?:各|每[种样个]|都是?|分别)[有是约出要各]?\s?$")
# Join two goods, or a value to what is before it, and say nothing else.
_JOINING = _set(
    "和 与 及 跟 还有 另有 另外 另外还有 另外有 此外 此外还有 同时还有"
    " 以及 也有 或 或者 还 另 都有 各 各有 and or of from at for in to"
)
# Say whose side one is on, and that the goods are there; in English also with who it is.
_VERBS = {
    Side.SELL: stop_words.SELL | stop_words.HAS | _set("有 出 现有 我有 我家有 我卖 have has"),
    Side.BUY: stop_words.BUY | stop_words.WANTS,
}
_WHO = re.compile(
    r"^(?:(?:we|i)(?:'m|'re|'d| am| are)?|our \w+|am|are)\s+(?:like\s+|would like\s+)?(?=\w)"
)
# Lead a field's value, right before or behind it.
_LEADING = {
    "region": _set("在 来自 产自 产地 位于 地址 送到 送往 送至 发到 发往 运到 到 至"),
    "quantity": _set("数量 共 约 大约 大概 总共 一共 共有 约有 现有 有"),
    "price": _set("价格 单价 价 价钱 要价 报价 出价 收购价"),
    "period": _set("从 自 时间 日期 供货期 供应期 卖 供应 上市 from available ready")
    | frozenset(
        f"{so}{can}{do}"
        for so in ("", "就", "都", "也")
        for can in ("可", "可以", "能", "有", "开始")
        for do in ("货", "现货", "发货", "装车", "出货", "提货", "交货", "供货", "发", "装", "拉")
    ),
    "phone": _set("电话 联系电话 手机 联系 联系方式 手机号 tel phone call"),
}
_PIECES = re.compile(r"[^\n,，。;；:：、!！?？]+")
_LIST_SIGNS = re.compile(
    r"^[\s,，、。;；:：!！?？/.·~()（）\[\]【】\-—]+"
    r"|[\s,，、。;；:：!！?？/.·~(（\[【\-—]+$"
)
_EDGES = re.compile(r"^[\s/.·~\-—☎📞📱]+|[\s/.·~\-—☎📞📱]+$")
_BRACKETS = {"(": ")", "（": "）", "[": "]", "【": "】"}
# Behind a place, and nothing more than that it is one: 沅江的, 云南省那边的.
_OF_PLACE = re.compile(
    r"(?:(?:[这那]?一带|[这那][边里儿]|本地|当地|境内|附近|周边|周围|地区|这边)?(?:出?产|种|养)?的"
    r"|[这那]?一带|[这那][边里儿]|本地|当地|境内|附近|周边|周围|地区|产|城里?)(?=$|\s)"
)


def separate_goods(goods: Sequence[Good]) -> list[Good]:
    """The goods that become offers of their own; sorts of one are priced together."""
    found: dict[tuple[str, ...], Good] = {}
    for good in goods:
        found.setdefault(good.codes, good)
    return list(found.values())


def amounts_of(n: int, found: Sequence[_Amount], goods: Sequence[Good]) -> Sequence[_Amount]:
    """The amounts of the `n`-th of several goods: before its name where each has one right there
    (50吨大米和30吨稻谷), else behind it up to the next name; else those of the next good that
    has any (脐橙、椪柑各5吨), else all."""
    if len(goods) < 2:
        return found
    if all(any(0 <= good.start - one.end <= 1 for one in found) for good in goods):
        return [one for one in found if 0 <= goods[n].start - one.end <= 1]
    starts = [
        *(good.start for good in goods[1:]),
        max(one.end for one in found) + 1 if found else 0,
    ]
    behind = [
        [one for one in found if good.end <= one.start < start]
        for good, start in zip(goods, starts, strict=True)
    ]
    before = [one for one in found if one.end <= goods[0].start]
    if n == 0 and not behind[0] and before:
        return before
    following = next((own for own in behind[n:] if own), [])
    return following or (found if not any(behind) else [])


def is_shared(text: str, quantity: Quantity, others: Iterable[Quantity | None]) -> bool:
    """Whether the quantity is said of other goods too, and not of each."""
    return quantity in others and not _EACH.search(text, 0, quantity.start)


def parts_of(text: str, goods: Sequence[Good], amounts: Sequence[Sequence[Span]]) -> list[Span]:
    """The part of a post that speaks of each of its goods alone.

    Args:
        amounts: where those of each good stand.
    """
    starts = []
    for good, own in zip(goods, amounts, strict=True):
        leading = [start for start, end in own if 0 <= good.start - end <= 1]
        starts.append(min([good.start, *leading]))
    last = max([goods[-1].end, *(end for _, end in amounts[-1])])
    end = CLAUSE_ENDS.search(text, last)
    return list(zip(starts, [*starts[1:], end.start() if end else len(text)], strict=True))


def words_of(text: str, used: Sequence[tuple[str, int, int]]) -> tuple[str, ...]:
    """What lies between the parts used, clause by clause."""
    left = list(text)
    for _, start, end in used:
        left[start:end] = ["\n"] * (end - start)
    parts = re.split(r"[\n,，。;；!！?？]+", "".join(left))
    stripped = [_LIST_SIGNS.sub("", part) for part in parts]
    return tuple(part for part in stripped if part)


def rest_of(
    text: str, used: Sequence[tuple[str, int, int]], side: Side | None
) -> tuple[list[Span], list[tuple[str, int, int]]]:
    """(the pieces of a post that no field takes, those that only lead a field with its name).

    Args:
        used: (field, start, end) of what fields take.
    """
    left = list(text)
    for _, start, end in used:
        left[start:end] = "\n" * (end - start)
    rest: list[Span] = []
    led: list[tuple[str, int, int]] = []
    ends = {(field, end) for field, _, end in used}
    for piece in _PIECES.finditer("".join(left)):
        words = _without_edges(piece[0])
        start = piece.start() + piece[0].find(words)
        end = start + len(words)
        if (joint := _OF_PLACE.match(words)) and ("region", start) in ends:
            led.append(("joining", start, start + joint.end()))
            words = _without_edges(words[joint.end() :])
            start = end - len(words)
        if not words:
            continue
        if field := _led_field(text, words.lower(), start, end, used, side):
            led.append((field, start, end))
        else:
            rest.append((start, end))
    return rest, led


def _without_edges(words: str) -> str:
    """Words without the signs around them, nor half a bracket or a pair around all of them."""
    while True:
        before, words = words, _EDGES.sub("", words)
        for opening, closing in _BRACKETS.items():
            is_even = words.count(opening) == words.count(closing)
            is_around = words.find(closing) == len(words) - 1
            if words.startswith(opening) and (not is_even or is_around):
                words = words[1:]
            if words.endswith(closing) and words.count(opening) < words.count(closing):
                words = words[:-1]
            if words.startswith(closing) or words.endswith(opening):
                words = words.strip(opening + closing)
        if words == before:
            return words


def _led_field(
    text: str,
    words: str,
    start: int,
    end: int,
    used: Sequence[tuple[str, int, int]],
    side: Side | None,
) -> str:
    """The field that a piece of the post only leads, or "" where it says something itself."""
    if side is not None and _WHO.sub("", words) in _VERBS[side]:
        return "side"
    if words in _JOINING:
        return "joining"
    for field, first, last in used:
        beside = first - end if first >= end else start - last
        between = text[end:first] if first >= end else text[last:start]
        if beside <= 2 and not between.strip(" :：") and words in _LEADING.get(field, ()):
            return field
    return ""
