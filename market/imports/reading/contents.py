"""Whether what stands in a column is what its head promises, at a glance."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from market.imports.reading.sheet import CellValue
from market.text.characters import fold
from market.text.numbers import plain_numerals
from market.text.units import UNIT_WORDS, UNITS

_UNIT = re.compile(
    r"[(（]?[百千万]?(?:元\s?[/每]\s?)?(?:"
    + "|".join(sorted(UNIT_WORDS, key=len, reverse=True))
    + r")[)）]?"
)
_SIDE = re.compile(r".{0,3}(?:供|求|买|卖|购|销|售|sell|buy|sale|want).{0,4}")
_AMOUNT = re.compile(r".{0,4}(?:\d|[一二三四五六七八九十百千万两半]).*")
_AMOUNT_INSIDE = re.compile(rf"[\d半几一二两三四五六七八九十百千万]\s?(?:{UNITS})")
_NUMBER = re.compile(r"[\d,.\s]+")
_PRICE_WORDS = re.compile(r".*(?:议|价|行|市|谈).*")
_DAY = re.compile(r".*(?:\d|[月日年旬季节货]|常|随时|全年).*")
_TRADER = re.compile(r".*(?:户|社|企业|公司|农|商|经纪|farm|coop|broker|company|buyer).*")

_ANSWER = re.compile(
    r".*(?:是|否|同意|愿意|不|未|没|无|有|可以|拒|已|对|授权|委托|口头|书面|电话|签|[√✓✔☑×✗✘✕❌╳]).*"
    r"|[-/—xynft01]|yes|no|not.*|ok|true|false|agreed|refused|spoken|paper|phone"
)


def _is_number(cell: CellValue) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _matches(pattern: re.Pattern[str]) -> Callable[[CellValue], bool]:
    return lambda cell: isinstance(cell, str) and pattern.fullmatch(fold(cell).strip()) is not None


def _is_phone(cell: CellValue) -> bool:
    if _is_number(cell):
        return abs(cell) >= 1_000_000  # type: ignore[arg-type]
    return isinstance(cell, str) and sum(character.isdigit() for character in cell) >= 5


def _is_amount(cell: CellValue) -> bool:
    return _is_number(cell) or _matches(_AMOUNT)(cell)


def _is_price(cell: CellValue) -> bool:
    return _is_amount(cell) or _matches(_PRICE_WORDS)(cell)


def _is_day(cell: CellValue) -> bool:
    return isinstance(cell, date) or _is_number(cell) or _matches(_DAY)(cell)


def _is_name(cell: CellValue) -> bool:
    """Words, and no unit."""
    return isinstance(cell, str) and not (_NUMBER.fullmatch(cell) or _matches(_UNIT)(cell))


_CHECKS: dict[str, Callable[[CellValue], bool]] = {
    **dict.fromkeys(("phone", "seller_phone", "buyer_phone"), _is_phone),
    **dict.fromkeys(("quantity", "amount"), _is_amount),
    **dict.fromkeys(("price", "price_to"), _is_price),
    **dict.fromkeys(("from_day", "until_day", "day", "consent_day"), _is_day),
    **dict.fromkeys(("unit", "price_unit"), _matches(_UNIT)),
    **dict.fromkeys(("name", "seller", "buyer", "product", "region", "township"), _is_name),
    "side": _matches(_SIDE),
    "trader_type": _matches(_TRADER),
    "agreed": lambda cell: isinstance(cell, bool) or cell in (0, 1) or _matches(_ANSWER)(cell),
}
# A column that holds none of these is not that field, whatever its head says.
PLAIN = frozenset(("unit", "price_unit", "side", "trader_type", "agreed"))


def says_amounts(cells: Sequence[CellValue]) -> bool:
    """Whether a column of goods says how much of them there is: 脐橙5吨."""
    return any(
        isinstance(cell, str) and _AMOUNT_INSIDE.search(plain_numerals(cell)) for cell in cells
    )


def fit(field: str, cells: Sequence[CellValue]) -> float | None:
    """The share of the cells that are such a field's; None where there are none, or anything
    goes."""
    check = _CHECKS.get(field)
    filled = [cell for cell in cells if cell not in (None, "")]
    if check is None or not filled:
        return None
    return sum(map(check, filled)) / len(filled)
