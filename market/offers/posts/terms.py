"""Which of a post's numbers are its quantity and its price, and which only stand beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from market.offers.models import Side
from market.products.units import UNITS, Dimension, is_too_cheap
from market.text import basis
from market.text.amounts import UNKNOWN_UNIT, Price, Quantity
from market.text.numbers import CHINESE

_GAP = r"[\s:：是为约共]*"
# A price right behind one of these is not what the goods cost.
_OTHER_PRICE = re.compile(
    r"(?:运费|运输费|车费|物流费?|快递费?|邮费|路费|定金|订金|押金|保证金|装车费?|装卸费?|上车费"
    r"|人工费?|人工|工钱|工费|代办费?|服务费|手续费"
    r"|包装费?|包装|箱子钱?|筐子?钱?|袋子钱?|泡沫箱|税费?|税点|加工费|补贴|补助|另加|再加|投资"
    r"|产值|收入|成本|贷款|首付|租金|出场费|检疫费"
    r"|(?:去年|往年|上年|前年|昨天|前几天|上周|上个?月|以前|之前|原来|原价|早期|市场|超市|别人"
    r"|网上|外面|零售|进口的?)"
    r"(?:同期)?(?:都|的|是|还|卖|要|能|可以?)*(?:价格?|售价|收购价)?(?:都|要|卖到?|卖过|到过?)?)"
    + _GAP
    + r"(?:每[斤吨车箱件公])?"
    + _GAP
    + "$"
)
_OTHER_PRICE_AFTER = re.compile(
    r"\s*(?:的?(?:运费|定金|订金|押金|装车费|代办费|保证金|路费|补贴"
    r"|红包))"
)
# Where a purchase is handed over, and where a sale is fetched.
_HANDED_OVER = re.compile(
    r"(?<![前后日号底月\x04])交货|收货|[送运发]到|送[货至往]|到货|卸货"
    r"|到[^\W\d_]{2,5}价"
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
    r"|左右[一]?[个只头条])"
)
# A price without any word for it: 1.2不还价, 今日8.45, 黄豆2.6.
_BARE = re.compile(
    r"(?:^|[,，;；\n\x03\x04]|今[日天]|现在|现价|只要|只卖)\s?(?P<yuan>\d{1,3}\.\d{1,2})"
    r"(?=$|\s?[,，;；\n]|\s?(?:不[还议讲]价|一口价|左右|出|甩|清)|\s[\u4e00-\u9fff])"
)
# Timber and turf are sold by area too; of these a weight in 两 is how heavy one is.
_BY_AREA = ("0803", "0804")
_SIZED = ("02", "03", "05", "06")
_LARGE_ANIMALS = ("0501001", "0501003", "0502001", "0502006", "0502007")
_MASSES = frozenset(code for code, unit in UNITS.items() if unit.dimension is Dimension.MASS)
_BEHIND_WORD = re.compile(r"[\u4e00-\u9fff]\s?(\d{1,3}\.\d{1,2})(?=$|[,，;；\n\s])")
_COUNT = re.compile(r"(?<![\d.,])(\d{1,3}(?:,\d{3})+|\d{1,6})\s(?:[a-z]+\s)?\Z")
_ANIMALS = {"0501": "head", "0502": "head", "0503": "bird"}
_SLIP = re.compile(r"不对|不是[,，;；]|[?？]不[,，;；]|打错|说错|写错|更正|错了")
_FIGURE = re.compile(rf"[\d{CHINESE}壹贰叁肆伍陆柒捌玖拾]")
_IN_BRACKETS = re.compile(r"(?:[元块毛/一每\d][^\s,，;；]{0,4})\($")
_TOTAL = re.compile(
    r"(?:总共|一共|共有?|总|全部|现有|存栏|库存|还有|还剩|剩|余|约|大概|大约|有"
    r"|要|收|求购|采购|需要?|出|预计|年产|产量)\s*[约近有]?\s*$"
)
_RATE = re.compile(r"(?:每[天日周月]|日[产出供走]|天天|[日月]需)\S{0,6}$")


_Amount = TypeVar("_Amount", Price, Quantity)


def after_slip(text: str) -> int:
    """Where the last slip of the tongue is put right: 4350元，不对，是8700元."""
    return max((match.end() for match in _SLIP.finditer(text)), default=0)


def figure_start(text: str, price: Price) -> int:
    """Where the number of a price begins, behind the words that lead it."""
    figure = _FIGURE.search(text, price.start, price.end)
    return figure.start() if figure else price.start


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
        if before.endswith("第"):
            continue
        if _OTHER_QUANTITY.search(before) or _OTHER_AFTER.match(after):
            continue
        if _IN_BRACKETS.search(before) or re.search(r"\d\s?\S{0,2}[*×xX]\s?$", before):
            continue
        if one.unit == "mu" and not code.startswith(_BY_AREA):
            continue
        if one.unit in ("liang", "gram") and code.startswith(_SIZED):
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


def counted_animals(text: str, start: int, code: str) -> Quantity | None:
    """How many animals an English post names at `start`: 200 piglets, 300 live sheep."""
    count = _COUNT.search(text, 0, start)
    unit = next((unit for begin, unit in _ANIMALS.items() if code.startswith(begin)), "")
    if count is None or not unit:
        return None
    number = Decimal(count[1].replace(",", ""))
    return Quantity(*count.span(1), number, number, unit)


def bare_prices(text: str) -> list[tuple[int, int]]:
    """Where a number stands right behind a word, as a price may: 黄豆2.6，玉米1.12."""
    return [match.span(1) for match in _BEHIND_WORD.finditer(text)]


def choose_price(text: str, prices: Sequence[Price], shown: str) -> Price | None:
    """What a unit of the goods costs, of a folded post.

    Args:
        shown: the post with its goods and amounts blanked.
    """
    slip = after_slip(text)
    for one in [price for price in prices if price.start >= slip] or prices:
        at = figure_start(text, one)
        before, after = text[max(0, at - 14) : at], text[one.end : one.end + 8]
        clause = re.split(r"[,，。;；!！?？\n]", before)[-1]
        if _OTHER_PRICE.search(clause) or _OTHER_PRICE_AFTER.match(after):
            continue
        return one
    if bare := _BARE.search(shown):
        yuan = Decimal(bare["yuan"])
        return Price(*bare.span("yuan"), yuan, yuan)
    return None


def price_unit(price: Price, quantity: Quantity | None, code: str) -> tuple[str, bool]:
    """(code of the unit that a price is for, whether to ask): its own, else the quantity's.

    Args:
        code: of the good; empty for none.
    """
    if price.unit == UNKNOWN_UNIT:
        return "", True
    if price.unit:
        return price.unit, False
    at = price.high if price.low is None else price.low
    if quantity is None or quantity.unit == UNKNOWN_UNIT:
        large = code.startswith(_LARGE_ANIMALS) and at is not None and at >= 100
        return "head" if large else "", True
    if at is not None and _is_by_jin(at, quantity.unit, code):
        return "jin", True
    return quantity.unit, is_too_cheap(at, quantity.unit)


def _is_by_jin(yuan: Decimal, unit: str, code: str) -> bool:
    """Whether so few yuan can't be for a tonne, a lorry or a whole pig."""
    if unit in ("gram", "liang", "truck"):
        return yuan < 100
    if unit == "head":
        return code.startswith(_LARGE_ANIMALS) and yuan < 100
    return unit == "ton" and yuan < 100


def of_first(
    found: Sequence[_Amount], starts: Sequence[int], ends: Sequence[int]
) -> Sequence[_Amount]:
    """The amounts that stand with the first of several goods, where any do: behind its name up
    to the next, else before it.

    Args:
        starts, ends: where the names stand.
    """
    if len(starts) < 2:
        return found
    behind = [one for one in found if ends[0] <= one.start < starts[1]]
    before = [one for one in found if one.end <= starts[0]]
    return behind or before or found


def find_basis(text: str, price: Price | None, side: Side | None) -> str:
    """`ex_farm`, `delivered` or empty, by the words of a folded post without its days."""
    if price and (said := basis.find_basis(text, price.start, price.end)):
        return said
    if side is Side.BUY and _HANDED_OVER.search(text):
        return basis.DELIVERED
    return basis.EX_FARM if price and side is Side.SELL and _FETCHED.search(text) else ""
