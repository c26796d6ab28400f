"""What to suggest while a product's name is typed, looked up in tables made once."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator

from market.products import english
from market.text.characters import fold

# Answers for so few Latin letters, which begin many words, are made once; so many of them.
SHORT_LETTERS = 2
MAX_SUGGESTIONS = 40


class Suggestions:
    """The words of products in the order in which they are suggested.

    Args:
        words: (code, word, rank as of `LexiconWord`, pinyin, initials).
    """

    def __init__(self, words: Iterable[tuple[str, str, int, str, str]]) -> None:
        self._in_english: dict[str, str] = {}
        rows = set()
        for code, word, rank, *sounds in words:
            if len(code) != 7:
                continue
            plain = fold(word).replace(" ", "")
            for typed in {word if plain == word else plain, *sounds} - {""}:
                rows.add((1 if rank > 2 else 0, len(word), code, typed, word))
            if rank == 2:
                self._in_english[code] = word
                for typed in english.insides(fold(word)):
                    rows.add((2, len(word), code, typed, word))
        ordered = sorted(rows)
        # Lists of columns, for there are so many: one tuple a row would take three times as much.
        self._codes = [row[2] for row in ordered]
        self._words = [row[4] for row in ordered]
        begins = sorted((row[3], place) for place, row in enumerate(ordered))
        self._typed = [typed for typed, _ in begins]
        self._places = array("L", (place for _, place in begins))
        short: dict[str, dict[str, str]] = defaultdict(dict)
        for place, row in enumerate(ordered):
            for n in range(1, min(SHORT_LETTERS, len(row[3])) + 1) if row[3].isascii() else ():
                best = short[row[3][:n]]
                if len(best) < MAX_SUGGESTIONS:
                    best.setdefault(self._codes[place], self._words[place])
        self._short = dict(short)

    def rows(self) -> Iterator[tuple[str, int, str]]:
        """(what may be typed, place in the order of suggestions, code), by what is typed."""
        for typed, place in zip(self._typed, self._places, strict=True):
            yield typed, place, self._codes[place]

    def of(self, text: str, meant: Iterable[str] = ()) -> list[tuple[str, str]]:
        """(code, the word that fits) of the products `meant`, of names, then of varieties, that
        begin with `text`, and of what has it inside an English name; each the shortest first,
        then by code."""
        typed = "".join(fold(text).split())
        best = {code: self._in_english[code] for code in meant if code in self._in_english}
        if len(typed) <= SHORT_LETTERS and typed.isascii():
            return list({**self._short.get(typed, {}), **best}.items())
        start = bisect_left(self._typed, typed)
        end = bisect_left(self._typed, typed + "\uffff")
        for place in sorted(self._places[start:end]):
            if len(best) == MAX_SUGGESTIONS:
                break
            best.setdefault(self._codes[place], self._words[place])
        return list(best.items())
