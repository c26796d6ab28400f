"""Which of a post's periods is when the goods are supplied or wanted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from market.text.periods import TextPeriod

_OTHER = re.compile(
    r"(?:成立于?|建于|创办于?|始建于?|注册于?|创建于?|去年|前年|举办|召开|展会|博览会|交易会"
    r"|对接会|庙会|种植于|栽种于|播种|生于|出生)[^\s,，。;；]{0,4}$"
)
_OTHER_AFTER = re.compile(
    r"[^\s,，。;；]{0,4}?(?:成立|创办|建成|注册|举办|召开|展会|博览会|交易会|对接会|开幕|播种"
    r"|栽种|栽的"
    r"|种的|种下|下种|定植|建的|办的|起步)"
)
_SUPPLY = re.compile(
    r"(?:上市|采收|采摘|开园|交货|要货|出栏|供货|发货|成熟|下树|到货|供应|收购|开挖|开采|装车"
    r"|起捕|出塘|开始|截止|需要|收获|出圃)"
)


# 今天报价8.1 is no day of supply.
_HAD = re.compile(r"\s*(?:能|可|有|现?[摘采挖发装到送要交出下拔]|开始|起|之前|前)")


def choose_period(text: str, periods: Sequence[TextPeriod]) -> TextPeriod | None:
    """The supply period of a folded post."""
    best: tuple[int, TextPeriod] | None = None
    for one in periods:
        before, after = text[max(0, one.start - 10) : one.start], text[one.end : one.end + 8]
        if _OTHER.search(before) or _OTHER_AFTER.match(after):
            continue
        if text[one.start] == "今" and not _HAD.match(after):
            continue
        weight = bool(_SUPPLY.search(before)) + 2 * bool(_SUPPLY.search(after))
        if best is None or weight > best[0]:
            best = (weight, one)
    return best[1] if best else None
