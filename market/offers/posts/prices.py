"""Which of a post's numbers is its price: of one good, of its grades, and of no other time or
party."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from market.offers.customary_units import BULK, customary_unit
from market.offers.posts.terms import MEAT, after_slip
from market.products.units import is_too_cheap
from market.text.amounts import UNKNOWN_UNIT, Price, Quantity
from market.text.basis import EX_FARM
from market.text.figures import find_figures
from market.text.numbers import CHINESE, parse_number
from market.text.units import KILOGRAMS, UNIT_WORDS, UNITS

_GAP = r"[\s:：是为约共]*"
# A price right behind one of these is not what the goods cost.
_OTHER_PRICE = re.compile(
    r"(?:运费|运输费|车费|物流费?|快递费?|邮费|路费|定金|订金|押金|保证金|装车费|装卸费?|上车费"
    r"|人工费?|人工|工钱|工费|代办费?|服务费|手续费"
    r"|包装费|(?<![大小])包装|箱子钱?|筐子?钱?|袋子钱?|泡沫箱|税费?|税点|加工费|补贴|补助|另加|再加|投资"
    r"|产值|收入|成本|贷款|首付|租金|出场费|检疫费"
    r"|(?:去年|往年|上年|前年|昨[天日]|前[几两]?[天日]|上个?(?:周|月|星期|礼拜)|以前|之前|原来|原价|早期|市场|超市"
    r"|别[人家]|人家|隔壁|邻居|有人|网上|外面|零售|进口的?)"
    r"(?:同期|的?陈货?)?(?:都|的|是|还|卖|要|收|给|出|能|可以?)*(?:价格?|售价|收购价)?(?:都|要|卖到?|卖过|到过?)?)"
    + _GAP
    + r"(?:每[斤吨车箱件公])?"
    + _GAP
    + "$"
)
_OTHER_PRICE_AFTER = re.compile(
    r"\s*(?:的?(?:运费|定金|订金|押金|装车费|代办费|保证金|路费|补贴|红包)"
    r"|(?:都|也|就|已经?|我|我们)*(?:不(?:[卖出谈走收]了|干了)|没(?:卖|出手?|舍得|谈成)))"
)
_NOBODY = re.compile(r"\s*都?没人[要收买问]")
_STOPS = r",，。;；!！?？\n"
# A price without any word for it: 1.2不还价, 今日8.45, 黄豆2.6, 豆粕3050.
_BARE = re.compile(
    r"(?:^|[,，;；\n\x03\x04]|今[日天]|现在|现价|只要|只卖)\s?(?P<yuan>\d{1,3}\.\d{1,2})"
    r"(?=$|\s?[,，;；\n]|\s?(?:不[还议讲]价|一口价|左右|出|甩|清)|\s[\u4e00-\u9fff])"
)
_BARE_TON = re.compile(r"\x03\s?(?P<yuan>(?!20[0-3]\d|19\d\d)[1-9]\d{3})(?=$|[,，;；\n\s])")
_BARE_SPOKEN = re.compile(
    rf"\x03[子一头台]?\s?(?P<yuan>[一二两三四五六七八九十]+[万千][一二三四五六七八九])(?=$|[{_STOPS}\s])"
)
_BEHIND_WORD = re.compile(r"[\u4e00-\u9fff]\s?(\d{1,3}\.\d{1,2})(?=$|[,，;；\n\s])")
# What leads a price that is a mere number: 现货3050, 今天收13, 毛重21.
_LED = re.compile(
    r"(?:现货|[毛净活]重|统[走货果]|通货|[统鲜干]的|批发|一口价|[现今]在?[收卖]|鲜货|干货|挂牌"
    r"|(?:^|[,，;；\s\x04])(?:统收|收|只卖|卖|报)|\x04(?:[收卖报]价?)?)"
    r"[价是:：]?\s?\Z"
    r"|[涨跌降升掉]到了?\s?\Z"
)
_OVER = re.compile(
    rf"\s?了?(?:\Z|[{_STOPS}\x02\x04]|(?:有要|要的|要货|需要|想要|左右|上下|不[还讲议]价|一口价|起拿?)(?![\d吨]))"
)
_PER = re.compile(rf"(?<=[装个只条头枚粒斤克])一(?P<unit>{UNITS})\s?\Z")
# 240到牛场.
_AT_DOOR, _BEGINS = (
    re.compile(r"到[\u4e00-\u9fff]{0,4}[厂场站港库]"),
    re.compile(rf"[{_STOPS}\s]\Z"),
)
# 两万八, as a clause of its own.
_SPOKEN = re.compile(
    rf"(?:^|(?<=[{_STOPS}\s]))[一二两三四五六七八九十]+[万千][一二三四五六七八九](?=$|[{_STOPS}\s])"
)
_ROUND = re.compile(
    rf"(?:^|(?<=[{_STOPS}\s]))[一二两三四五六七八九十百]+[万千][一二三四五六七八九]?(?=$|[{_STOPS}\s])"
)
# No grade, though numbers beside it are alike: 糖度14，硬度7.
_MEASURED = re.compile(
    r"[度量径高宽长龄型号重数率粗株行]|水分|蛋白|纤维|规格|电话|微信|年|[果目]\Z"
)
_PACKED = re.compile(r"[箱筐袋件桶盒]")
_FIGURE = re.compile(rf"[\d{CHINESE}壹贰叁肆伍陆柒捌玖拾]")
# Words of one sort among several of the same good.
_GRADE = re.compile(
    r"统[货果走个菜的]|[大中小]的|(?<![a-z])[abc]果|[大中小特][果个粒号菇虾蟹鱼头条枝]|[选精次残][果货个品选]|普通|[一二三四特甲乙丙abc\d]级"
    r"|[一二三特][等号]|以[上下]|混[级装货]|[公母][的蟹鸡羊牛]|[带去][泥皮壳叶]|水洗|净[货蒜菜]|断[条枝]"
    r"|(?<!目)的\Z|[明雨]前|[头二三]茬|grade|\blarge|\bsmall|\bmedium"
)
_NEXT = re.compile(rf"{_GRADE.pattern}|[\u4e00-\u9fff]{{1,3}}的\d")
_LABEL = re.compile(
    rf"(?:[^{_STOPS}\x01\x02\d元块毛角斤/]|(?<![\d{CHINESE}])[元块毛角斤]){{1,24}}\Z"
)
_ALIKE = re.compile(r"[\u4e00-\u9fff]|[a-z]{2,}")
# Say nothing of the sort: 卖两块 and 卖三块 are no two grades.
_COMMON = frozenset(
    (
        *"价卖要收出是在到了一二三四五六七八九十两今天现货每约",
        *("at", "for", "and", "the", "price", "yuan", "rmb", "cny", "per", "kg", "jin", "only"),
    )
)
# The best of a good costs no more times as much as its worst.
_MOST_TIMES = 6
_MOST_TIMES_BARE = 3  # where nothing says that they are prices
_NEAR = 40  # characters between the prices of two grades
_SINGLY_DEAR = ("0501", "0502", "1001014")


# What the price is for, wherever a post says it: 按斤卖, 论头.
_SOLD_BY = re.compile(rf"(?<!不)(?:按|论)(?P<unit>{UNITS})")
# Whoever pays so much has all of them.
_FOR_ALL = re.compile(
    rf"[^{_STOPS}]{{0,4}}?\s?(?:[都全](?:给|拿|牵|拉|卖|归|带)"
    r"|全部|一起|一把|打包|总共|一共|for (?:all|both|the lot))"
)
_MASSES = tuple(KILOGRAMS)
_COUNTED = ("head", "bird", "horse", "fish", "tiao", "plant", "nest", "pair")
_FEW = 10
# A duck costs more than this many yuan, and a fish that is no fry.
_DEAR_POULTRY, _DEAR_FISH = 12, 5
_YOUNG = ("0503009", "0503014", "0503021")


def figure_start(text: str, price: Price) -> int:
    """Where the number of a price begins, behind the words that lead it."""
    figure = _FIGURE.search(text, price.start, price.end)
    return figure.start() if figure else price.start


def behind_words(text: str) -> list[tuple[int, int]]:
    """Where a number stands right behind a word, as a price may: 黄豆2.6，玉米1.12."""
    return [match.span(1) for match in _BEHIND_WORD.finditer(text)]


def mere_numbers(
    text: str, prices: Sequence[Price], quantities: Sequence[Quantity]
) -> Iterator[Price]:
    """Prices that are numbers without yuan or unit: 现货3050, 大果28 beside 中果22一斤.

    Args:
        text: a folded post, its telephones and days blanked.
        prices, quantities: what it says by itself.
    """
    used = [(one.start, one.end) for one in prices]
    used += [(q.start, q.end) for q in quantities if not (q.role == "size" and _is_bare(text, q))]
    free = [f for f in find_figures(text) if not any(s < f.end and f.start < e for s, e in used)]
    bare = [
        Price(figure.start, figure.end, figure.low, figure.high, _unit_before(text, figure.start))
        for figure in free
        if not figure.is_money and figure.low is not None and 0 < figure.low < 1_000_000
    ]
    led = [price for price in bare if _is_led(text, price)]
    if not prices and not led:
        spoken = _ROUND if "二手" in text else _SPOKEN
        led = [price for price in bare if spoken.match(text, price.start)] or _parallel(text, bare)
    labels = [(price, _label(text, figure_start(text, price))) for price in (*prices, *led)]
    for price in bare:
        if price in led or any(_is_grade_beside(text, price, *other) for other in labels):
            yield price


def _unit_before(text: str, start: int) -> str:
    """What a number right behind it is for: 两个装一箱35."""
    found = _PER.search(text, max(0, start - 5), start)
    return UNIT_WORDS[found["unit"]] if found else ""


def _parallel(text: str, numbers: Sequence[Price]) -> list[Price]:
    """Mere numbers that are the prices of grades: 公羔900，母羔1200."""
    led: list[Price] = []
    for one, two in pairwise(numbers):
        labels = _label(text, one.start), _label(text, two.start)
        if (
            two.start - one.end <= _NEAR
            and all(label and _may_be_grade(label) for label in labels)
            and _is_over(text, one.end)
            and _is_over(text, two.end)
            and _are_grades(*labels, one, two, _MOST_TIMES_BARE)
        ):
            led += [one, two]
    return led


def _may_be_grade(label: str) -> bool:
    return bool(_GRADE.search(label)) or not _MEASURED.search(label)


def _is_bare(text: str, one: Quantity) -> bool:
    return text[one.end - 1].isdigit()


def _is_led(text: str, price: Price) -> bool:
    if price.unit and _is_over(text, price.end):
        return True
    if _AT_DOOR.match(text, price.end) and _BEGINS.search(text, 0, price.start):
        return True
    lead = _LED.search(text, max(0, price.start - 6), price.start)
    if lead is None or not _OVER.match(text, price.end):
        return False
    weighed = lead[0].rstrip().endswith("重")
    return not (weighed and _PACKED.search(text, max(0, price.start - 10), price.start))


def _is_grade_beside(text: str, price: Price, other: Price, label: str) -> bool:
    """Whether a number is the price of a grade, by the price of another."""
    mine = _label(text, price.start)
    if not _is_over(text, price.end) or abs(price.start - other.start) > _NEAR:
        return False
    first, last = sorted((price, other), key=lambda one: one.start)
    between = (label, mine) if last is price else (mine, label)
    return _are_grades(*between, first, last) and bool(mine)


def _is_over(text: str, end: int) -> bool:
    """Whether a clause ends here, or the next grade begins: 大果28中果22."""
    return bool(_OVER.match(text, end) or _NEXT.match(text, end))


def _label(text: str, start: int) -> str:
    """What the price at `start` is for, as far as its clause says: 大果 before 28."""
    found = _LABEL.search(text.replace("\x04", ""), 0, start - text.count("\x04", 0, start))
    return found[0].strip() if found else ""


def _are_grades(
    label: str, other: str, one: Price, two: Price, most_times: int = _MOST_TIMES
) -> bool:
    """Whether the second of two prices is for another sort of the first one's good."""
    ends = one.low, one.high, two.low, two.high
    known = [end for end in ends if end is not None]
    if len(known) < len(ends) or max(known) > min(known) * most_times:
        return False
    if one.unit and two.unit and one.unit != two.unit:
        return False
    if one.basis and two.basis and one.basis != two.basis:
        return False
    shared = set(_ALIKE.findall(label)) & set(_ALIKE.findall(other))
    return bool(_GRADE.search(other) or shared - _COMMON)


def choose_price(
    text: str, plain: str, prices: Sequence[Price], shown: str, code: str
) -> Price | None:
    """What a unit of the goods costs, of a folded post; from one grade to the other of several.

    Args:
        plain: the post with its telephones and days blanked.
        shown: the post with its goods and amounts blanked.
        code: of the good; empty for none.
    """
    slip = after_slip(text)
    meant = [price for price in prices if price.start >= slip] or prices
    own = [price for price in meant if not _is_another(text, price)]
    # 3毛没人要，现在2毛; alone it's still what is asked.
    own = [price for price in own if not _NOBODY.match(text, price.end)] or own
    if own:
        # At the farm so much, delivered more: the farm's is what others are compared with.
        at_farm = [price for price in own if price.basis == EX_FARM]
        return _with_grades(plain, at_farm or own)
    bare = _BARE.search(shown)
    if bare is None and code.startswith(BULK):
        bare = _BARE_TON.search(shown)
    if bare is None and code.startswith(_SINGLY_DEAR):
        bare = _BARE_SPOKEN.search(shown)
    yuan = parse_number(bare["yuan"]) if bare else None
    if bare is None or yuan is None or prices:
        return None
    return Price(*bare.span("yuan"), yuan, yuan)


def _is_another(text: str, price: Price) -> bool:
    """Whether it is what something else costs, or cost once."""
    at = figure_start(text, price)
    clause = re.split(f"[{_STOPS}]", text[max(0, at - 14) : at])[-1]
    after = text[price.end : price.end + 10]
    return bool(_OTHER_PRICE.search(clause) or _OTHER_PRICE_AFTER.match(after))


def _with_grades(text: str, prices: Sequence[Price]) -> Price:
    first, last = prices[0], prices[0]
    label = _label(text, figure_start(text, first))
    for price in prices[1:]:
        other = _label(text, figure_start(text, price))
        if price.start - last.end > _NEAR or not _are_grades(label, other, first, price):
            break
        low, high = min(first.low, price.low), max(first.high, price.high)  # type: ignore[type-var]
        first = replace(first, low=low, high=high, unit=first.unit or price.unit)
        last = price
    return first


def for_one(
    text: str, price: Price, quantity: Quantity | None, others: Sequence[Quantity]
) -> Price:
    """The price of one, where a folded post says apart from it what it is for (按斤卖), or that
    it is for all of them (两头三千块都给你)."""
    if price.unit == "piece" and quantity is not None and quantity.unit in _COUNTED:
        return replace(price, unit=quantity.unit)
    if price.unit:
        return price
    if found := _SOLD_BY.search(text):
        return replace(price, unit=UNIT_WORDS[found["unit"]])
    if quantity is None or quantity.low is None or quantity.low != quantity.high:
        return price
    behind = any(one.start == price.end and one.low == quantity.low for one in others)
    is_sum = _FOR_ALL.match(text, price.end) or (behind and quantity.unit in _COUNTED)
    number, unit = quantity.low, quantity.unit
    if not is_sum or number < 2 or unit == UNKNOWN_UNIT:
        return price
    low, high = (end and round(end / number, 2) for end in (price.low, price.high))
    if not (low or high) or is_too_cheap(low or high, unit):
        return price
    return replace(price, low=low, high=high, unit=unit)


def is_maybe_sum(text: str, price: Price, quantities: Sequence[Quantity]) -> bool:
    """Whether yuan right beside a few animals may be for all of them: 两头三千块, 三千块两头."""
    if price.unit in _MASSES or _FOR_ALL.match(text, price.end):
        return False
    start = figure_start(text, price)
    return any(
        (one.end == start or one.start == price.end)
        and one.unit in _COUNTED
        and one.low is not None
        and 1 < one.low <= _FEW
        for one in quantities
    )


def price_unit(price: Price, quantity: Quantity | None, code: str) -> tuple[str, bool]:
    """(code of the unit that a price is for, whether to ask): its own, else the quantity's,
    else what such goods are customarily sold by.

    Args:
        code: of the good; empty for none.
    """
    if price.unit == UNKNOWN_UNIT:
        return "", True
    if price.unit:
        return price.unit, False
    yuan = price.high if price.low is None else price.low
    if yuan is None or quantity is None or quantity.unit == UNKNOWN_UNIT:
        return customary_unit(yuan or Decimal(0), code), True
    if _is_by_jin(yuan, quantity.unit, code):
        return "jin", True
    if is_too_cheap(yuan, quantity.unit) or _is_too_dear(yuan, quantity.unit):
        return customary_unit(yuan, code) or quantity.unit, True
    return quantity.unit, _is_weighed(yuan, quantity.unit, code)


def _is_weighed(yuan: Decimal, unit: str, code: str) -> bool:
    """Whether animals that are counted may yet be priced by weight: 鸡300只，45元."""
    if unit not in _COUNTED or code.startswith((*_YOUNG, *MEAT)):
        return False
    return code.startswith("0503") or (code.startswith("06") and yuan >= _DEAR_FISH)


def _is_too_dear(yuan: Decimal, unit: str) -> bool:
    """Whether so many yuan for a jin or a kilogram must be for a tonne."""
    return unit in ("jin", "kg") and yuan >= 1000


def _is_by_jin(yuan: Decimal, unit: str, code: str) -> bool:
    """Whether so few yuan can't be for a tonne, a lorry or a whole pig."""
    if unit in ("gram", "liang", "truck"):
        return yuan < 100
    if unit in ("head", "bird", "horse"):
        if code.startswith("0503"):
            return not code.startswith((*_YOUNG, *MEAT)) and yuan < _DEAR_POULTRY
        return code.startswith(("0501", "0502")) and not code.startswith(MEAT) and yuan < 100
    return unit == "ton" and yuan < 100
