"""What the few fixed words of a sheet mean: sides, kinds of traders, consent, occasions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from market.accounts.models import TraderType
from market.imports.reading.cells import CellProblem, text_of
from market.imports.reading.heads import SheetHead
from market.imports.reading.sheet import Sheet
from market.offers.models import Side
from market.products.units import comparable, convert_price
from market.text.characters import fold
from market.web.language import lazy_gettext as _l

_SELL = re.compile(r"供|待售|滞销|销售|出售|卖|在售|sell|sale|supply|offer")
_BUY = re.compile(r"求购|采购|收购|需求|求|购买|买|购|wanted|want|buy|purchase|demand")
# 供应 and 采购 name their side; a price asked of buyers names none.
_SHEET_SELL = re.compile(r"供应|供给|可供|供货|待售|滞销|销售|出售|在售|上市|采收|\bsale\b|supply")
_SHEET_BUY = re.compile(r"求购|采购|收购|需求|wanted|purchase|demand")
_TRADERS = (
    (TraderType.COOPERATIVE, re.compile(r"合作社|联社|co-?op")),
    (TraderType.BROKER, re.compile(r"经纪|代办|broker")),
    (TraderType.BUYER, re.compile(r"采购|收购|批发|超市|客商|买|buyer")),
    (TraderType.COMPANY, re.compile(r"企业|公司|集团|加工厂|company|firm")),
    (
        TraderType.FARMER,
        re.compile(
            r"农户|农民|村民|[种养]植?殖?户|种养|大户|散户|个人|个体|家庭|农场|贫困户|脱贫户|普通|farm"
        ),
    ),
)
_CONSENT = (
    ("phone", re.compile(r"电话|手机|phone|call")),
    (
        "paper",
        re.compile(
            r"书面|纸质|签字|签名|签订|签章|盖了?[公私]?章|手印|指印|同意书|委托书|授权书|协议"
            r"|paper|signed|written|stamp|seal"
        ),
    ),
    ("spoken", re.compile(r"口头|当面|当场|spoken|oral")),
)
_REFUSED = re.compile(
    r"不同意|未|拒|否|没(?!问题|意见)|no(?!\s*objection)|refused|.*(?:不同意|[未没]同意|拒绝|拒签)"
)
# Of 是否同意; both in one cell answer nothing.
_NO = re.compile(
    r"否|不(?:同意|愿|行|可|予|想|肯|是|对|委托|授权|签|要|$)|未|没(?!问题|意见)|拒"
    r"|无(?!异议|意见|问题)|(?<![没无])有(?:异议|意见|问题)|[×✗✘✕❌╳]"
    r"|\b(?:no|not|n|x|f|false|refused?)\b|^[-/\\]?0$"
)
_YES = re.compile(
    r"(?<!不)是|(?<![不未没])同意|(?<![不未没])愿意|(?<!不)可以|已(?!拒)|(?<![没无未])有(?!异议|意见|问题)"
    r"|[无没](?:异议|意见|问题)|(?<!不)对|[√✓✔☑]"
    r"|\b(?:yes|y|t|true|ok|agreed?)\b|^1$"
)
_AGREED = re.compile(r"是|同意|已同意|已授权|已委托|有|√|✓|yes|y|agreed")
NOT_AGREED = _l("The farmer has not agreed: without it nothing may be posted.")
_MARK = r"(（\[【)）\]】,，、;；:：|/"
_BESIDE = re.compile(rf"[{_MARK}]+")
_SAW = re.compile(rf"[^{_MARK}]{{2,40}}?(?:在场|见证|作证|为证)")
_WITNESS = re.compile(
    r"支书|书记|主任|村长|组长|会计|村干部|村医|站长|队长|委员|证明|witness|存|保管|放在|柜|档案"
)
_FAIR = re.compile(r"对接会|洽谈会|推介会|展会|展销|博览会|交易会|交易周|丰收节|fair|expo")
_DAILY = re.compile(
    r"日常|平时|平日|常年|线下|市场|地头|上门|零散|电话|网上|线上|daily|ordinary|no|否"
)
_EACH = re.compile(r"[、;；\n]+|/(?=\s*\d)|(?<!\d),|,(?!\d{3})")


_SOLD_OUT = re.compile(
    r"(?:已经?|全部|都|均|现已|今年|产品)*(?:售完|售罄|卖完|卖光|销完|售空|出售完|销售完毕?|作废|停售|下架|无货|没货|断货|[已现]售|[已现]卖|已成交|已签约)(?:了|光)?[。.!！]*"
)
_SOLD_WORD = re.compile(r"售完|售罄|卖完|卖光|销完|售空")


def is_sold_out(text: str, alone: bool) -> bool:
    """Whether a text says that nothing is left; `alone`: only where it says nothing else, since a
    remark may tell of the year before."""
    if alone:
        return _SOLD_OUT.fullmatch(text) is not None
    return _SOLD_WORD.search(text) is not None


def read_side(text: str) -> Side:
    """The side that a cell names; refused where it names both or neither."""
    word = fold(text)
    sells, buys = bool(_SELL.search(word)), bool(_BUY.search(word))
    if sells == buys:
        raise CellProblem(_l("For sale or wanted? Write 供应 or 求购."))
    return Side.SELL if sells else Side.BUY


def side_of(sheet: Sheet, head: SheetHead) -> Side | None:
    """The side that a sheet's name, titles and heads speak of; None for both or neither."""
    above = [text_of(cell) for row in sheet.rows[: head.first_row] for cell in row if cell]
    for texts in ([sheet.name, *above], [column.title for column in head.columns]):
        if side := side_in(" ".join(texts)):
            return side
    return None


def side_in(title: str) -> Side | None:
    """The side that a title speaks of; None for both or neither."""
    word = fold(title)
    sells, buys = bool(_SHEET_SELL.search(word)), bool(_SHEET_BUY.search(word))
    if sells == buys:
        return None
    return Side.SELL if sells else Side.BUY


def read_trader_type(text: str) -> TraderType:
    """What kind of trader a cell names."""
    for kind, words in _TRADERS:
        if words.search(fold(text)):
            return kind
    raise CellProblem(
        _l(
            "“%(written)s” is no kind of trader: write 农户, 合作社, 经纪人, 企业 or 采购商.",
            written=text,
        )
    )


def _way_of(word: str) -> str | None:
    return next((way for way, words in _CONSENT if words.search(word)), None)


def read_consent(text: str) -> str | None:
    """How the farmer agreed (a key of stations.labels.WAYS); None where they did and nothing says
    how."""
    word = fold(text)
    if _REFUSED.match(word):
        raise CellProblem(NOT_AGREED)
    if way := _way_of(word):
        return way
    if _AGREED.match(word):
        return None
    raise CellProblem(
        _l(
            "“%(written)s” does not say how the farmer agreed: write 口头, 书面 or 电话.",
            written=text,
        )
    )


def read_agreed(text: str) -> bool:
    """Whether the farmer agreed, as the cell of 是否同意 says."""
    word = fold(text)
    if _REFUSED.match(word) and not _YES.search(word):
        return False
    yes = bool(_YES.search(word)) or _way_of(word) is not None
    if yes == bool(_NO.search(word)):
        raise CellProblem(
            _l("“%(written)s”: has the farmer agreed or not? Write 是 or 否.", written=text)
        )
    return yes


def is_no(text: str) -> bool:
    return bool(_NO.search(fold(text)))


def is_yes(text: str) -> bool:
    return bool(_YES.search(fold(text))) and not is_no(text)


def witness_beside(text: str) -> str:
    """Who saw it or where the paper is, where the way's cell says so too: 口头（村支书在场）."""
    if found := _SAW.search(text):
        return found[0].strip()
    for part in map(str.strip, _BESIDE.split(text)[1:]):
        if len(part) > 2 and _WITNESS.search(part):
            return part
    return ""


def read_occasion(text: str, title: str) -> str:
    """ "fair" or "daily".

    Args:
        title: the head of its column, which may be what 是 answers (是否对接会).
    """
    word = fold(text)
    if _FAIR.search(word) or (word in ("是", "yes", "y", "√") and _FAIR.search(fold(title))):
        return "fair"
    if _DAILY.search(word):
        return "daily"
    raise CellProblem(_l("At the fair or in daily trade? Write 对接会 or 日常."))


def each_of(text: str, count: int) -> list[str]:
    """What the text of a price says of each of several goods: its own of each, else the same."""
    parts = [part.strip() for part in _EACH.split(text) if part.strip()]
    return parts if len(parts) == count else [text] * count


def other_sum(values: Mapping[str, Any], yuan: Decimal, title_unit: str | None) -> Any:
    """What to ask where price times quantity is more than 1% another sum; None where it is the
    same, or not known.

    Args:
        title_unit: what the head counts the sum in: 万元 are rounded to 100 yuan.
    """
    low, quantity = values.get("price"), values.get("quantity")
    if low is None or quantity is None:
        return None
    if not comparable(values["price_unit"], values["unit"]):
        return None
    each = quantity * convert_price(Decimal(1), values["price_unit"], values["unit"])
    least, most = low * each, (values.get("price_to") or low) * each
    slack = max(yuan / 100, Decimal(100 if title_unit and "万" in title_unit else 1))
    if least - slack <= yuan <= most + slack:
        return None
    return _l(
        "Price times quantity is %(one)s yuan, and here stands %(other)s: which is right?",
        one=f"{least.normalize():f}" if least == most else f"{least:f}-{most:f}",
        other=f"{yuan.normalize():f}",
    )
