"""What to suggest while a product's name is typed, looked up in tables made once."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter

from market.products import english
from market.text.characters import fold

# Answers for so few letters, which begin many words, are made once; so many of them.
SHORT_LETTERS = 2
MAX_SUGGESTIONS = 40


class Suggestions:
    """The words of products in the order in which they are suggested.

    Args:
        words: (code, word, whether it is an English name, pinyin, initials).

    Attributes:
        words: (code, word) by place in that order.
        begins: (what may be typed, place), sorted.
    """

    def __init__(self, words: Iterable[tuple[str, str, bool, str, str]]) -> None:
        self._in_english: dict[str, str] = {}
        rows = set()
        for code, word, is_english, *sounds in words:
            if len(code) != 7:
                continue
            for typed in {fold(word).replace(" ", ""), *sounds} - {""}:
                rows.add((False, len(word), code, typed, word))
            if is_english:
                self._in_english[code] = word
                for typed in english.insides(fold(word)):
                    rows.add((True, len(word), code, typed, word))
        ordered = sorted(rows)
        self.words = [(code, word) for _, _, code, _, word in ordered]
        places = [(row[3], place) for place, row in enumerate(ordered)]
        self.begins = sorted(places)
        self._short: dict[str, dict[str, str]] = defaultdict(dict)
        for typed, place in places:
            for n in range(1, min(SHORT_LETTERS, len(typed)) + 1):
                best = self._short[typed[:n]]
                if len(best) < MAX_SUGGESTIONS:
                    best.setdefault(*self.words[place])

    def of(self, text: str, meant: Iterable[str] = ()) -> list[tuple[str, str]]:
        """(code, the word that fits) of the products `meant`, of what begins with `text`, and
        of what has it inside an English name; each the shortest first, then by code."""
        typed = "".join(fold(text).split())
        best = {code: self._in_english[code] for code in meant if code in self._in_english}
        if len(typed) <= SHORT_LETTERS:
            return list({**self._short.get(typed, {}), **best}.items())
        start = bisect_left(self.begins, (typed,))
        end = bisect_left(self.begins, (typed + "\uffff",))
        for _, place in sorted(self.begins[start:end], key=itemgetter(1)):
            if len(best) == MAX_SUGGESTIONS:
                break
            best.setdefault(*self.words[place])
        return list(best.items())
