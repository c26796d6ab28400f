"""The words that name products, in memory: from what is typed to codes.

A word is looked up as it stands, folded (full-width, traditional, case, tones), by pinyin,
initials and English name; `read` finds the products inside a longer text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from rapidfuzz import fuzz, process

from market.products import english
from market.products import vocabulary as v
from market.products.class_nouns import class_members
from market.products.misspellings import Misspellings
from market.products.phrase_heads import find_heads
from market.products.pinyin import Pinyin
from market.products.segmentation import Token, segment
from market.products.suggestions import Suggestions
from market.products.tail_words import TAIL_WORDS
from market.products.varieties import series_end
from market.products.words import MAX_MEANINGS, LexiconWord, ProductMeaning, codes_meant
from market.text.characters import fold, is_chinese, without_ignorable

# Of names that may be meant, in a hundred: two of three characters.
MIN_LIKENESS = 60

MAX_LATIN_WORDS = 6
# Of so many products that sound alike each is asked about; more are none of them.
MAX_HEARD = 3
# A few Chinese characters with spaces between them, no longer than a name.
_PART = re.compile("[\u3400-\u9fff]+")
_SPACED = re.compile(r"[\u3400-\u9fff]{1,4}(?: {1,2}[\u3400-\u9fff]{1,4}(?![\u3400-\u9fff])){1,4}")
_FOREIGN_WORDS = frozenset(map(english.key, v.ENGLISH_STRANGERS))


class ProductLexicon:
    """Words in memory.

    Args:
        words: of products and categories.
        paths: code -> path of every product.
        dry: codes of products that are sold dry.
    """

    def __init__(
        self, words: Iterable[LexiconWord], paths: dict[str, str], dry: Iterable[str] = ()
    ) -> None:
        self.paths = paths
        self.dry = frozenset(dry)
        self._words = list(words)
        meant: dict[str, list[LexiconWord]] = defaultdict(list)
        self._series: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for word in self._words:
            if word.series:
                stem = fold(word.text)
                self._series[stem[0]].append((stem, word.code))
            elif word.rank < 2 or len(word.code) == 7:
                meant[_key(word.text)].append(word)
        # Thousands of words mean the same few hundred products: one tuple for each.
        shared: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._exact = {
            key: shared.setdefault(codes, codes)
            for key, codes in ((key, codes_meant(found)) for key, found in meant.items())
        }
        self._asked = {key for key, found in meant.items() if all(w.asked for w in found)}
        self._names = {key for key, found in meant.items() if any(w.rank == 0 for w in found)}
        self._pinyin = Pinyin(self._words)
        self._english = self._named_in_english()
        self._kinds = self._kinds_in_english()
        self._table = self._vocabulary()
        self._lengths: dict[str, tuple[int, ...]] = _lengths(self._table)

    # Looking up one word

    def resolve(self, text: str) -> tuple[str, ...]:
        """Codes of what `text` may mean: one is sure, several are to be asked, none unknown."""
        word = " ".join(fold(without_ignorable(text)).split())
        if not word:
            return ()
        if not word.isascii():
            word = word.replace(" ", "")
        if found := self._exact.get(word) or self.latin(word):
            return found
        if word in self.paths:
            return (word,)
        if word.isascii():
            return self.initials(word.replace(" ", ""))
        found = tuple(dict.fromkeys(c for name in self.find_products(word) for c in name.meaning))
        return found[:MAX_MEANINGS]

    def has_name(self, word: str) -> bool:
        """Whether the whole word is a name of a product or a variety."""
        return _key(word) in self._exact

    def latin(self, word: str) -> tuple[str, ...]:
        """Codes of an English name (also in the plural), of pinyin, with or without spaces, or
        of what English names end with."""
        meaning = self._latin_meaning(word) if word.replace("’", "").isascii() else None
        return meaning.codes if meaning else ()

    def _latin_meaning(self, text: str) -> ProductMeaning | None:
        key = english.key(text)
        if codes := self._english.get(key) or self._one_line(self._pinyin.spelt(text)):
            return ProductMeaning(text, codes[:MAX_MEANINGS])
        if codes := self._kinds.get(key, ()):
            return ProductMeaning(text, codes, kind=True)
        if key in _FOREIGN_WORDS:
            return ProductMeaning(text)
        heard = self._one_line(self._pinyin.heard(text))
        return ProductMeaning(text, heard) if 0 < len(heard) <= MAX_HEARD else None

    # English names

    def codes_of_english(self, text: str) -> tuple[str, ...]:
        """Codes of what `text` means as a whole English name, or as the end of some."""
        key = english.key(fold(text)) if text.isascii() else ""
        return self._english.get(key) or self._kinds.get(key, ())

    def _named_in_english(self) -> dict[str, tuple[str, ...]]:
        """What English names mean: a product goes before a category, as everywhere."""
        meant: dict[str, list[LexiconWord]] = defaultdict(list)
        for word in self._in_letters():
            for key in english.names(fold(word.text)):
                meant[key].append(replace(word, rank=2))
        return {key: self._one_line(codes_meant(found)) for key, found in meant.items()}

    def _kinds_in_english(self) -> dict[str, tuple[str, ...]]:
        """What a part of English names means, best their last words, and the words for
        categories."""
        ends: dict[str, set[str]] = defaultdict(set)
        starts: dict[str, set[str]] = defaultdict(set)
        for word in self._in_letters():
            if len(word.code) == 7:
                for key in english.heads(fold(word.text)):
                    ends[key].add(word.code)
                for key in english.starts(fold(word.text)):
                    starts[key].add(word.code)
        kinds = {key: self._kind(sorted(codes)) for key, codes in (starts | ends).items()}
        categories = {english.key(word): codes for word, codes in v.ENGLISH_CATEGORIES.items()}
        return kinds | categories

    def _in_letters(self) -> Iterator[LexiconWord]:
        for word in self._words:
            if word.rank == 2 or (word.text.isascii() and word.text.isalpha()):
                yield word

    def _kind(self, codes: list[str]) -> tuple[str, ...]:
        """What holds all these products: one of them, the product above, the category that
        has no others; else each to be asked about, unless they are too many."""
        tops = [c for c in codes if not any(self.below(c, o) for o in codes if o != c)]
        above = {self._above(c) for c in tops}
        if len(tops) > 1 and len(above) == 1:
            (holder,) = above
            if len(holder) == 7 or len(tops) == sum(self._above(c) == holder for c in self.paths):
                return (holder,)
        return tuple(tops) if len(tops) <= MAX_MEANINGS else ()

    def _above(self, code: str) -> str:
        return self.paths[code].split("/")[-2]

    def similar(self, text: str, limit: int = 3) -> list[str]:
        """Names of products that are written much like `text`, the most alike first; of those
        of one product only that."""
        word = fold(text)
        meant = self._english if word.isascii() else self._exact
        found = process.extract(
            word, meant.keys(), scorer=fuzz.ratio, score_cutoff=MIN_LIKENESS, limit=2 * limit
        )
        names: dict[tuple[str, ...], str] = {}
        for name, _likeness, _place in found:
            names.setdefault(meant[name], name)
        return list(names.values())[:limit]

    def exact(self, word: str) -> tuple[str, ...]:
        """Codes of a folded word just as it stands."""
        return self._exact.get(word, ())

    def class_members(self, noun: str) -> tuple[str, ...]:
        """Codes of what a class noun of one character (鱼, 苗) means alone."""
        return class_members(
            noun, [(w.code, w.text) for w in self._words if not w.rank], self.below
        )

    def knows(self, word: str) -> bool:
        """Whether the folded word stands in the lexicon or in the trade's vocabulary."""
        return word in self._table

    def is_dry(self, code: str) -> bool:
        """Whether the product is sold dry."""
        return code in self.dry

    def initials(self, word: str) -> tuple[str, ...]:
        """Codes of products whose names, else aliases, have these initials; else of the one
        product whose pinyin lacks no more than the end of its last syllable (fanq)."""
        if found := self._pinyin.initials(word):
            return found[:MAX_MEANINGS]
        begun = self._one_line(self._pinyin.begun(word))
        return begun if len(begun) == 1 else ()

    def _one_line(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """The topmost alone, when all others are below it."""
        if len(codes) > 1:
            top = min(codes, key=lambda c: len(self.paths[c]))
            if all(self.below(c, top) for c in codes):
                return (top,)
        return codes

    def below(self, code: str, top: str) -> bool:
        """Whether `code` is `top` (a product or category) or below it."""
        path = self.paths.get(code, "")
        return code == top or f"/{top}/" in f"/{path}/"

    # Suggestions

    @cached_property
    def suggestions(self) -> Suggestions:
        """What to suggest for what begins like a word."""
        words = (w for w in self._words if not w.series)
        return Suggestions((w.code, w.text, w.rank, w.pinyin, w.initials) for w in words)

    def suggest(self, text: str, limit: int = 8) -> list[tuple[str, str]]:
        """(code, the word that fits) of what `text` means in English, then of what begins with
        it, the shortest first, then of what has it inside an English name."""
        return self.suggestions.of(text, self.codes_of_english(text))[:limit]

    # Finding products in a text

    def _vocabulary(self) -> dict[str, ProductMeaning]:
        table = {word: ProductMeaning(word) for word in v.BEFORE | v.AFTER | v.PIECES}
        table |= {word: ProductMeaning(word) for word in v.MAKES_ANOTHER | v.MADE | TAIL_WORDS}
        table |= {word: ProductMeaning(word, codes) for word, codes in self._cuts_of_meat().items()}
        table |= {word: ProductMeaning(word, (code,)) for word, code in v.CATEGORY_WORDS.items()}
        for word, codes in self._exact.items():
            family, name = v.FAMILIES.get(word, ""), word in self._names
            table[word] = ProductMeaning(word, codes, family, name, asked=word in self._asked)
        for word in v.FAMILIES.keys() - self._exact.keys():
            table[word] = ProductMeaning(word, (), v.FAMILIES[word])
        strangers = v.STRANGERS - self._exact.keys()
        return table | {word: ProductMeaning(word) for word in strangers}

    def _cuts_of_meat(self) -> dict[str, tuple[str, ...]]:
        """羊排骨, 猪前腿, 鸡胸: of the animal named; a cut that the tree has goes before."""
        pork = v.ANIMALS["猪"][0]
        cuts: dict[str, tuple[str, ...]] = dict.fromkeys(v.PORK_PARTS, (pork,))
        for animal, (meat, offal) in v.ANIMALS.items():
            cuts["白条" + animal] = (meat,)
            for part in v.MEAT_PARTS:
                known = self._exact.get(part, ())
                own = animal == "猪" and len(known) == 1 and self.below(known[0], pork)
                cuts[animal + part] = known if own else (meat,)
            for part in v.OFFAL_PARTS:
                fowl = animal in v.FOWL and part in v.FOWL_MEAT
                cuts[animal + part] = (meat if fowl else offal,)
        return cuts

    @cached_property
    def _misspellings(self) -> Misspellings:
        # Of varieties there are so many that one of them is near to any name.
        plain = {fold(w.text) for w in self._words if w.rank < 2}
        codes = {w: c for w, c in self._exact.items() if w in plain}
        heads = {w for w, m in self._table.items() if len(w) == 1 and (m.codes or m.family)}
        return Misspellings(codes, self._table, heads)

    def words(self, text: str, start: int) -> list[Token]:
        """The known words that begin at `start`."""
        first = text[start]
        found = self._of_series(text, start) if first in self._series else []
        if first.isascii() and first.isalpha():
            return found + self._latin_words(text, start)
        for n in self._lengths.get(first, ()):
            end = start + n
            meaning = self._table.get(text[start:end])
            if meaning is not None and end <= len(text) and not _splits(text, start, end):
                found.append(Token(start, end, "word", meaning, _cost(meaning, n)))
        if " " in text[start + 1 : start + 5] and is_chinese(first):
            found += self._spaced_words(text, start)
        return found

    def _spaced_words(self, text: str, start: int) -> list[Token]:
        """The product that begins at `start` with spaces inside its name (苹 果, 红富 士): what
        stands between them is single characters, or names nothing by itself."""
        apart = _SPACED.match(text, start)
        if apart is None or (start and is_chinese(text[start - 1])):
            return []
        parts = [(found.group(), found.end()) for found in _PART.finditer(text, *apart.span())]
        for n in range(len(parts), 1, -1):
            words = [part for part, _end in parts[:n]]
            meaning = self._table.get("".join(words))
            named = any(len(w) > 1 and (m := self._table.get(w)) and m.codes for w in words)
            if meaning is not None and meaning.codes and not named:
                cost = _cost(meaning, len(meaning.word))
                return [Token(start, parts[n - 1][1], "word", meaning, cost)]
        return []

    def _of_series(self, text: str, start: int) -> list[Token]:
        """The varieties of a series that begin at `start`: 希森6号."""
        found = []
        for stem, code in self._series[text[start]]:
            if text.startswith(stem, start) and (end := series_end(text, start, stem)):
                meaning = ProductMeaning(text[start:end], (code,))
                found.append(Token(start, end, "word", meaning, _cost(meaning, end - start)))
        return found

    def _latin_words(self, text: str, start: int) -> list[Token]:
        if start and text[start - 1].isascii() and text[start - 1].isalnum():
            return []
        found, last = [], start
        for n, word in enumerate(english.WORD.finditer(text, start)):
            between = text[last : word.start()]
            if n == MAX_LATIN_WORDS or (between and not english.BETWEEN.fullmatch(between)):
                break
            last = word.end()
            # A single syllable is too little to be sure of inside a text.
            long = last - start > 2 or len(text.strip()) == last - start
            if long and (meaning := self._latin_meaning(text[start:last])):
                found.append(Token(start, last, "word", meaning, 1.0 - 0.01 * (last - start)))
        return found

    def corrected_words(self, text: str, start: int) -> list[Token]:
        """Words that begin at `start` and are known once a slip of writing is mended; what begins
        with a whole name (微耕机柴油) is none."""
        whole = any(text[start : start + n] in self._exact for n in (3, 4, 5))
        return [
            Token(start, c.end, "word", ProductMeaning(c.word, c.codes), c.cost)
            for c in ([] if whole else self._misspellings.corrections(text, start))
        ]

    def find_products(self, text: str) -> list[Token]:
        """The products named in a folded text; `meaning` is a tuple of codes."""
        return find_heads(self, text, self.segment(text))

    def segment(self, text: str, others: Iterable = (), fixed: dict | None = None) -> list[Token]:
        """`text` as words of this lexicon and of `others`."""
        return segment(text, (self.words, *others), fixed or {}, self.corrected_words)


def _key(word: str) -> str:
    """The word as it is looked up."""
    folded = fold(word)
    return " ".join(folded.split()) if " " in folded else folded


def _lengths(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = defaultdict(set)
    for word in words:
        if word:
            lengths[word[0]].add(len(word))
    return {first: tuple(sorted(found)) for first, found in lengths.items()}


def _cost(meaning: ProductMeaning, length: int) -> float:
    if meaning.codes:
        return 1.3 if length == 1 else 1.0 - 0.01 * length
    if meaning.family or meaning.word in v.STRANGERS:
        return 1.3 if length == 1 else 1.0 - 0.01 * length
    return 1.4 if length == 1 else 1.05 - 0.005 * length


def _splits(text: str, start: int, end: int) -> bool:
    """Whether the word would be cut out of a longer number or Latin word."""
    if text[start].isdigit() and start and text[start - 1].isdigit():
        return True
    last = text[end - 1]
    return (
        last.isascii()
        and last.isalnum()
        and end < len(text)
        and (text[end].isascii() and text[end].isalnum())
    )
