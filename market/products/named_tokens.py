"""What a token of a text says of products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from market.products.english import singular
from market.products.segmentation import Token

if TYPE_CHECKING:
    from market.products.lexicon import ProductLexicon
    from market.products.words import ProductMeaning

Codes = tuple[str, ...]


def is_english(text: str, token: Token) -> bool:
    """Whether it is a word in Latin letters."""
    first = text[token.start]
    return token.kind in ("word", "latin") and first.isascii() and first.isalpha()


def word_of(text: str, token: Token) -> str:
    """The word as the vocabulary has it."""
    return singular(text[token.start : token.end])


def meaning_of(token: Token) -> ProductMeaning:
    """What the lexicon knows of a word."""
    return token.meaning


def codes_of(token: Token) -> Codes:
    """Codes of what the word names, or of the family that it ends like."""
    return meaning_of(token).codes or (meaning_of(token).family,)


def names_product(token: Token) -> bool:
    """Whether the word names a product or a family."""
    return token.kind == "word" and bool(meaning_of(token).codes or meaning_of(token).family)


def is_single(token: Token) -> bool:
    """Whether it is one character."""
    return token.end - token.start == 1


def is_closer(lexicon: ProductLexicon, codes: Codes, others: Codes) -> bool:
    """Whether `codes` lie below the others, or are some of them."""
    return all(any(lexicon.below(c, o) for o in others if o) for c in codes) and codes != others
