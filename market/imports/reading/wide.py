"""Tables with a column for each of the goods: 户主 | 电话 | 脐橙(斤) | 单价 | 蜜柚(斤) | 单价."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from market.imports.reading.fields import GOOD, GOOD_PRICE
from market.imports.reading.head_units import split_unit
from market.imports.reading.head_words import (
    DESCRIPTIVE,
    HEAD_WORDS,
    IGNORED,
    ImportKind,
    longest_first,
)
from market.products.queries import product_lexicon
from market.text.characters import fold

_WORDS = HEAD_WORDS[ImportKind.OFFERS]
_AMOUNTS = longest_first(
    word for field in ("quantity", "price") for word in _WORDS[field] if len(word) > 1
)
# 其中：脐橙; 脐橙数量.
_BEFORE = re.compile(r"^(?:其中|剩余|待售|可售|可供|滞销|预计)[\s:：、]*")
# 面积(亩) above 脐橙 is no amount of them.
_IS_DESCRIPTIVE = re.compile(f"(?:{'|'.join(sorted(DESCRIPTIVE))})$")
_EDGES = " :：、,，.。*＊-—_"
_SUM = re.compile(r"(?:合|总|小|共)\s*计|总[量产数]|^合$|\b(?:sub)?total\b|\bsum\b")


@dataclass(frozen=True)
class GoodsColumn:
    """A column for one of the goods.

    Attributes:
        index: of its amounts; price: of its prices, None for none. Counted from 0.
        words: what its head calls the goods.
    """

    index: int
    words: str
    price: int | None


def goods_in(lines: Iterable[str]) -> str:
    """What goods a head of these lines names, the lower line first; empty for none."""
    for line in reversed(list(lines)):
        word = split_unit(line)[0].strip(_EDGES)
        if word in IGNORED or word in DESCRIPTIVE or _SUM.search(word):
            continue
        for tried in dict.fromkeys((word, _without_amount(word))):
            if product_lexicon().exact("".join(fold(tried).split())):
                return tried
    return ""


def is_sum(title: str) -> bool:
    """Whether a column is the sum of others."""
    return _SUM.search(fold(title)) is not None


def find_goods(
    titles: Sequence[Sequence[str]], is_price: Callable[[str], bool]
) -> Mapping[int, str]:
    """The fields of the columns that hold amounts of the goods their heads name, and of those
    with their prices, by column; empty for none.

    Args:
        titles: the lines of each column's head.
        is_price: whether a line speaks of a price.
    """
    found: dict[int, str] = {}
    bare = []
    for column, lines in enumerate(titles):
        if any(_IS_DESCRIPTIVE.search(split_unit(line)[0]) for line in lines):
            continue
        speaks_of_price = any(map(is_price, lines))
        if goods_in(lines):
            found[column] = GOOD_PRICE if speaks_of_price else GOOD
        elif speaks_of_price:
            bare.append(column)
    first = min((column for column, field in found.items() if field == GOOD), default=None)
    if first is None:
        return {}
    # One price for a table of several goods is of none that anybody could name.
    prices = [*bare, *(column for column, field in found.items() if field == GOOD_PRICE)]
    of_each = [column for column in bare if column > first] if len(prices) > 1 else []
    return found | dict.fromkeys(of_each, GOOD_PRICE)


def goods_columns(columns: Sequence[tuple[int, str, str | None]]) -> list[GoodsColumn]:
    """The columns for each of the goods, each with that of its price: the one that names the same
    goods, else the next one to its right before other goods.

    Args:
        columns: (index, title, field) of each, in their order.
    """
    known = {
        index: goods_in([title, *title.split("/")])
        for index, title, field in columns
        if field in (GOOD, GOOD_PRICE)
    }
    prices: dict[int, int] = {}
    current = None
    for index, _title, field in columns:
        if field == GOOD:
            current = index
        elif field == GOOD_PRICE:
            same = (n for n, _t, f in columns if f == GOOD and known[n] == known[index])
            if (owner := next(same, None) if known[index] else current) is not None:
                prices.setdefault(owner, index)
    return [
        GoodsColumn(index, known[index] or split_unit(title)[0], prices.get(index))
        for index, title, field in columns
        if field == GOOD
    ]


def _without_amount(word: str) -> str:
    """脐橙 of 其中脐橙, 脐橙数量 and 脐橙单价."""
    word = _BEFORE.sub("", word)
    end = next((end for end in _AMOUNTS if word.endswith(end) and len(word) > len(end)), "")
    return word.removesuffix(end).strip(_EDGES)
