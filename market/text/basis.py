"""Price basis as people say it: at the farm (地头价, 出厂) or at the buyer's door (到货, 包送)."""

from __future__ import annotations

import re
from collections.abc import Iterable

EX_FARM, DELIVERED = "ex_farm", "delivered"

_PRICE = "(?:收购|批发|供货)?价格?"
_COUNTED = r"[\d.,]*\s?[万千百]?\s?(?:亩|[公市]?斤|吨|[个户家人年头只株棵座棚车箱件])"
# 产地 and the like are a basis only as a price: 产地价, 产地2.2.
BASIS = (
    r"(?P<ex_farm>不[含包]运费?|不包[送邮]|不送货|运费(?:自理|自付|另算|另计|自负|买家付)"
    r"|(?:地头|田[头间]|地里(?=价|交货)|塘[口边头]|棚[口内头]|圈[口边]|栏边|出[厂场园栈库]|坑口|山场|林场"
    r"|车板"
    rf"|[装上]车(?!费|付|前|后|时|走|发|的)|离岸)(?:{_PRICE}|交货)?|出?栏[上口]?价"
    r"|(?:原?产地|基地|园区|果园|场内|库内|港口|本地|养殖场|工厂|厂家)"
    rf"(?:{_PRICE}|(?=[::]?\s?[\d¥](?!{_COUNTED})))"
    r"|自提价?|上门(?:拉货|自提|来?[拉拖])|(?<!不)来(?:拉(?!走)|拖|车)|自己[拉来]|自备车"
    r"|送(?:货|到)[^,，。;；!！?？\n]{0,6}(?:另[算加计付]|加运费|运费另|自理)|装到?车上|(?:冷库|仓库|库里|塘边|地里)交货"
    r"|塘边(?:过秤|过磅|提)|库里装车"
    r"|ex[- ]?(?:farm|works|factory|warehouse|cold[- ]?stor(?:e|age)|store|storage)"
    r"|loaded on(?: the| your)? (?:truck|lorry)|fca|exw|fob|farm[- ]?gate)"
    r"|(?P<delivered>[含包带](?:到[^\W\d_]{1,4})?运费?|包[送邮]|包(?:物流|快递|顺丰|冷链|车)?到(?!期|付)|(?:顺丰|冷链|快递|物流)包?到家|免运费|免费送"
    r"|送货(?:上门|到[^\W\d_]{0,3})?|送(?:到|上门|达)|运到|(?<!货)到付(?!款)|上门价"
    rf"|到[货厂岸站场家店港库门](?:{_PRICE}|交货)?|到[^\W\d_]{{2,4}}{_PRICE}|落地(?:{_PRICE})?"
    r"|(?<![送运发])到[^\W\d_]{2,4}(?=[\d.]+[元块毛])"
    r"|delivered|cif|c&f|dap|ddp|(?:freight|shipping|delivery) (?:included|paid)"
    r"|(?:incl(?:uding|udes|\.)?|free) (?:freight|shipping|delivery))"
)
# A look at the first character saves most of the work.
_BASIS = re.compile(
    rf"(?=[不运地田塘棚圈栏出坑山林车装上离原产基园果场库港本养工厂自来含包带免送到落冷仓顺快物edcfils]){BASIS}"
)
_STOPS = re.compile(r"[,，。;；!！?？\n]")
# A word behind a comma still speaks of the price before it: 2.2元/斤，包送到长沙.
_NEAR = 3


def find_basis(text: str, start: int, end: int, prices: Iterable[tuple[int, int]] = ()) -> str:
    """The basis of the price at start:end of a folded text; empty where none is said.

    It is what stands nearest in the clause, else close beside it, else the only one said.

    Args:
        prices: where all prices stand: rather than what leads another one, its own words.
    """
    alone = text
    for first, last in prices:
        if (first, last) != (start, end):
            alone = alone[:first] + "," * (last - first) + alone[last:]
    found = _nearest_basis(alone, start, end)
    return found or (_nearest_basis(text, start, end) if alone != text else "")


def _nearest_basis(text: str, start: int, end: int) -> str:
    words_found = [(*found.span(), found.lastgroup or "") for found in _BASIS.finditer(text)]
    if not words_found:
        return ""
    left = max((m.end() for m in _STOPS.finditer(text, 0, start)), default=0)
    stop = _STOPS.search(text, end)
    right = stop.start() if stop else len(text)

    def gap(span: tuple[int, int, str]) -> int:
        return max(start - span[1], span[0] - end, 0)

    near = [s for s in words_found if (s[0] >= left and s[1] <= right) or gap(s) <= _NEAR]
    if near:
        return min(near, key=gap)[2]
    return words_found[0][2] if len({s[2] for s in words_found}) == 1 else ""
