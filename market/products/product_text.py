"""Parsing the text of the product's box: the person's own word for it, and amounts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from market.text.amounts import find_prices, find_quantities
from market.text.characters import fold, is_chinese, tidy
from market.text.money import parse_price, parse_quantity

# 我家有, 出售, 想买: what somebody begins a sentence with.
_BEGINNING = re.compile(
    r"(?:(?:我|俺|咱)们?(?:家|这里|这边|这儿)?的?)?"
    r"(?:(?:现|还)?有(?!机)|大量|长期|现货|出售|供应|求购|收购|采购|[想要]卖|[想要]买|卖|买|需要)*"
)
_EDGES = " ,，.。;；:：、!！~-—"


@dataclass(frozen=True)
class ProductText:
    """What a text about a product says.

    Attributes:
        words: the text without what follows and how it begins.
        quantity, price: as they were typed (三万斤, 2块一斤); empty where none was.
    """

    words: str
    quantity: str = ""
    price: str = ""


def parse_product_text(text: str) -> ProductText:
    """我有三万斤红薯 is 红薯 and 三万斤."""
    text = tidy(text) or ""
    folded = fold(text)
    if len(folded) != len(text):
        text = folded
    quantity, price = "", ""
    for found in find_prices(folded):
        typed = text[found.start : found.end].strip()
        if parse_price(typed)[0]:
            price = typed
            text, folded = (_without(t, found.start, found.end) for t in (text, folded))
            break
    for amount in find_quantities(folded):
        typed = text[amount.start : amount.end].strip()
        if amount.role == "amount" and all(parse_quantity(typed)):
            quantity = typed
            text = _without(text, amount.start, amount.end)
            break
    return ProductText(strip_sentence_start(text), quantity, price)


def without_quantities(text: str) -> str:
    """The text without what looks like a quantity, that of a package too (10斤装)."""
    text = fold(tidy(text) or "")
    for found in reversed(find_quantities(text)):
        text = _without(text, found.start, found.end)
    return strip_sentence_start(text)


def strip_sentence_start(text: str) -> str:
    """The text without how the sentence begins, and without marks at its ends."""
    text = (tidy(text) or "").strip(_EDGES)
    return _BEGINNING.sub("", text, count=1).strip(_EDGES) or text


def is_other_name(text: str, name: str) -> bool:
    """Whether it is a word of the person's own for the product of that name."""
    return text != name and any(is_chinese(character) for character in text)


def _without(text: str, start: int, end: int) -> str:
    return f"{text[:start]} {text[end:]}".strip()
