"""Names that stand side by side: several products, or one that the other tells more of."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from market.products.named_tokens import (
    codes_of,
    is_closer,
    is_english,
    is_single,
    meaning_of,
    names_product,
    word_of,
)
from market.products.segmentation import Token
from market.products.tails import is_class_noun, read_tail

if TYPE_CHECKING:
    from market.products.lexicon import ProductLexicon

# Of these two different ones are named side by side: 白菜萝卜, 牛肚鸭血, 鸡鸭.
_LISTED_TOGETHER = ("02", "05", "06")
# Seed and seedlings, which are followed by the variety that grows of them: 水稻种子泰优398.
_OF_OTHERS = ("1001001", "0804006", "0804007", "0804008", "0804016", "0804017")
_GROWN = ("01", "02", "03", "0401")
# Amounts, without a stop or a space.
_AMOUNTS = re.compile(r"[\w.~+#/-]*[\d一二三四五六七八九十两半][\w.~+#/-]*")


def listed_products(lexicon: ProductLexicon, text: str, phrase: list[Token]) -> list[Token]:
    """Products named one after the other (猪肉牛肉羊肉), of one kind or at least three."""
    if len(phrase) < 2 or not all(map(names_product, phrase)):
        return []
    single = is_single(phrase[0])
    if is_english(text, phrase[0]) or any(is_single(t) != single for t in phrase):
        return []
    if any(meaning_of(t).kind for t in phrase):
        return []
    for one, other in pairwise(phrase):
        # 黑山羊羊羔 are lambs: a name goes on with its last character.
        if text[one.end - 1] == text[other.start] and not single:
            return []
        if is_explained_by(lexicon, text, one, other):
            return []
    codes = [meaning_of(t).codes for t in phrase]
    if any(len(c) != 1 for c in codes):
        return []
    kinds = {c[0][:2] if c[0].startswith(_LISTED_TOGETHER) else c[0][:4] for c in codes}
    if len(kinds) > 1 and (len(phrase) < 3 or single):
        return []
    if single and kinds != {"05"}:
        return []
    return [t._replace(meaning=c) for t, c in zip(phrase, codes, strict=True)]


def is_explained_by(lexicon: ProductLexicon, text: str, product: Token, later: Token) -> bool:
    """Whether the later name says of what kind or variety the product is, or how it is packed:
    脐橙水果, 西瓜8424, 草莓盒."""
    if is_english(text, product) or is_english(text, later):
        return False
    codes = codes_of(product)
    if repeats(lexicon, text, product, later) or (
        codes[0].startswith(_OF_OTHERS) and codes_of(later)[0].startswith(_GROWN)
    ):
        return True
    beside = later.start == product.end
    # The last character of an unknown name is a guess.
    guessed = is_single(later) and not meaning_of(later).codes
    if not is_class_noun(word_of(text, later), codes) and (
        beside or not (guessed or is_closer(lexicon, codes, codes_of(later)))
    ):
        return False
    return beside or bool(read_tail(lexicon, text, product, product.end, later.end, codes).codes)


def repeats(lexicon: ProductLexicon, text: str, product: Token, later: Token) -> bool:
    """Whether the later name is the product's own last character, or its variety: 西瓜8424 is
    what 8424西瓜 is."""
    name, word = text[product.start : product.end], word_of(text, later)
    return bool(lexicon.exact(word + name)) or (word == name[-1] and name != word)


def is_packing(text: str, product: Token, later: Token) -> bool:
    """Whether the later one is what the product is packed in, over an amount: 桃4两纸箱."""
    between = text[product.end : later.start]
    return bool(_AMOUNTS.fullmatch(between)) and is_class_noun(
        word_of(text, later), product.meaning
    )


def without_general_names(lexicon: ProductLexicon, text: str, found: list[Token]) -> list[Token]:
    """`found` with a kind and the English noun right behind it as one: Ponkan oranges."""
    names: list[Token] = []
    for token in found:
        if names and _is_general_name_of(lexicon, text, token, names[-1]):
            names[-1] = names[-1]._replace(end=token.end)
        else:
            names.append(token)
    return names


def _is_general_name_of(lexicon: ProductLexicon, text: str, general: Token, one: Token) -> bool:
    if text[one.end : general.start] != " " or not is_english(text, general):
        return False
    if not text[one.start].isascii() or len(one.meaning) != 1:
        return False
    families = {code[:4] for code in (*one.meaning, *general.meaning)}
    return len(families) == 1 and _has_kinds(lexicon, general) and not _has_kinds(lexicon, one)


def _has_kinds(lexicon: ProductLexicon, token: Token) -> bool:
    """Whether there are products below it."""
    return any(
        lexicon.below(code, top) and code != top for top in token.meaning for code in lexicon.paths
    )
