"""What a cell shows: its text, its number, and what is wrong with it by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

from market.imports.reading.sheet import CellValue
from market.text.characters import tidy
from market.web.language import lazy_gettext as _l

_ERROR = re.compile(
    r"#(?:REF!|DIV/0!|N/A|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|BUSY!|FIELD!|[^\s#]{1,12}!)|ERR:\d{3}",
    re.IGNORECASE,
)
_FORMULA = re.compile(r"=.*[A-Za-z0-9(]")
_HASHES = re.compile(r"#{3,}")
# Nothing, as tables write it.
_NOTHING = re.compile(r"[\s\-—–_/\\|.。*×]*|无|没有|暂无|n/?a|none|null|nil", re.IGNORECASE)
_DITTO = re.compile(r"同\s*上|同\s*前|[〃″“”\"']{1,2}|ditto|as above", re.IGNORECASE)


# Most short texts of a sheet stand in it hundreds of times; so many are remembered.
_MAX_REMEMBERED, _MAX_SHORT = 1 << 13, 64
_Parameters = ParamSpec("_Parameters")
_Answer = TypeVar("_Answer")


def cache_short(read: Callable[_Parameters, _Answer]) -> Callable[_Parameters, _Answer]:
    """Remember what `read` makes of texts, its last argument, that are short."""
    cached: Any = lru_cache(_MAX_REMEMBERED)(read)
    uncached: Any = read

    @wraps(read)
    def answer(*args: _Parameters.args, **_kwargs: _Parameters.kwargs) -> _Answer:
        found: _Answer = (cached if len(str(args[-1])) <= _MAX_SHORT else uncached)(*args)
        return found

    return answer


class CellProblem(Exception):
    """What is wrong with a cell.

    Attributes:
        text: for the person, in their language.
    """

    def __init__(self, text: Any) -> None:
        self.text = text
        super().__init__()


def text_of(cell: CellValue) -> str:
    """A cell as it is seen, tidied: 13800001122 and not 13800001122.0."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        return f"{decimal_of(cell):f}"
    if isinstance(cell, datetime):
        return (
            cell.date().isoformat() if cell.time() == cell.min.time() else f"{cell:%Y-%m-%d %H:%M}"
        )
    if isinstance(cell, date):
        return cell.isoformat()
    return _tidied(cell)


@cache_short
def _tidied(text: str) -> str:
    text = " ".join(tidy(text).split())
    # How somebody had Excel take a number for text, twice: the sign stayed.
    return text[1:] if text[:1] in ("'", "‘") and text[1:2].isalnum() else text


def decimal_of(number: int | float) -> Decimal:
    """The number as a spreadsheet shows it: its fifteen digits."""
    if isinstance(number, int):
        return Decimal(number)
    shown = Decimal(f"{number:.15g}") if abs(number) < 1e15 else Decimal(number)
    return shown.to_integral_value() if shown == shown.to_integral_value() else shown.normalize()


def is_number(cell: CellValue) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def is_nothing(cell: CellValue) -> bool:
    """Whether a cell is empty, or holds what stands for nothing: –, 无, /."""
    return cell is None or (isinstance(cell, str) and _matches(_NOTHING, cell))


def is_ditto(cell: CellValue) -> bool:
    """Whether a cell says what the one above says: 同上, 〃."""
    return isinstance(cell, str) and _matches(_DITTO, cell)


@cache_short
def _matches(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.fullmatch(_tidied(text)) is not None


def check_shown(cell: CellValue) -> None:
    """Let pass what is a value.

    Raises:
        CellProblem: it is an error, a formula without a value, or digits that were lost.
    """
    if (isinstance(cell, float) and cell in (float("inf"), float("-inf"))) or cell != cell:
        raise CellProblem(_l("This is no number: write the number."))
    if not isinstance(cell, str):
        return
    text = cell.strip()
    if not text.startswith(("#", "=", "Err:", "ERR:")):
        return
    if _ERROR.fullmatch(text):
        raise CellProblem(
            _l("The cell shows the error %(error)s: write the value in its place.", error=text)
        )
    if _HASHES.fullmatch(text):
        raise CellProblem(_l("The column was too narrow to show the value: write it here."))
    if _FORMULA.fullmatch(text):
        raise CellProblem(
            _l(
                "The formula was saved without its value: open the file once in Excel or WPS, save "
                "it and send it again."
            )
        )
