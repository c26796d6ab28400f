"""Yuan, prices and quantities that are the whole of a text, as a field of a form takes them.

They are read by the grammar of `amounts`; what may mean two things is refused.
"""

from __future__ import annotations

import re
from decimal import Decimal

from market.text.amounts import UNKNOWN_UNIT, Price, find_amounts
from market.text.figures import find_figures, read_yuan
from market.text.numbers import parse_number, plain_numerals

_SIGN = re.compile(r"^(?:¥|rmb|cny|人民币) ?")
_REST = re.compile(r"(?<=[元块圆角毛分]) ?(?:钱|整|正)$| ?人民币$")
# 1 000 000 with its unit behind; a number alone is parse_number's.
_SPACED = re.compile(r"^[1-9]\d{0,2}(?: \d{3})+(?![\d ]*\d)")


def parse_yuan(text: str) -> Decimal | None:
    """Yuan; a number alone is one. None where it is no amount, or may be several."""
    text = _REST.sub("", _SIGN.sub("", _plain(text)))
    if (number := parse_number(text)) is not None:
        return number
    span = read_yuan(text)
    return span[0] if span and span[0] == span[1] else None


def parse_price(text: str) -> tuple[Decimal | None, str]:
    """(yuan, code of the unit it is for or empty): 2.2元/斤, 1块6一斤, 10元3斤, 每箱30."""
    if (yuan := parse_yuan(text)) is not None:
        return yuan, ""
    price = _whole_price(_plain(text))
    return (price.low, price.unit) if price and price.low == price.high else (None, "")


def parse_price_range(text: str) -> tuple[Decimal, Decimal, str] | None:
    """(lowest, highest, code of the unit or empty) of 1500-1600, 3~4块/斤, 三四块."""
    text = _plain(text)
    figures = find_figures(text)
    if len(figures) == 1 and (figures[0].start, figures[0].end) == (0, len(text)):
        low, high, unit = figures[0].low, figures[0].high, ""
    elif price := _whole_price(text):
        low, high, unit = price.low, price.high, price.unit
    else:
        return None
    return (low, high, unit) if low and high and low < high else None


def parse_quantity(text: str) -> tuple[Decimal | None, str]:
    """(number, code of its unit or empty): 5吨, 8万斤, 两斤半, 500斤起批, 2000."""
    text = _plain(text)
    if (number := parse_number(text)) is not None:
        return number, ""
    prices, quantities = find_amounts(text)
    if prices or len(quantities) != 1:
        return None, ""
    (found,) = quantities
    whole = (found.start, found.end) == (0, len(text)) and found.unit != UNKNOWN_UNIT
    if not whole or found.low is None:
        return None, ""
    if found.role == "lot" or (found.role == "amount" and found.low == found.high):
        return found.low, found.unit
    return None, ""


def _plain(text: str) -> str:
    text = plain_numerals(text)
    return _SPACED.sub(lambda found: found[0].replace(" ", ""), text)


def _whole_price(text: str) -> Price | None:
    """The price that is all of the text, for a known unit or none."""
    prices, quantities = find_amounts(text)
    if len(prices) != 1 or quantities or prices[0].unit == UNKNOWN_UNIT:
        return None
    return prices[0] if (prices[0].start, prices[0].end) == (0, len(text)) else None
