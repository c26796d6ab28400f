"""Which product a phrase of the trade names: its head stands at the end.

山东红富士苹果80# is an apple, 羊排骨 mutton, 苹果醋 no apple, and 园黄梨 a pear.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from market.products import vocabulary as v
from market.products.cutting import Token

if TYPE_CHECKING:
    from market.products.lexicon import Meaning, ProductLexicon


def heads(lexicon: ProductLexicon, text: str, tokens: list[Token]) -> list[Token]:
    """The products named by cut `tokens`, in their order; `meaning` is a tuple of codes."""
    found: list[Token] = []
    for phrase in _phrases(tokens):
        if head := _head(lexicon, text, phrase):
            found.append(head)
    return _kin(lexicon, text, found)


def _phrases(tokens: list[Token]) -> Iterator[list[Token]]:
    """Runs of words with nothing between them that ends a phrase."""
    run: list[Token] = []
    for token in tokens:
        if token.kind in ("word", "unknown", "latin", "number"):
            run.append(token)
        elif token.kind == "region":
            # A place begins a phrase; after a head it ends one.
            yield run
            run = []
        else:
            yield run
            run = []
    yield run


def _meaning(token: Token) -> Meaning:
    return token.meaning


def _names(token: Token) -> bool:
    if token.kind != "word":
        return False
    meaning = _meaning(token)
    return bool(meaning.codes or meaning.family)


def _head(lexicon: ProductLexicon, text: str, phrase: list[Token]) -> Token | None:
    """The token of the product that the phrase names."""
    end = len(phrase)
    while end and not _names(phrase[end - 1]):
        end -= 1
    if not end:
        return None
    head, tail = phrase[end - 1], phrase[end:]
    codes = _codes(lexicon, phrase[: end - 1], head)
    if codes and not tail:
        # "油", "醋", "粉" may be products themselves, made from what stands before.
        return head._replace(meaning=codes)
    if codes and (codes := _followed(lexicon, text, codes, tail)):
        return head._replace(meaning=codes)
    return None


def _followed(
    lexicon: ProductLexicon, text: str, codes: tuple[str, ...], tail: list[Token]
) -> tuple[str, ...]:
    """The codes, given what follows the head; another product's when it is made from it."""
    words = [text[t.start : t.end] for t in tail]
    if tail[0].kind == "latin":
        return () if v.MAKES_ANOTHER.intersection(words) else codes
    joined = "".join(words)
    for made, sources, code in v.MADE_FROM:
        if joined in made.split() and all(c.startswith(sources) for c in codes):
            return (code,)
    if all(_says_nothing(word, codes) for word in words):
        return codes
    unknown = [t for t in tail if t.kind == "unknown"]
    if any(word in v.MAKES_ANOTHER or word in v.STRANGERS for word in words):
        return ()
    # One unknown character after a head makes another word of it; a phrase goes on.
    return codes if len(unknown) >= 2 else ()


def _says_nothing(word: str, codes: tuple[str, ...]) -> bool:
    if word in v.AFTER or word[0].isdigit():
        return True
    if word in v.PIECES:
        return all(c.startswith(v.PIECES_OF) for c in codes)
    return word in v.HERB_PIECES and all(c.startswith("07") for c in codes)


def _codes(lexicon: ProductLexicon, before: list[Token], head: Token) -> tuple[str, ...]:
    """What the head means with these words before it."""
    meaning = _meaning(head)
    codes = meaning.codes
    left = before[-1] if before else None
    words = [_meaning(t).word for t in before if t.kind == "word"]
    if (left is not None and left.kind == "unknown") or (left and not codes):
        family = meaning.family or _family(meaning.word)
        if meaning.word in v.FAMILIES or not family:
            if not meaning.family and len(meaning.word) < 2:
                return ()
            codes = (meaning.family,) if meaning.family else codes
        elif not all(lexicon.below(c, family) for c in codes):
            codes = (family,)
    if not codes and meaning.family:
        codes = (meaning.family,)
    if len(codes) > 1:
        codes = _settled(lexicon, codes, words)
    made = [word for word in words if word in v.MADE]
    if made and not all(c.startswith(v.DRY_ANYWAY) for c in codes):
        return ()
    return codes


def _family(word: str) -> str:
    for n in (3, 2, 1):
        if len(word) > n and (code := v.FAMILIES.get(word[-n:])):
            return code
    return ""


def _settled(lexicon: ProductLexicon, codes: tuple[str, ...], words: list[str]) -> tuple[str, ...]:
    """Fresh or dry, where a word before says which."""
    dry = tuple(c for c in codes if c.startswith(("0102", "07", "0307")))
    if {"干", "干制", "晒干", "烘干"}.intersection(words) and len(dry) == 1:
        return dry
    fresh = tuple(c for c in codes if c.startswith(("02", "03")) and c not in dry)
    if {"鲜", "新鲜", "鲜活", "嫩"}.intersection(words) and len(fresh) == 1:
        return fresh
    return codes


def _kin(lexicon: ProductLexicon, text: str, found: list[Token]) -> list[Token]:
    """Without what another one says more closely: 苹果(红富士), 红富士 苹果."""
    sure = [t for t in found if len(t.meaning) == 1]
    kept = []
    for token in found:
        code = token.meaning[0]
        closer = any(
            other.meaning[0] != code and lexicon.below(other.meaning[0], code) for other in sure
        )
        if not (closer and len(token.meaning) == 1):
            kept.append(token)
    return kept
