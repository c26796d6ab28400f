"""What follows the head of a phrase: the product still, another one, or another thing.

Decided by the class of each word, from the head on: 苹果80#一二级 and 苹果成熟了 are apples,
苹果酒 is fruit wine, 苹果手机 nothing that is traded here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from market.products import tail_words as t
from market.products import vocabulary as v
from market.products.ordinary_words import ordinary_words

if TYPE_CHECKING:
    from market.products.lexicon import ProductLexicon
    from market.products.segmentation import Token

Codes = tuple[str, ...]

# Says nothing of what the name means; several letters long, because a single character of those
# before a name may be any thing behind it: 柠檬水.
_NEUTRAL = (
    t.GRADES
    | t.STATES
    | t.ATTRIBUTES
    | t.PEOPLE
    | t.SINGLE
    | v.AFTER
    | frozenset(word for word in v.BEFORE - v.MAKES_ANOTHER if len(word) > 1)
)
# Though there are other things of that name: 红薯黄皮, 西瓜马上下市.
_SAYS_NOTHING = v.AFTER | t.TALK
_PIECES: dict[str, Codes] = {}
for _words, _of in v.PIECES_OF:
    for _word in _words.split():
        _PIECES[_word] = (*_PIECES.get(_word, ()), *_of)
_MADE: dict[str, list[tuple[Codes, str]]] = {}
for _makers, _sources, _code in v.MADE_FROM:
    for _word in _makers.split():
        _MADE.setdefault(_word, []).append((tuple(_sources), _code))
_TABLE = (
    _NEUTRAL
    | t.PACKING
    | t.DRIED
    | t.CLASS_NOUNS.keys()
    | t.THINGS
    | t.ESTATES
    | t.TALK
    | v.MAKES_ANOTHER
    | v.STRANGERS
    | _PIECES.keys()
    | _MADE.keys()
)
# Characters that say nothing where they don't say of what kind it is: 贝 of shellfish.
_KINDS = frozenset(word for word in t.CLASS_NOUNS.keys() | _PIECES.keys() if len(word) == 1) - (
    _NEUTRAL | t.PACKING | t.DRIED | t.THINGS | t.TALK | v.MAKES_ANOTHER | _MADE.keys()
)
_LONGEST = max(len(word) for word in _TABLE if not word.isascii())


class TailReading(NamedTuple):
    """What a name means with what stands behind it, and where its own words end: 草鱼苗."""

    codes: Codes
    end: int


def read_tail(
    lexicon: ProductLexicon, text: str, name: Token, start: int, end: int, codes: Codes
) -> TailReading:
    """The codes that the name with these ones means, given text[start:end] behind it; another
    product's when it is made of it, none when it is no product.

    Args:
        start: where the name ends, or what repeats it.
        end: where the phrase ends.
    """
    tail = _Tail(lexicon, text, name, (start, end), codes)
    return TailReading(tail.read(), tail.name_end)


def is_class_noun(word: str, codes: Codes) -> bool:
    """Whether the word says of what kind these products are, or how they are packed."""
    if word in t.PACKING:
        return _within(t.PACKED, codes)
    return (len(word) > 1 and word in _NEUTRAL) or _within(t.CLASS_NOUNS.get(word, ()), codes)


def made_from(word: str, codes: Codes) -> Codes:
    """The product that a word makes of others; empty when it makes none."""
    for sources, code in _MADE.get(word, ()):
        if all(c.startswith(sources) for c in codes):
            return (code,)
    return ()


class _Tail:
    """What stands behind one name."""

    def __init__(
        self,
        lexicon: ProductLexicon,
        text: str,
        name: Token,
        span: tuple[int, int],
        codes: Codes,
    ) -> None:
        self.lexicon, self.text, self.codes = lexicon, text, codes
        self.name = text[name.start : name.end]
        self.start, self.end = span
        self.name_end = name.end
        # One character alone is sure only with words around that are known.
        self.single = name.end - name.start == 1
        # A category goes with any noun: 水果摊位.
        self.of_kind = any(len(c) < 7 for c in codes)
        self.estate = False

    def read(self) -> Codes:
        place = self.start
        while place < self.end:
            word = self._known(place)
            measure = t.MEASURE.match(self.text, place, self.end)
            if measure and measure.end() - place > (len(word) if len(word) > 1 else 0):
                place = measure.end()
                continue
            if t.COMMENT.match(self.text, place, self.end):
                break
            if len(word) < 2 and word not in v.MAKES_ANOTHER:
                word = self._of_its_kind(place) or word
            verdict = self._judge(word, place) if word else self._unknown(place)
            if verdict is not None:
                return verdict
            if not word:
                # A variety's name stands between: 油茶长林系列杯苗.
                young = made_from(self.text[self.end - 1], self.codes)
                return young if young and self.text[self.end - 1] == "苗" else self.codes
            if word in t.TALK:
                break
            place += len(word)
        else:
            if self.estate and not t.FROM_ESTATE.match(self.text, self.end):
                return ()
        return self.codes

    def _known(self, place: int) -> str:
        """The longest word of the trade that begins here."""
        for n in range(min(_LONGEST, self.end - place), 1, -1):
            if (word := self.text[place : place + n]) in _TABLE:
                return word
        one = self.text[place : place + 1]
        if one not in _TABLE or (one in _KINDS and not self._is_of_kind(one)):
            return ""
        ordinary = ordinary_words(self.text)[place]
        return "" if ordinary.start == place and ordinary.end > place + 1 else one

    def _of_its_kind(self, place: int) -> str:
        """A word unknown but for its end, which names the kind: 保水菇 of mushrooms."""
        for n in range(2, 5):
            word = self.text[place : min(place + n, self.end)]
            again = word[-1:] == self.name[-1] and not self.single
            if len(word) == n and word.isalpha() and (again or self._is_of_kind(word[-1])):
                return word
        return ""

    def _judge(self, word: str, place: int) -> Codes | None:
        """What the word makes of the name: the codes of another product, none, or None when it
        says no more than the name."""
        if len(word) > 1 and word[-1] == "苗" and not made_from(word, self.codes):
            place, word = place + len(word) - 1, "苗"
        if word == "苗" and t.TRAY.match(self.text, place + 1):
            word = "穴盘苗" if made_from("穴盘苗", self.codes) else word
        if product := made_from(word, self.codes):
            self.codes = product
            self._extend(place, word)
            return None
        if self._is_of_kind(word):
            self._extend(place, word)
            return None
        if word in t.ROASTS and (tea := self.lexicon.exact(self.name + "茶")):
            # 肉桂足火 is the tea called after the spice.
            self.codes = tea
            return None
        if word not in _TABLE:
            return None
        if word in t.DRIED:
            self.codes = self._dried()
            return None if self.codes else ()
        if word in t.PACKING:
            packed = _within(t.PACKED, self.codes)
            return None if packed and not self._is_one_word(place, place + len(word)) else ()
        if word in t.ESTATES and word not in v.AFTER:
            self.estate = True
            return None
        if word in t.THINGS:
            return ()
        if word in v.STRANGERS and word not in _SAYS_NOTHING:
            beside = self.text[place - 1] + self.text[place + len(word) :][:1]
            is_attribute = word in t.ATTRIBUTES and any(map(str.isdigit, beside))
            return None if is_attribute else ()
        if word in t.COLOURS and self._is_one_word(place, place + 1):
            return ()
        if word in _NEUTRAL or word in t.TALK:
            return None
        return ()

    def _extend(self, place: int, word: str) -> None:
        """Take the word into the name, when it stands right behind."""
        if place == self.name_end:
            self.name_end = place + len(word)

    def _is_of_kind(self, word: str) -> bool:
        """Whether the word says of what kind the product is, or that it is cut in pieces."""
        kinds = t.CLASS_NOUNS.get(word, ()) + _PIECES.get(word, ())
        return _within(kinds, self.codes)

    def _is_one_word(self, place: int, end: int) -> bool:
        """Whether the name and what is behind it are one word of ordinary language."""
        word = ordinary_words(self.text)[place]
        return word.start <= self.start - len(self.name) and word.end == end

    def _dried(self) -> Codes:
        """The product once dried."""
        lexicon = self.lexicon
        for name in ("干" + self.name, self.name + "干"):
            found = lexicon.exact(name)
            if found and all(
                any(c[:4] == o[:4] for o in self.codes) or lexicon.is_dry(c) for c in found
            ):
                return found
        for ways, sources, code in v.CURED:
            if "干" in ways.split() and all(c.startswith(sources) for c in self.codes):
                return (code,)
        if preserved := made_from("干", self.codes):
            return preserved
        dry = tuple(c for c in self.codes if lexicon.is_dry(c))
        return dry or (self.codes if all(c.startswith(v.DRY_ANYWAY) for c in self.codes) else ())

    def _unknown(self, place: int) -> Codes | None:
        """What no table has: a verb or a place goes on about the name, a noun is another head,
        one character makes another word, and several may be a variety's name."""
        words = ordinary_words(self.text)
        word = words[place]
        if word.start < self.start:
            return ()
        if self.text[place].isascii():
            return None
        if self.text[place] in v.COOKING:
            return ()
        if word.end - word.start >= 2:
            after = words.get(word.end) if word.end < self.end else None
            if not word.is_noun:
                # 洗手液 is cut in two.
                made = after and after.end == self.end and after.text in t.THING_ENDINGS
                return () if made else None
            if after and after.is_telling:
                return None
            other = self.text[word.end - 1] in t.THING_ENDINGS
            return () if other or self.single or self.of_kind else None
        run = place
        while run < self.end and words[run].end - words[run].start == 1 and not self._stops(run):
            run += 1
        goes_on = run - place >= 2 or self.text[run : run + 1].isdigit() or place > self.start
        return None if goes_on and not self.of_kind and not self.single else ()

    def _stops(self, place: int) -> bool:
        return not self.text[place].isalpha() or self.text[place].isascii()


def _within(of: Codes, codes: Codes) -> bool:
    return bool(of and codes) and all(c.startswith(of) for c in codes)
