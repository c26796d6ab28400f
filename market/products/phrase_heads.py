"""Which product a phrase of the trade names: its head stands at the end.

山东红富士苹果80# is an apple, 羊排骨 mutton, 苹果醋 no apple, and 园黄梨 a pear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from market.products import vocabulary as v
from market.products.apposition import (
    is_explained_by,
    is_packing,
    listed_products,
    repeats,
    without_general_names,
)
from market.products.named_tokens import (
    is_closer,
    is_english,
    is_single,
    meaning_of,
    names_product,
    word_of,
)
from market.products.ordinary_words import ordinary_words
from market.products.segmentation import Token
from market.products.tail_words import TALK, THINGS
from market.products.tails import TailReading, made_from, read_tail

if TYPE_CHECKING:
    from market.products.lexicon import ProductLexicon
    from market.products.words import ProductMeaning

# Packaging, by the tree; seedlings stand in trays, which it has among film.
_PACKING, _TRAYS = ("1001013",), ("穴盘", "营养钵", "营养杯")
_SIZE_BEFORE = re.compile(r"\d\s*(?:公?斤|千克|kg|g|克|孔|个|只|枚|粒|头|装|l|升)?$")
_DRY = frozenset(("干", "干制", "晒干", "烘干", "dried", "dry"))
_NUMERALS = "一二三四五六七八九十百千几两半"
# Of these 熟 says that they are ripe, of others that they are cooked.
_RIPENING = ("03", "0203", "0204")
# What stands before them belongs to something else: 罐头厂收黄桃.
_PARTING = (THINGS | TALK) - v.BEFORE - v.MADE
_MEASURES = "米面提"
_TURNS = v.MAKES_ANOTHER | frozenset(v.CUTS.split()) | v.MADE
# Dried goods are graded by how many go to a weight: 枸杞280粒/50克.
_COUNT = re.compile(r"\d{2,4} ?(?:粒|grains?\b)")
_COUNTED = re.compile(r"grains?\b")
_FRESH = frozenset(("鲜", "新鲜", "鲜货", "鲜品", "鲜活", "嫩", "水果", "鲜食", "fresh"))


def find_heads(lexicon: ProductLexicon, text: str, tokens: list[Token]) -> list[Token]:
    """The products named by cut `tokens`, in their order; `meaning` is a tuple of codes."""
    found: list[Token] = []
    for phrase, inside in _phrases(text, tokens):
        if len(listed := listed_products(lexicon, text, phrase)) > 1:
            found += listed
            continue
        head = _head(lexicon, text, phrase)
        if not inside or not found:
            packed = head and found and is_packing(text, found[-1], head)
            found += [head] if head and not packed else []
            continue
        # What stands in brackets says more of what stands before them, or nothing.
        outer = found[-1]
        if head and is_closer(lexicon, head.meaning, outer.meaning):
            found.append(head)
        elif head and _is_guessed(text, outer):
            # 红笋(莴笋): they say what the name outside means.
            found[-1] = head
        elif codes := _read_with_tail(lexicon, text, outer, phrase) or _made_in_brackets(
            text, outer.meaning, phrase
        ):
            found[-1] = outer._replace(meaning=codes)
    return _kin(lexicon, text, found)


def _phrases(text: str, tokens: list[Token]) -> Iterator[tuple[list[Token], bool]]:
    """Runs of words with nothing between them that ends a phrase, and whether in brackets."""
    run: list[Token] = []
    depth = 0
    for token, after in zip(tokens, [*tokens, None][1:], strict=True):
        if token.kind in ("word", "unknown", "latin", "number"):
            run.append(token)
            continue
        if run and after and _goes_on(text, run[-1], token, after):
            continue
        yield run, depth > 0
        run = []
        if token.kind == "gap":
            depth += {"(": 1, "[": 1, "【": 1, ")": -1, "]": -1, "】": -1}.get(text[token.start], 0)
    yield run, depth > 0


def _goes_on(text: str, left: Token, gap: Token, right: Token) -> bool:
    """Whether an English phrase goes on behind a space: `dried chili`, `orange juice`. A
    product's name ends it unless the next word makes another thing of it."""
    if text[gap.start : gap.end] not in (" ", "-"):
        return False
    if not (is_english(text, left) and is_english(text, right)):
        return False
    if not names_product(left) or meaning_of(left).kind:
        return True
    kind = right.kind == "word" and meaning_of(right).kind
    return kind or word_of(text, right) in _TURNS


def _head(lexicon: ProductLexicon, text: str, phrase: list[Token]) -> Token | None:
    """The token of the product that the phrase names."""
    named = [
        i for i, token in enumerate(phrase) if names_product(token) and _is_sure(text, phrase, i)
    ]
    start = 0
    while len(named) > 1 and is_explained_by(lexicon, text, phrase[named[-2]], phrase[named[-1]]):
        later = phrase[named.pop()]
        if repeats(lexicon, text, phrase[named[-1]], later):
            start = max(start, later.end)
    while named:
        place = named.pop()
        head = phrase[place]
        tail = phrase[place + 1 :]
        if found := _read_head(lexicon, text, phrase[:place], head, tail, max(start, head.end)):
            return found
        start = 0
        # One character that is no product stands in the way of none before it.
        if head.end - head.start > 1 or text[head.start].isascii():
            break
    return None


def _read_head(
    lexicon: ProductLexicon,
    text: str,
    before: list[Token],
    head: Token,
    tail: list[Token],
    start: int,
) -> Token | None:
    """The head with what it means between these words; None when it is no product. What repeats
    it goes on to `start`."""
    if meaning_of(head).kind and _is_made_of_unknown(text, before, head):
        return None
    if before and before[-1].end < head.start and (whole := _english_product(before)):
        return _of_another(lexicon, text, whole, head)
    if before and word_of(text, before[-1]) in v.PURPOSES:
        return None
    if before and word_of(text, before[-1]) in v.COOKING and any(map(names_product, before)):
        return None
    codes = _codes(lexicon, text, before, head)
    end = head.end
    if codes and tail:
        codes, end = _followed(lexicon, text, head, codes, tail, start)
    return head._replace(meaning=codes, end=end) if codes else None


def _is_sure(text: str, phrase: list[Token], place: int) -> bool:
    """Whether the token stands for a product at all. One character is none beside figures (17米5),
    nor inside a word of ordinary language (提供)."""
    token = phrase[place]
    if _COUNTED.match(text, token.start) and text[: token.start].rstrip()[-1:].isdigit():
        return False
    if not is_single(token) or text[token.start].isascii():
        return True
    left = phrase[place - 1] if place else None
    beside = left is not None and left.end == token.start
    if left is not None and beside and (left.kind == "number" or text[left.end - 1] in _NUMERALS):
        return False
    if text[token.end : token.end + 1].isdigit() and meaning_of(token).word in _MEASURES:
        return False
    word = ordinary_words(text)[token.start]
    if word.end > token.end:
        return False
    if word.start == token.start or left is None:
        return True
    return left.kind == "word"


def _is_guessed(text: str, token: Token) -> bool:
    """Whether the product was read by the last character of an unknown name."""
    return is_single(token) and token.start > 0 and text[token.start - 1].isalpha()


def _made_in_brackets(text: str, codes: tuple[str, ...], phrase: list[Token]) -> tuple[str, ...]:
    """Another product made of it, as brackets say: 菊花(鲜切), shiitake (dried)."""
    if not phrase:
        return ()
    word = text[phrase[0].start : phrase[-1].end]
    return made_from(word, codes) or (_cured(codes, [word]) if word in v.MADE else ())


def _english_product(words: list[Token]) -> Token | None:
    """The last one that names a product, and not only of what kind it is."""
    return next((t for t in words[::-1] if names_product(t) and not meaning_of(t).kind), None)


def _is_made_of_unknown(text: str, before: list[Token], head: Token) -> bool:
    """Whether it is made from something unknown: `olive oil`."""
    return word_of(text, head) in v.MAKES_ANOTHER and any(
        word_of(text, t) not in v.BEFORE and (t.kind == "latin" or meaning_of(t).kind)
        for t in before
    )


def _of_another(lexicon: ProductLexicon, text: str, product: Token, head: Token) -> Token | None:
    """What an English head means after a product: beef ribs are beef, tomato sauce nothing."""
    word, codes = word_of(text, head), meaning_of(product).codes
    if is_closer(lexicon, meaning_of(head).codes, codes):
        return head._replace(meaning=meaning_of(head).codes)
    if is_closer(lexicon, codes, meaning_of(head).codes):
        return product._replace(meaning=codes, end=head.end)
    made = codes if _says_nothing(word, codes) else made_from(word, codes)
    return product._replace(meaning=made, end=head.end) if made else None


def _followed(
    lexicon: ProductLexicon,
    text: str,
    head: Token,
    codes: tuple[str, ...],
    tail: list[Token],
    start: int,
) -> TailReading:
    """The codes, given what follows the head; another product's when it is made from it;
    and where the name ends."""
    if not is_english(text, head):
        tail_reading = read_tail(lexicon, text, head, start, tail[-1].end, codes)
        if tail_reading.codes != codes:
            return tail_reading
        closer = _read_with_tail(lexicon, text, head._replace(meaning=codes), tail[:2])
        return TailReading(closer or codes, tail_reading.end)
    words = [word_of(text, t) for t in tail]
    if made := made_from("".join(words), codes):
        return TailReading(made, tail[-1].end)
    if words[0] in v.MADE:
        return TailReading(_cured(codes, words[:1]), tail[0].end)
    if all(_says_nothing(word, codes) for word in words):
        return TailReading(codes, head.end)
    if any(word in v.MAKES_ANOTHER or word in v.STRANGERS for word in words):
        return TailReading((), head.end)
    goes_on = tail[0].kind == "latin" or tail[0].start > head.end
    return TailReading(codes if goes_on else (), head.end)


def _says_nothing(word: str, codes: tuple[str, ...]) -> bool:
    if word in v.AFTER or word[0].isdigit():
        return True
    if any(word in pieces.split() and codes[0].startswith(of) for pieces, of in v.PIECES_OF):
        return True
    return word in v.BEFORE and word not in v.MAKES_ANOTHER


def _read_with_tail(
    lexicon: ProductLexicon, text: str, head: Token, tail: list[Token]
) -> tuple[str, ...]:
    """菜苔(红) is 红菜苔, 蚕豆(鲜) the fresh one: a word after the head read before it."""
    word = text[head.start : head.end]
    for token in tail:
        word_after = text[token.start : token.end]
        if _COUNT.match(text, token.start):
            return _settled(lexicon, head.meaning, ["干"])
        if token.kind != "word":
            continue
        for composed in (word_after + word, word_after[-1] + word):
            codes = lexicon.exact(composed)
            if codes and is_closer(lexicon, codes, head.meaning):
                return codes
        if settled := _settled(lexicon, head.meaning, [word_after, word_after[-1]]):
            return settled
    return ()


def _codes(lexicon: ProductLexicon, text: str, before: list[Token], head: Token) -> tuple[str, ...]:
    """What the head means with these words before it; empty when it makes another word."""
    meaning = meaning_of(head)
    codes = meaning.codes or (meaning.family,)
    left = before[-1] if before else None
    last = max((i for i, t in enumerate(before) if word_of(text, t) in _PARTING), default=-1)
    before = before[last + 1 :]
    words = [meaning_of(t).word if t.kind == "word" else word_of(text, t) for t in before]
    words = ["干" if word == "乾" else word for word in words]
    if left is not None and left.end == head.start:
        if left.kind == "unknown" and lexicon.knows(text[left.end - 1 : head.start + 1]):
            # A word lies across: 菊花|菜 is no 菊|花菜.
            return ()
        alone = left.end - left.start == 1 and left.kind == "word"
        if left.kind == "unknown" or (alone and word_of(text, left) not in v.BEFORE):
            codes = _after_unknown(lexicon, meaning, left.kind == "unknown")
        elif names_product(left) and len(meaning_of(left).codes) == 1:
            if is_closer(lexicon, meaning_of(left).codes, codes):
                return meaning_of(left).codes
            codes = _after_product(meaning, codes, meaning_of(left).codes[0])
    return _settled(lexicon, codes, words) or _cured(codes, words)


def _after_product(meaning: ProductMeaning, codes: tuple[str, ...], left: str) -> tuple[str, ...]:
    """What a head means right after another product: 土豆蛋 is no egg, 柚子茶 no tea."""
    if len(meaning.word) == 1 and not meaning.family and not meaning.name:
        return ()
    for kind in ("05", "04"):
        if codes and codes[0].startswith(kind) and not meaning.name:
            return codes if left.startswith(kind) else ()
    if codes and codes[0].startswith("05") and left.startswith(("01", "02", "03", "04", "09")):
        # 椰子鸡, 板栗鸡: a dish.
        return ()
    if meaning.word == "茶" and not left.startswith("04"):
        return ()
    return codes


def _after_unknown(
    lexicon: ProductLexicon, meaning: ProductMeaning, unknown: bool
) -> tuple[str, ...]:
    """What a head means right after something unknown, or a single character.

    A short alias that ends like another family is read by its end: 园黄梨 is no 黄梨.
    """
    if not meaning.codes:
        return (meaning.family,)
    family = _family(meaning.word)
    if family and not meaning.name and len(meaning.word) == 2:
        if all(lexicon.below(c, family) for c in meaning.codes):
            return meaning.codes
        return (family,)
    if unknown and len(meaning.word) == 1:
        return (meaning.family,) if meaning.family else ()
    return meaning.codes


def _family(word: str) -> str:
    for n in (3, 2, 1):
        if len(word) > n and (code := v.FAMILIES.get(word[-n:])):
            return code
    return ""


def _settled(lexicon: ProductLexicon, codes: tuple[str, ...], words: list[str]) -> tuple[str, ...]:
    """Fresh or dry, where a word says which; empty when none does."""
    if len(codes) < 2:
        return ()
    dry = tuple(c for c in codes if lexicon.is_dry(c))
    # 百合鲜货 are bulbs: flowers are never called so.
    edible = tuple(c for c in codes if c not in dry and not c.startswith("08"))
    fresh = edible or tuple(c for c in codes if c not in dry)
    if _DRY.intersection(words):
        return dry
    if _FRESH.intersection(words):
        return fresh
    return ()


def _cured(codes: tuple[str, ...], words: list[str]) -> tuple[str, ...]:
    """The product that curing makes, where the tree has one; else none."""
    made = [word for word in words if word in v.MADE]
    ripening = tuple(c for c in codes if c.startswith(_RIPENING))
    if made[-1:] == ["熟"] and ripening:
        return ripening
    if not made or not codes:
        return codes
    for how, sources, code in v.CURED:
        if made[-1] in how.split() and codes[0].startswith(sources):
            return (code,)
    return codes if all(c.startswith(v.DRY_ANYWAY) for c in codes) else ()


def _is_packing(text: str, token: Token) -> bool:
    """Whether it is packing of so much or so many: 纸箱20斤, 10斤网袋, 105孔穴盘."""
    is_tray = text[token.start : token.end] in _TRAYS
    if not is_tray and token.meaning != _PACKING:
        return False
    before, after = text[: token.start].rstrip(), text[token.end :].lstrip()
    return after[:1].isdigit() or bool(_SIZE_BEFORE.search(before))


def _kin(lexicon: ProductLexicon, text: str, found: list[Token]) -> list[Token]:
    """Without what another one says more closely: 苹果(红富士), 红富士 苹果; and without what
    it is packed in: 黄瓜 40斤泡沫箱 is no box."""
    found = without_general_names(lexicon, text, found)
    if len(found) < 2:
        return found
    found = [found[0], *(t for t in found[1:] if not _is_packing(text, t))]
    sure = [t.meaning[0] for t in found if len(t.meaning) == 1]
    return [
        token
        for token in found
        if not any(is_closer(lexicon, (code,), token.meaning) for code in sure)
    ]
