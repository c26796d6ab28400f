"""Which side of the offers somebody looks for, by what they say of themselves.

求购 and 供应 are what offers are called, and stay what they say. Who wants to have goods (想买,
哪里有) looks for who has them, and who has them (想卖, 有人要吗) for who wants them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from market.offers.models import Side
from market.offers.search.stop_words import BUY, HAS, SELL, WANTS

# Who has goods asks for who takes them: 有人要吗, 要的联系, 哪里收, 卖给谁.
_ASKS_FOR_BUYERS = re.compile(
    r"(?:有没有|有无|有人|有谁|谁家?|哪[位个]|哪家)(?:人|老板|厂家?|商家|单位|客户|还|能|会|在|想|大量|高价|长期|现金)*"
    r"(?:(?:需?要|收|买)(?!卖|出|转|处理|求|货源)|收购|采购|求购)"
    r"|有(?:没有)?要(?!卖|出|转|处理|求)[^,，。;；!！?？]*的(?:吗|么|$)"
    r"|哪[里儿]?(?:地方|有人?|能|可以|在|还)*(?:需?要|收)(?!卖|出|转|处理|求)"
    r"|(?<!有)(?:需要|要|想要|收)的(?:老板|朋友|客户|商家|厂家|亲|人|来|请|快|速|可|都|打|电|联系|私|加"
    r"|留|找|说|进)"
    r"|找(?:人|个?老板|客商|\S{0,3}厂|商家|买家)\S{0,4}?[拉收买]|哪[里儿]?\S{0,3}卖[掉出得]|卖(?:给谁|给哪|到哪|去哪|往哪|哪|不出|不掉|不动|得出|得掉)|好不?好?卖|(?:帮忙?|代)卖"
    r"|\b(?:who|anyone|anybody|somebody|someone)\s+(?:\w+\s+)?(?:buys?|buying|wants?|needs?)\b"
    r"|\bwhere\s+(?:\w+\s+){0,3}sell\b"
)
# Who wants goods asks for who has them: 有没有卖鸡苗的, 哪里卖, 去哪买.
_ASKS_FOR_SELLERS = re.compile(
    r"(?:有没有|有无|有人|有谁|谁家?|哪[位个]|哪家|哪[里儿]?|附近|到处)[^,，。;；!！?？]*?(?:卖|出售|供应|供货|有货)"
    r"|[哪怎咋]\S{0,3}买|有[^,，。;；!！?？]*(?:卖|售|处理|转让)[^,，。;；!！?？]*[吗么?？]"
    r"|卖[^,，。;；!！?？的]+的(?:吗|么|人|店|地方|商家|厂家|老板|$|[,，。?？ ])"
    r"|\b(?:who|anyone|anybody|somebody|someone)\s+(?:\w+\s+)?(?:sells?|selling|has|have)\b"
    r"|\bwhere\s+(?:\w+\s+){0,3}buy\b"
)
# The goods are the speaker's own.
_OWNS = re.compile(
    r"(?:我们?|本人|本公司|本社|本场|家里?|家中|我家|自家|自己|自己家|手[里上头]|这里|这边|俺|咱们?)(?:这里|这边|家里?|现|现在|还)*"
    r"(?:有|种了?|养了?|产)[^?？吗]*?(?:卖|[要想]出?售|出手|处理|转让|脱手)"
    r"|^有(?:一?批|点|些|几|两|\d)[^?？吗]*?(?:卖|[要想]出?售|出手|处理|转让|脱手)"
)


@dataclass(frozen=True)
class SideWord:
    """A word that tells the side.

    Attributes:
        side: of the offers that it asks for.
        is_term: what offers are called; else what the speaker does.
    """

    side: Side
    is_term: bool


# Who denies the one side asks for the other: 不要供应, 不看求购.
_DENIED_SIDES = {
    f"{no}{term}": SideWord(other, True)
    for terms, other in ((BUY, Side.SELL), (SELL, Side.BUY))
    for term in terms
    for no in ("不要", "不要看", "不看", "不想看", "不找", "别看", "不是", "非")
    if not term.isascii() and len(term) > 1
}
SIDE_WORDS = (
    dict.fromkeys(WANTS, SideWord(Side.SELL, False))
    | dict.fromkeys(HAS, SideWord(Side.BUY, False))
    | dict.fromkeys(BUY, SideWord(Side.BUY, True))
    | dict.fromkeys(SELL, SideWord(Side.SELL, True))
    | _DENIED_SIDES
)
_DENIED_SIDE = re.compile("|".join(sorted(_DENIED_SIDES, key=len, reverse=True)))


def denies_a_side(text: str, start: int) -> bool:
    """Whether what stands at a position of a folded text denies a side, not goods."""
    return _DENIED_SIDE.match(text, start) is not None


def decide_side(text: str, words: Sequence[SideWord]) -> Side | None:
    """The side of the offers that a folded text asks for, by its side words in their order."""
    if not words:
        return None
    if _ASKS_FOR_BUYERS.search(text):
        return Side.BUY
    if _ASKS_FOR_SELLERS.search(text):
        return Side.SELL
    if _OWNS.search(text):
        return Side.BUY
    return next((word.side for word in words if word.is_term), words[0].side)
