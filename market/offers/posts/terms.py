"""Which of a post's numbers is its quantity, and which only stand beside it; the price's basis."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from market.offers.models import Side
from market.products.units import UNITS, Dimension
from market.text import basis
from market.text.amounts import UNKNOWN_UNIT, Price, Quantity
from market.text.units import KILOGRAMS, UNIT_WORDS
from market.text.units import UNITS as UNIT_PATTERN

_GAP = r"[\s:：是为约共]*"
# Where a purchase is handed over, and where a sale is fetched.
_HANDED_OVER = re.compile(
    r"(?<![前后日号底月\x04])交货|收货|[送运发]到|送[货至往]|到货|卸货"
    r"|到[^\W\d_]{2,5}价|货送|(?<![达直])到[^\W\d_]{0,10}(?:厂|库|站|港|仓|公司|门店|工地|坊|我们?)|\bdelivered\b"
)
_FETCHED = re.compile(r"提货|装车价|自提|[出库]库")
# Not of the goods on offer: what a field bears, what one weighs, how far, how many people.
_OTHER_QUANTITY = re.compile(
    r"(?:亩产|每亩|单果|单[个只头条株穗瓜果重]重?|每[个只头条株穗袋箱件筐包盒瓶桶车]"
    r"|一[个只头条株袋箱件筐包盒瓶桶车]|均重|平均|重约?|体重|净重|毛重"
    r"|毛箱|果重|个头|规格|大小|不足|满|超过|低于|起订|起批|起发|最少|最低|至少|以内"
    r"|[筐箱袋盒桶]装|礼盒|单株|树龄"
    r"|株高|高|粗|直径|胸径|地径|米径|口径|含水|水分"
    r"|周边|距离|离|投资|年龄|户均|人均|运费|百斤)" + _GAP + "$"
)
_OTHER_AFTER = re.compile(
    r"\s*(?:(?:真空|礼盒|纸箱|网袋|网|盒|袋|箱|桶|精|简)?装(?!车)"
    r"|一[个只头条件箱袋筐株包盒棵瓶桶串把]|/[个只头条件箱袋筐株]|[每一]个|以上?起"
    r"|起[批订售发卖]|月龄|个?月大?|品种|大棚|棚|村|乡|县|人|冷库|基地|点|规格"
    r"|[种色]|小时|工作日|省|池|鱼塘|[塘口]|产地|门店|食堂|学校|星期|礼拜|多月|一窝|一亩"
    r"|左右[一]?[个只头条]|一?[筐箱只头条]?的\s?\d)"
)
# Timber and turf are sold by area too; of these a weight in 两 is how heavy one is.
_BY_AREA = ("0803", "0804")
_SIZED = ("02", "03", "0401", "05", "06", "09")
MEAT = (
    "0501007", "0501008", "0501009", "050101", "0502007", "0502008", "0502013", "0502014",
    "0502016", "0503010", "0503015", "0503016",
)  # fmt: skip
# Kilograms that one of these weighs at most.
_LIVE = {"0501": 200, "0502": 800, "0503": 5}
_EACH = re.compile(rf"[一每/]\s?({UNIT_PATTERN})\s*\Z")
_ABOUT = re.compile(r"左右|上下|多|来斤|出头")
_MASSES = frozenset(code for code, unit in UNITS.items() if unit.dimension is Dimension.MASS)
_COUNT = re.compile(r"(?<![\d.,])(\d{1,3}(?:,\d{3})+|\d{1,6})\s(?:[a-z]+\s)?\Z")
_ANIMALS = {"0501": "head", "0502": "head", "0503": "bird", "0504": "piece"}
_SLIP = re.compile(r"不对|不是[,，;；]|[?？]不[,，;；]|打错|说错|写错|更正|错了")
_IN_BRACKETS = re.compile(r"(?:[元块毛/一每\d][^\s,，;；]{0,4})\($")
_TOTAL = re.compile(
    r"(?:总共|一共|共有?|总|全部|现有|存栏|库存|还有|还剩|剩|余|约|大概|大约|有"
    r"|要|收|求购|采购|需要?|出|预计|年产|产量)\s*[约近有]?\s*$"
)
_RATE = re.compile(r"(?:每[天日周月]|日[产出供走]|天天|[日月]需)\S{0,6}$")


def after_slip(text: str) -> int:
    """Where the last slip of the tongue is put right: 4350元，不对，是8700元."""
    return max((match.end() for match in _SLIP.finditer(text)), default=0)


def choose_quantity(
    text: str, quantities: Sequence[Quantity], code: str, price: Price | None
) -> Quantity | None:
    """How much of the goods is on offer or wanted, of a folded post.

    Args:
        code: of the good; empty for none.
    """
    best: tuple[float, Quantity] | None = None
    slip = after_slip(text)
    for n, one in enumerate(quantities):
        if one.role != "amount" or (one.low is None and one.high is None):
            continue
        before, after = text[max(0, one.start - 12) : one.start], text[one.end : one.end + 6]
        is_priced = price is not None and price.unit == one.unit
        if before.endswith("第"):
            continue
        if _is_another(one, _OTHER_QUANTITY.search(before), _OTHER_AFTER.match(after)):
            continue
        if _IN_BRACKETS.search(before) or re.search(r"\d\s?\S{0,2}[*×xX]\s?$", before):
            continue
        if one.unit == "mu" and not code.startswith(_BY_AREA) and not is_priced:
            continue
        if one.unit in ("liang", "gram") and code.startswith(_SIZED):
            continue
        if _is_size(one, text[one.start : one.end], after, code):
            continue
        weight = -0.1 * n
        weight += 1 if _TOTAL.search(before) else 0
        weight -= 0.5 if _RATE.search(before) else 0
        weight -= 1 if one.unit in ("liang", "gram", "ml") else 0
        weight -= 1 if one.unit == "piece" and "个" in text[one.start : one.end] else 0
        # 3-5斤 is how heavy one is, 一箱 what a price is for, an unknown unit seldom an amount.
        weight -= 0.7 if one.low != one.high else 0
        if one.low == 1 and one.unit in ("jin", "kg") and text[one.start] == "一":
            continue  # 多少钱一斤
        weight -= 1.5 if one.low == 1 and text[one.start] == "一" else 0
        weight -= 0.8 if one.unit == UNKNOWN_UNIT else 0
        weight += 1.5 if one.start >= slip > 0 else 0
        weight += 1 if price and price.unit == one.unit and one.unit not in _MASSES else 0
        if best is None or weight > best[0]:
            best = (weight, one)
    return best[1] if best else None


def _is_another(one: Quantity, *beside: re.Match[str] | None) -> bool:
    """Whether the words beside it say that it is no amount; 5头 before 一头三千五 is one."""
    found = [match for match in beside if match]
    each = [_EACH.search(match[0]) for match in found]
    return any(word is None or UNIT_WORDS[word[1]] != one.unit for word in each)


def _is_size(one: Quantity, before: str, after: str, code: str) -> bool:
    """Whether it says how large one is: 60头 of shrimp or pears, 二十五斤左右 of a piglet."""
    if one.unit == "head":
        return bool(code) and not code.startswith("05")
    most = _LIVE.get(code[:4])
    if most is None or code.startswith(MEAT) or one.unit not in KILOGRAMS:
        return False
    number = one.high if one.low is None else one.low
    is_about = bool(_ABOUT.search(before) or _ABOUT.match(after))
    return is_about and number is not None and number * KILOGRAMS[one.unit] <= most


def counted_animals(text: str, start: int, code: str) -> Quantity | None:
    """How many animals or eggs an English post names at `start`: 200 piglets, 300 live sheep."""
    count = _COUNT.search(text, 0, start)
    unit = next((unit for begin, unit in _ANIMALS.items() if code.startswith(begin)), "")
    if count is None or not unit:
        return None
    number = Decimal(count[1].replace(",", ""))
    return Quantity(*count.span(1), number, number, unit)


def find_basis(text: str, price: Price | None, side: Side | None) -> str:
    """`ex_farm`, `delivered` or empty, by the words of a folded post without its days."""
    if price and (own := price.basis or basis.find_basis(text, price.start, price.end)):
        return own
    if side is Side.BUY and _HANDED_OVER.search(text):
        return basis.DELIVERED
    return basis.EX_FARM if price and side is Side.SELL and _FETCHED.search(text) else ""
