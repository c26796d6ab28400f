"""Figures inside a text: numbers, and yuan, as people write and say them (8万, 两三百, 2块8)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from market.text.numbers import DIGITS, parse_number, parse_spoken_range
from market.text.units import OTHER_UNITS, UNITS

_ONES = "一二三四五六七八九"
_NUMERALS = f"零〇{_ONES}十百千万亿"
_COUNTED = rf"\s?(?:{UNITS}|{OTHER_UNITS})"
# 45一斤, 一千二一吨, 一百三十八一百斤: the last 一 is the unit's own; 五两 are five liang, 两万两千
# a number.
_CHINESE = (
    rf"(?:[零〇二三四五六七八九十百万亿几]|千(?!克)|半(?={_COUNTED})"
    rf"|一(?:(?<![{_ONES}两百千万亿\d]一)|(?!{_COUNTED}))(?:(?<![{_ONES}十百]一)|(?!百[公市]?斤))"
    rf"|两(?:(?<![{_NUMERALS}两\d几]两)|(?=[百千万])|(?<=一两)(?=[块毛元斤吨公]))"
    rf"|(?<=[零〇{_ONES}十两])点(?=[零〇{_ONES}]))"
)
# Behind these one digit more is a tenth (3吨5, 8万5), and its comma sets apart what follows.
_COUNTS = "[\\d二两三四五六七八九十百千万几半]"
_TENTH = rf"(?<={_COUNTS}[吨担亩斤万])|(?<={_COUNTS}公斤)|(?<={_COUNTS}千克)"
_BEHIND_TENTH = rf"(?<={_COUNTS}[吨担亩斤万]\d,)|(?<={_COUNTS}公斤\d,)|(?<={_COUNTS}千克\d,)"
# Not from the middle of a longer number: in 5200,50元 it is not 50, in 蛋白39,2.15元 2.15.
_DIGITS = (
    rf"(?<!\d)(?<!\d\.)(?:(?<!\d,)|(?<=米\d,)|(?:{_BEHIND_TENTH})(?!000)|(?=\d+\.\d)(?!\d{{3,4}}\.))"
    rf"(?:(?:{_TENTH})[1-9](?=,(?!000))"
    r"|\d{1,3}[、。·]\d{1,2}(?!\d|[、。·]\d)|\d+(?=,\d+\.\d)(?!,\d{3,4}\.)|(?<=\d米)\d{1,2}"
    r"|\d+(?:[.,]\d+)*)"
    r"(?:\s?(?:[百千]?[万亿]|[百十]|千(?!克)|w(?![a-z]))(?:\d+[百千]?|[一二三四五六七八九](?:[百千]|(?=[块元])))*)?"
)
NUMBER = rf"(?:{_DIGITS}|{_CHINESE}+)"

_DIGIT = rf"[\d{''.join(DIGITS)}]"
# A last digit that belongs to nothing else: in 3块8月底 and 10块3斤 it is no coin.
_LAST = (
    rf"(?!\d|[.,]\d|[点十百千万]|{_COUNTED}|\s?[月号日年天#果公级等成代厘毫寸个%]"
    rf"|[-~到]\d+\s?(?:{UNITS}|[月号日天]))"
)
# 三元 is a breed of pig, 八角 a spice; 元葱, 元胡, 毛竹, 块根 are goods.
YUAN = (
    r"(?:元钱|块钱|(?<![内外]三)元(?![母仔猪杂良葱胡参旦宵月宝蘑])|块(?![地田石砖煤菌茎根土木板状])|圆(?![葱叶])"
    r"|yuan|kuai(?:qian)?|rmb|cny)(?![a-z])"
)
_MAO = (
    r"(?:毛钱|毛(?![猪竹豆桃蟹料茶尖峰栗肚葱线皮菇薯谷稻重货节鳞虾巾鸡鸭鹅鱼])"
    r"|角(?![枫梅鲂叶星瓜椒皮])|mao(?:qian)?(?![a-z]))"
)
_COINS = (
    rf"(?:\s?(?:(?P<half>半)(?!{_COUNTED}|[月年天])|[零〇0]?(?P<fen>{_DIGIT})分钱?"
    rf"|[零〇]?(?P<jiao>{_DIGIT})\s?{_MAO}(?:(?P<jiaofen>{_DIGIT}){_LAST}分?)?"
    rf"|(?P<cents>\d\d|[{_ONES}]{{2}}|[\d零〇{_ONES[1:]}]|一(?=[一/每钱,，。;；\s到至-]|左右|以|起|\Z)){_LAST}))?"
)
_SIGN = r"(?P<sign>[¥￥]|(?<![a-z])(?:rmb|cny|yuan)\s?|人民币\s?)"
FIGURE = re.compile(
    rf"(?:{_SIGN}|(?<![a-z\d$€£]))(?P<number>{NUMBER})"
    rf"(?:\s?(?P<yuan>{YUAN}){_COINS}钱?|\s?(?P<mao>{_MAO})(?:(?P<maofen>{_DIGIT}){_LAST}分?)?钱?"
    rf"|(?P<only>分钱?)(?![钟之米店享类支公割析期散布拣]))?"
    rf"|(?<![{_NUMERALS}两半几大小整地石每成切\d])块(?P<spoken>[{_ONES}])"
    rf"(?=一{_COUNTED}|[/每]|钱|左右|以|起|\s*$|[,，。;；])"
)
_ANY = re.compile(rf"[\d{_NUMERALS}两半几块]")
TO = re.compile(r"\s*(?:-{1,2}|~{1,2}|[—–−]+|到|至|to(?![a-z])|and(?![a-z]))\s*")
_SCALE = re.compile(r"[\d.]+(?P<scale>[百千万])")


@dataclass(frozen=True, slots=True)
class TextFigure:
    """A number at its place in a text, or yuan; a range of either.

    Attributes:
        low, high: equal for one number; None where it is unclear (几千).
        is_money: whether it says that it is yuan.
        is_weak: a coin that may be something else, for want of a word (5分, 三角).
        text: the last number, as it stands there.
    """

    start: int
    end: int
    low: Decimal | None
    high: Decimal | None
    is_money: bool = False
    is_weak: bool = False
    text: str = ""


def find_figures(text: str) -> list[TextFigure]:
    """The figures of a text (`numbers.same_length`), in its order."""
    if not _ANY.search(text):
        return []
    found: list[TextFigure] = []
    for match in FIGURE.finditer(text):
        figure = _read(match)
        if figure is None:
            continue
        before = found[-1] if found else None
        joint = TO.fullmatch(text, before.end, figure.start) if before else None
        if before and joint and (joined := _joined(before, figure)):
            found[-1] = joined
        else:
            found.append(figure)
    return found


def read_yuan(text: str) -> tuple[Decimal, Decimal] | None:
    """The least and the most yuan that the whole of a text says; a number alone is none."""
    match = FIGURE.fullmatch(text)
    figure = _read(match) if match else None
    if figure is None or not figure.is_money or figure.low is None or figure.high is None:
        return None
    return figure.low, figure.high


def _read(match: re.Match[str]) -> TextFigure | None:
    start, end = match.span()
    if match["spoken"]:
        value = 1 + Decimal(DIGITS[match["spoken"]]) / 10
        return TextFigure(start, end, value, value, True)
    number = match["number"]
    is_money = bool(match["yuan"] or match["mao"] or match["only"] or match["sign"])
    if not is_money and re.fullmatch(r"\d{8,}", number):
        return None  # a telephone, or a number of something
    if number.endswith("十几") and (least := parse_number(number[:-1])):
        return TextFigure(start, end, least, least + 9, is_money, text=number)
    if "几" in number:
        return TextFigure(start, end, None, None, is_money, text=number)
    span = parse_spoken_range("一万" if number == "万" else number)  # 万把斤, 上万斤
    if span is None:
        return None
    low, high = span
    if match["mao"] or match["only"]:
        part = 100 if match["only"] else 10
        more = _digit(match["maofen"]) / 100
        weak = match["only"] == "分" or (match["mao"] == "角" and not number.isascii())
        return TextFigure(start, end, low / part + more, high / part + more, True, weak, number)
    if match["yuan"] and match["cents"] and "." in number:
        end = match.end("yuan")  # 2.8元一平方
    elif match["yuan"]:
        least, most = _coins(match)
        low, high = low + least, high + most
    return TextFigure(start, end, low, high, is_money, False, number)


def _coins(match: re.Match[str]) -> tuple[Decimal, Decimal]:
    """What stands behind the yuan: 2块8, 3元2角5分, 两块二三."""
    if match["half"]:
        return Decimal("0.5"), Decimal("0.5")
    cents = match["cents"] or ""
    if len(cents) == 2:
        one, other = (_digit(c) for c in cents)
        if not cents.isascii() and other == one + 1 and one:
            return one / 10, other / 10
        return (one * 10 + other) / 100, (one * 10 + other) / 100
    value = _digit(cents or match["jiao"]) / 10 + _digit(match["jiaofen"] or match["fen"]) / 100
    return value, value


def _digit(text: str | None) -> Decimal:
    return Decimal(DIGITS.get(text, text)) if text else Decimal(0)


def _joined(one: TextFigure, other: TextFigure) -> TextFigure | None:
    """The range from one figure to the other: 2.2-2.5元, 2到3千; None where it is none."""
    if one.low is None or other.high is None or one.high is None:
        return None
    low = one.low
    if not one.is_money and other.is_money and other.low is not None:
        number = parse_number(other.text)
        if number and one.low < number and other.high < number:
            low = low * other.low / number  # 2-3毛
    if (scaled := _SCALE.fullmatch(other.text)) and re.fullmatch(r"[\d.]+", one.text):
        factor = {"百": 100, "千": 1000, "万": 10_000}[scaled["scale"]]
        mantissa = Decimal(other.text[:-1]) if other.text[:-1] else Decimal(0)
        low = low * factor if one.low < mantissa else low
    if low >= other.high:
        return None
    money = one.is_money or other.is_money
    return replace(other, start=one.start, low=low, is_money=money, is_weak=other.is_weak)
