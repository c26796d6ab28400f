"""Quantities inside a text, and what they are: for sale, a least lot, a package, a size."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from market.text.figures import TextFigure
from market.text.numbers import DIGITS
from market.text.units import CONTAINERS, KILOGRAMS, OTHER_UNITS, UNIT_WORDS, UNITS

# Of something that has no known size.
UNKNOWN_UNIT = "?"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity at its place in the text.

    Attributes:
        low, high: equal for one quantity; None where that end is open (5吨以上) or unclear
            (几千斤). What is about so much (十来吨, 一百多只) is so much.
        unit: a code, or UNKNOWN_UNIT.
        role: `amount` (for sale or wanted), `lot` (500斤起批), `package` (10斤装, 5kg/箱) or `size`
            (80mm, 2两以上一个, 每头200斤).
    """

    start: int
    end: int
    low: Decimal | None
    high: Decimal | None
    unit: str
    role: str = "amount"


COUNTED = re.compile(
    rf"\s?(?:多|来|余|把)?\s?(?:(?P<unit>{UNITS})|(?P<other>{OTHER_UNITS}))(?P<half>半(?![月年天]))?"
)
# 果径80mm, 4-5寸, 80#, 80果, 17米5.
_SIZE = re.compile(
    r"\s?(?:mm|cm|毫米|厘米|公分|寸|米(?![粉饭酒线糠皮袋兰豆椒苋槠])\d{0,2}|m(?![a-z\d])|[#号]果|#"
    r"|果(?![园汁干脯树苗子酱]))(?:以上|以下|左右|起步|起)?"
)
# 一斤二两, 1斤2.
_LIANG = re.compile(
    rf"\s?(?P<liang>[一二三四五六七八九\d])"
    rf"(?:两(?!\d)|(?![\d.一二三四五六七八九十百千万元块毛/%天年月日号级]|\s?(?:{UNITS}|{OTHER_UNITS})))"
)
# 3吨5, 三亩五: a tenth of the unit, where nothing follows that it could count.
_TENTH = re.compile(
    r"(?P<tenth>[1-9一二三四五六七八九])(?=\s*(?:\Z|[,，。;；、!！?？)）\n])"
    rf"|\s(?!\s?(?:{UNITS}|{OTHER_UNITS}|[元块毛角分月号日%])))"
)
_TENTHS = ("ton", "jin", "kg", "dan", "mu", "m3", "litre")
_ABOUT = r"(?:多(?!少)|左右|上下|出头|前后|重|的样子)"
_AFTER = re.compile(
    rf"\s?(?:{_ABOUT}|(?P<down>以下|以内|之内|内(?![蒙江黄乡丘部])|封顶|or less)"
    r"|(?P<up>以上|之上|\+|or more))"
)
_LOT_AFTER = re.compile(
    r"\s?(?:以上的?)?\s?(?:起(?![重来飞垄苗沙泥亩])[批售订定发走卖送购步]?|打底|minimum|min(?![a-z])|moq)"
    r"|\s?以上的?\s?(?:可以?|能|都|全国|全|就)?(?:包[邮送运]|免运费?|免费?送|送货|送到|配送|发货|有?优惠|打折|批发)"
)
_LOT_BEFORE = re.compile(
    r"(?:(?:最[低少小])?起[批售订定发走卖送购拿]量?|最[低少小](?:批|批发|订|订货|采购|购买|发货)量?"
    r"|moq|minimum (?:order|lot)|min\.? order)\s?(?:为|是|of)?[::]?\s?\Z"
)
BELOW = (
    "(?:不超过|不高于|不多于|不贵于|(?<!不)(?:低于|少于|小于)|不到|不足|不满|最高|最多|顶多|至多|≤|<=?|under|below"
    "|less than|at most|up to|max(?:imum)?|(?:no|not) more than|cheaper than|within)"
)
ABOVE = (
    "(?:不低于|不少于|(?<!不)(?:高于|超过|大于|多于)|最低|最少|至少|≥|>=?|over|above"
    "|more than|at least|min(?:imum)?)"
)
_BELOW_BEFORE = re.compile(rf"{BELOW}\s?\Z")
_ABOVE_BEFORE = re.compile(rf"{ABOVE}\s?\Z")
_FILL = r"(?:\s|[::]|为|是|在|有|装|重|产|净重|毛重|大?约|大概|平均|不低于|不少于|至少|超过)*"
_FILLED = re.compile(_FILL)
_PIECE = "[个只头条尾棵株颗根羽枚朵匹粒]"
_SIZE_BEFORE = re.compile(
    r"(?:[果直胸米地株粒管]径|冠幅|[株苗树杆]?高度?|[胚叶条]?长度?|规格|单[果个只头条株尾颗]"
    r"|(?:[果单均个粒穗棒体净毛头条只尾]|平均)重量?|个头|大小|体重"
    rf"|亩产量?|[每一1]亩|(?:每|平均|单|一|(?<!\d)1)(?:{_PIECE}|斤|公斤|千克|kg)){_FILL}\Z"
)
# 2两一个, 3斤/只, 40只/斤, 24瓶/件, 3000斤/亩.
_EACH = re.compile(
    rf"\s?(?:{_ABOUT}|以上|以下)?\s?(?:[/每一]|1|per\s)\s?(?:(?P<unit>{UNITS})|(?P<other>{OTHER_UNITS}))"
)
_APIECE = re.compile(r"\s(?:each|apiece)(?![a-z])")
_PACKED_BEFORE = re.compile(
    rf"(?:[每一单]|(?<!\d)1)(?:箱|袋|件|筐|包|盒|瓶|桶|捆|车|窝|{OTHER_UNITS}){_FILL}\Z"
    rf"|(?:包装|净含量|[箱袋件筐包盒瓶桶]装){_FILL}\Z"
)
# 32元/件(20斤)
_BRACKET = re.compile(r"[箱袋件筐包盒瓶桶车][(（]")
_WEIGHED_ANIMAL = re.compile(
    r"\s?(?:以上|以下|左右|上下|多|重)?的?(?:仔猪|猪仔|猪崽|猪苗|小猪|肥猪|大猪|毛猪|育肥|母猪|架子|牛犊|小牛"
    r"|小羊|羊羔|羊仔|[母公]羊|黑山羊|山羊|土鸡|活鸡|[黄水肉母公]牛)(?![肉排骨腿])"
)
_SMALL_HEADS = r"(?:鲍鱼?|三七|田七|海参|刺参|花胶)"
_HEADS_BEFORE, _HEADS_AFTER = re.compile(rf"{_SMALL_HEADS}\s?\Z"), re.compile(rf"的?{_SMALL_HEADS}")
# Nobody trades so little: 3斤以上 speaks of one fish.
SMALL_KG = Decimal(10)
# One animal weighs no more.
_ANIMAL_KG = Decimal(750)


def read_quantity(
    text: str, figure: TextFigure, following: TextFigure | None, floor: int = 0
) -> Quantity | None:
    """The quantity that a figure of a folded text is, or None.

    Args:
        following: the next figure: 一箱 before 10斤 only says what these are for.
        floor: what lies before this place belongs to something else.
    """
    if figure.is_money:
        return None
    before = text[max(floor, figure.start - 12) : figure.start]
    found = COUNTED.match(text, figure.end)
    if found is None:
        return _size(text, figure, before)
    unit = UNIT_WORDS[found["unit"]] if found["unit"] else UNKNOWN_UNIT
    end, more = found.end(), Decimal(0)
    if (
        figure.low == 1
        and following
        and not (unit == "jin" and has_liang(text, figure, end))
        and _is_counted_next(text, end, following)
    ):
        return None
    if found["half"]:
        more = Decimal("0.5")
    elif unit == "jin" and (liang := has_liang(text, figure, end)):
        more, end = _tenths(liang["liang"]), liang.end()
    elif unit in _TENTHS and figure.low and (tenth := _TENTH.match(text, end)):
        more, end = _tenths(tenth["tenth"]), tenth.end()
    low = None if figure.low is None else figure.low + more
    high = None if figure.high is None else figure.high + more
    quantity = Quantity(figure.start, end, low, high, unit)
    role = _role(text, quantity, before, following)
    return role or _limited(text, quantity, before)


def _tenths(digit: str) -> Decimal:
    return Decimal(DIGITS.get(digit, digit)) / 10


def has_liang(text: str, figure: TextFigure, end: int) -> re.Match[str] | None:
    """The liang behind the jin that end at `end`: 一斤二两, 1斤2; not 一斤3."""
    found = _LIANG.match(text, end)
    if found is None or figure.low is None or found[0].endswith("两"):
        return found if figure.low is not None else None
    alike = figure.text.isascii() == found["liang"].isascii() and len(found[0]) == 1
    return found if alike and figure.low < 20 else None


def _is_counted_next(text: str, end: int, following: TextFigure) -> bool:
    """Whether what is counted next lies in, or weighs, the one that ends at `end`."""
    filled = _FILLED.match(text, end)
    at = filled.end() if filled else end
    return at == following.start and not following.is_money


def _size(text: str, figure: TextFigure, before: str) -> Quantity | None:
    """A length, a calibre (80#), or a bare number that a word says is one."""
    size, named = _SIZE.match(text, figure.end), _SIZE_BEFORE.search(before)
    if size is None and (named is None or figure.low is None):
        return None
    start = figure.start - (len(before) - named.start() if named else 0)
    end = size.end() if size else figure.end
    if size is None and (limit := _AFTER.match(text, end)):
        end = limit.end()
    return Quantity(start, end, figure.low, figure.high, UNKNOWN_UNIT, "size")


def _role(
    text: str, quantity: Quantity, before: str, following: TextFigure | None
) -> Quantity | None:
    """The quantity in a role that is no amount; None where it is one."""
    end, head = quantity.end, quantity.start - len(before)
    if found := _LOT_AFTER.match(text, end):
        # 二两起 is the least that one weighs.
        role = "size" if quantity.unit == "liang" else "lot"
        return replace(quantity, end=found.end(), high=None, role=role)
    if found := _LOT_BEFORE.search(before):
        return replace(quantity, start=head + found.start(), high=None, role="lot")
    if text.startswith("装", end):
        each = _EACH.match(text, end + 1)
        return replace(quantity, end=each.end() if each else end + 1, role="package")
    if _BRACKET.match(text, max(0, quantity.start - 2)):
        return replace(quantity, role="package")
    if found := _PACKED_BEFORE.search(before):
        return replace(quantity, start=head + found.start(), role="package")
    if (each := _EACH.match(text, end)) and _is_each(quantity, each, following):
        code = UNIT_WORDS[each["unit"]] if each["unit"] else ""
        packed = not code or code in CONTAINERS
        return replace(quantity, end=each.end(), role="package" if packed else "size")
    if found := _SIZE_BEFORE.search(before):
        return replace(quantity, start=head + found.start(), role="size")
    if quantity.unit in KILOGRAMS and (found := _APIECE.match(text, end)):
        return replace(quantity, end=found.end(), role="size")
    if text[quantity.end - 1] in "粒目" and (quantity.high or 0) < 2000:
        return replace(quantity, role="size")
    if quantity.unit == "head" and (_HEADS_BEFORE.search(before) or _HEADS_AFTER.match(text, end)):
        return replace(quantity, role="size")
    return _weight_of_one(text, quantity)


def _is_each(quantity: Quantity, each: re.Match[str], following: TextFigure | None) -> bool:
    """Whether 一只 behind 3斤 says what weighs so much, and does not begin a price."""
    code = UNIT_WORDS[each["unit"]] if each["unit"] else UNKNOWN_UNIT
    if code == quantity.unit or (code in KILOGRAMS and quantity.unit in KILOGRAMS):
        return False
    return not (following and following.is_money and following.start - each.end() <= 2)


def _weight_of_one(text: str, quantity: Quantity) -> Quantity | None:
    most = quantity.high or quantity.low
    factor = KILOGRAMS.get(quantity.unit)
    if most is None or factor is None:
        return None
    kilograms = most * factor
    if kilograms <= SMALL_KG and quantity.unit != "gram" and quantity.low != quantity.high:
        return replace(quantity, role="size")
    if kilograms <= _ANIMAL_KG and (found := _WEIGHED_ANIMAL.match(text, quantity.end)):
        limit = _AFTER.match(text, quantity.end)
        return replace(quantity, end=limit.end() if limit else quantity.end, role="size")
    if kilograms <= SMALL_KG and (found := _AFTER.match(text, quantity.end)):
        return replace(quantity, end=found.end(), role="size")
    return None


def read_animals(quantities: list[Quantity]) -> list[Quantity]:
    """The quantities of one text; beside heads that are counted, 230-260斤 is the weight of one."""
    if not any(q.unit in ("head", "horse") and q.role == "amount" for q in quantities):
        return quantities
    return [replace(q, role="size") if _is_weight_of_animal(q) else q for q in quantities]


def _is_weight_of_animal(quantity: Quantity) -> bool:
    most, factor = quantity.high or quantity.low, KILOGRAMS.get(quantity.unit)
    if quantity.role != "amount" or quantity.low == quantity.high or most is None:
        return False
    return factor is not None and most * factor <= _ANIMAL_KG


def _limited(text: str, quantity: Quantity, before: str) -> Quantity:
    """The quantity with the words that open one of its ends."""
    head = quantity.start - len(before)
    if found := _AFTER.match(text, quantity.end):
        low, high = quantity.low, quantity.high
        quantity = replace(
            quantity,
            end=found.end(),
            low=None if found["down"] else low,
            high=None if found["up"] else high,
        )
    if found := _BELOW_BEFORE.search(before):
        return replace(quantity, start=head + found.start(), low=None)
    if found := _ABOVE_BEFORE.search(before):
        return replace(quantity, start=head + found.start(), high=None)
    return quantity
