"""Names of places in a text: of one, of one inside the other, with what lies below a county."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from market.regions.townships import NamedTownship
from market.regions.vocabulary import EVERYDAY_WORDS, KINDS, NOT_AFTER, SHORTENED
from market.text.characters import fold

Codes = tuple[str, ...]

SUFFIXES = ("xian", "shi", "qu", "zizhixian", "zizhizhou")
ENGLISH_KINDS = (
    "county", "city", "district", "prefecture", "province", "autonomous county", "region", "banner",
)  # fmt: skip
# Names of so few Latin letters are words of many languages: places only behind a larger one; of
# just so many at home also where one is named.
SHORT_LATIN = 4
MAX_LATIN_WORDS = 4
# What may stand between two names of which one is inside the other.
BETWEEN = " ·・,，"
_KIND_LENGTHS = sorted({len(kind) for kind in KINDS}, reverse=True)
_KIND_STARTS = frozenset(kind[0] for kind in KINDS)
# A town that no table knows, behind a county (化龙镇), and no speech (供应乡, 柑橘之乡).
_TOWN = re.compile(
    r"(?:(?![的之和与供求购售卖买收有大批发要想在里])[\u4e00-\u9fff]){2,3}"
    r"(?:镇|街道|乡(?![里下村镇土巴]))"
)
# A code that stands by itself, not in a number of kilograms or of a phone.
_CODE = re.compile(r"[1-8]\d{5}(?=$|[\s,，、;；])")
_VILLAGE = re.compile(r"(?:(?![的之和与供求购售卖买收有])[\u4e00-\u9fff]){1,4}(?:村|社区)")


@dataclass(frozen=True)
class Place:
    """A region as the lexicon knows it; attributes as in market.regions.models.Region.

    Attributes:
        known: it is or holds leaves, so that a text may mean it.
        level: 0 province, 1 prefecture, 2 county.
        successor: what a text that names it means, where it is not known itself: of a region
            that has ended what it became, of a zone that does not report its host.
    """

    code: str
    name: str
    short_name: str
    name_en: str
    level: int
    path: str
    is_leaf: bool
    known: bool
    pinyin: str
    initials: str
    latitude: float | None = None
    longitude: float | None = None
    successor: str | None = None
    has_ended: bool = False


@dataclass(frozen=True)
class PlaceMention:
    """A place's name in a text.

    Attributes:
        codes: what it may mean; of what is below a county that county.
        township: the code of the one that is named, where that is known.
    """

    start: int
    end: int
    codes: Codes
    township: str = ""


class _Name(NamedTuple):
    """A name at its place in a text; `key`: what may be an everyday word of it."""

    end: int
    codes: Codes
    key: str


class PlaceNames:
    """Names and what is called so; of ended regions and idle zones it is their successor.

    Attributes:
        full, short: names to codes in the order of paths.
        former: names that nothing has today, to what those places became.
    """

    def __init__(
        self,
        places: Mapping[str, Place],
        home: str,
        former: Iterable[tuple[str, str, str]] = (),
        townships: Iterable[NamedTownship] = (),
    ) -> None:
        self.places, self.home = places, home
        self.full: dict[str, Codes] = {}
        self.short: dict[str, Codes] = {}
        self.former: dict[str, Codes] = {}
        self._latin: dict[str, Codes] = {}
        self._called: dict[str, Codes] = {}
        self._was_called: dict[str, Codes] = {}
        self._one = {code: (code,) for code in places}
        self._inner_path = {code: f"{place.path}/" for code, place in places.items()}
        self._at_home = {c for c, path in self._inner_path.items() if path.startswith(f"{home}/")}
        for place in sorted(places.values(), key=lambda p: (_is_idle(p), p.path)):
            self._add(place)
        became: dict[str, Codes] = {}
        for code, name, now in former:
            if now in places:
                self._put(became, code, now)
                if (word := fold(name)) not in self.full:
                    self._put(self.former, word, now)
        self.former_codes = {code: now for code, now in became.items() if code not in places}
        # Most are read by their short name, whatever kind of place it is today.
        derived = [w for w, codes in self.former.items() if self.meant(self._by_kind(w)) == codes]
        for word in derived:
            del self.former[word]
        for names in (self.full, self.short, self.former):
            for word, codes in names.items():
                for code in codes:
                    self._put(self._called, word, code)
        for word, codes in self.former.items():
            if len(word) > 2 and word[:-1] not in self._called:
                self._was_called[word[:-1]] = codes
        self._lengths = _lengths((*self._called, *self._was_called))
        self._add_towns(townships)

    def _add(self, place: Place) -> None:
        full, short = fold(place.name), fold(place.short_name)
        code = place.successor if place.has_ended and place.successor else place.code
        self._put(self.full, full, code)
        if not (_is_idle(place) and short in self.short):
            self._put(self.short, short, code)
        for long, spoken in SHORTENED.items():
            if short.startswith(long):
                self._put(self.short, spoken + short.removeprefix(long), code)
        if _is_idle(place):
            # 九华示范区 is written 湘潭九华示范区 in full.
            for part in place.path.split("/")[:-1]:
                outer = fold(self.places[part.ljust(6, "0")].short_name)
                full = full.removeprefix(outer)
                if len(full) > len("示范区") + 1 and full[:2] not in ("高新", "经济"):
                    self._put(self.full, full, code)
        for latin in _in_letters(place):
            self._put(self._latin, latin, code)

    def _put(self, names: dict[str, Codes], name: str, code: str) -> None:
        had = names.get(name, ())
        if code not in had:
            names[name] = (*had, code) if had else self._one[code]

    def _add_towns(self, townships: Iterable[NamedTownship]) -> None:
        """Those of each county; a town or township of a name that only one has means it."""
        self._towns: dict[str, list[NamedTownship]] = defaultdict(list)
        holders: dict[str, list[NamedTownship]] = defaultdict(list)
        for town in townships:
            if town.county in self.places:
                self._towns[town.county].append(town)
                if town.name[-1] in "镇乡":
                    holders[town.name].append(town)
        self._town_alone = {
            name: towns[0]
            for name, towns in holders.items()
            if len(towns) == 1 and name not in self.full and self.at_home(towns[0].county)
        }
        self._town_lengths = _lengths(self._town_alone)

    def at_home(self, code: str) -> bool:
        """Whether the region is the home region or inside it."""
        return code in self._at_home

    def is_inside(self, code: str, outer: str) -> bool:
        """Whether the region is `outer` or inside it."""
        return self._inner_path[code].startswith(self._inner_path[outer])

    def meant(self, codes: Codes) -> Codes:
        """Home before others; then the highest, so that 长沙 is the prefecture."""
        if len(codes) < 2:
            return codes
        return self._highest(tuple(c for c in codes if c in self._at_home) or codes)

    def _highest(self, codes: Codes) -> Codes:
        level = min(self.places[c].level for c in codes)
        return tuple(sorted(c for c in codes if self.places[c].level == level))

    def _by_kind(self, word: str) -> Codes:
        """What a short name and a kind mean together, where neither is a whole name."""
        for n in _KIND_LENGTHS:
            if levels := KINDS.get(word[-n:]):
                found = self.short.get(word[:-n], ())
                if word[:-n] in EVERYDAY_WORDS:
                    return ()
                return self._of_kind(found, levels)
        return ()

    def _of_kind(self, codes: Codes, levels: tuple[int, ...]) -> Codes:
        """Those on the first of these levels that has any."""
        for level in levels:
            if found := tuple(c for c in codes if self.places[c].level == level):
                return found
        return ()

    def names_at(self, text: str, at: int, outer: Codes = ()) -> Iterator[_Name]:
        """The names at `at` of a folded text, the short before the long ones.

        Args:
            outer: only what lies inside one of these.
        """
        for n in self._lengths.get(text[at : at + 2], ()):
            end = at + n
            word = text[at:end]
            codes = self._called.get(word) or self._was_called.get(word)
            if codes is None or end > len(text):
                continue
            if not outer and word in self._was_called and codes[0] not in self._at_home:
                continue
            if outer:
                codes = self._inside(codes, outer)
            if codes and not (_goes_on(text, end - 1) and word[:-1] in self.short):
                yield _Name(end, codes, word)
            if text[end : end + 1] in _KIND_STARTS and word in self.short:
                kind = _kind_at(text, end)
                if kind and word + kind not in self._called:
                    codes = self._of_kind(self.short[word], KINDS[kind])
                    if codes := self._inside(codes, outer) if outer else codes:
                        # 安康县 is no wish any more; 江南区 may yet be one.
                        key = word if kind in "市区" else word + kind
                        yield _Name(end + len(kind), codes, key)

    def _inside(self, codes: Codes, outer: Codes) -> Codes:
        return tuple(c for c in codes if any(o != c and self.is_inside(c, o) for o in outer))

    def mentions(self, text: str, start: int, is_named: bool = False) -> list[PlaceMention]:
        """The places named at `start` of a folded text, alone or one inside the other."""
        found: dict[int, Codes] = {}
        towns: dict[int, str] = {}
        first = text[start : start + 2]
        if text[start].isascii():
            if start and text[start - 1].isalnum():
                return []
            if text[start].isalpha():
                self._read_latin(text, start, found, is_named)
            elif code := _CODE.match(text, start):
                found[code.end()] = self._of_code(code[0])
        elif first in self._lengths:
            for end, codes, key in self.names_at(text, start):
                if alone := self._alone(key, codes):
                    found[end] = alone
                    self._add_town(text, end, alone, found, towns)
                self._add_inner(text, end, codes, found, towns)
        if first in self._town_lengths:
            for n in self._town_lengths[first]:
                town = self._town_alone.get(text[start : start + n])
                if town and start + n not in found:
                    found[start + n] = self._one[town.county]
                    towns[start + n] = town.code
        if not found:
            return []
        return [
            PlaceMention(start, end, codes, towns.get(end, ""))
            for end, codes in sorted(found.items())
            if codes
        ]

    def _of_code(self, code: str) -> Codes:
        """What a code of GB/T 2260 means today."""
        if place := self.places.get(code):
            return self._one[place.successor if place.has_ended and place.successor else code]
        return self.former_codes.get(code, ())

    def _alone(self, key: str, codes: Codes) -> Codes:
        """What a name means by itself: an everyday word is a place only at home."""
        if key in EVERYDAY_WORDS:
            codes = tuple(c for c in codes if c in self._at_home)
        return self.meant(codes)

    def _add_inner(
        self, text: str, end: int, outer: Codes, found: dict[int, Codes], towns: dict[int, str]
    ) -> None:
        """Add to `found` what is named behind its province or prefecture: any word will do."""
        outer = tuple(c for c in outer if self.places[c].level < 2)
        at = end
        while at < len(text) and at < end + 2 and text[at] in BETWEEN:
            at += 1
        if not outer or at == len(text):
            return
        for after, inside, key in self.names_at(text, at, outer):
            codes = self._highest(inside)
            # What says as much by itself stays a name of its own where something is between.
            if len(codes) == 1 and (
                at == end or self._alone(key, self._called.get(key, codes)) != codes
            ):
                found[after] = codes
                self._add_town(text, after, codes, found, towns)
            self._add_inner(text, after, inside, found, towns)

    def _add_town(
        self, text: str, end: int, codes: Codes, found: dict[int, Codes], towns: dict[int, str]
    ) -> None:
        """Add to `found` the town and village behind a county: they are part of its address."""
        if len(codes) > 1 or not self.places[codes[0]].is_leaf:
            return
        known = [t for t in self._towns.get(codes[0], ()) if text.startswith(t.name, end)]
        named = max(known, key=lambda t: len(t.name), default=None)
        town, code = (named.name, named.code) if named else ("", "")
        if not town and text[end - 1] in "县市区旗" and (unknown := _TOWN.match(text, end)):
            town = unknown[0]
        if town:
            end += len(town)
            found[end], towns[end] = codes, code
            if village := _VILLAGE.match(text, end):
                found[village.end()], towns[village.end()] = codes, code

    def _read_latin(self, text: str, start: int, found: dict[int, Codes], named: bool) -> None:
        for end, word in _latin_words(text, start):
            codes = self._latin.get(word, ())
            is_home = (
                named and len(word) == SHORT_LATIN and self._at_home.issuperset(self.meant(codes))
            )
            if codes and (is_home or len(word) > SHORT_LATIN):
                found[end] = self.meant(codes)
            outer = tuple(c for c in codes if self.places[c].level < 2)
            at = end + 1 + text.startswith(", ", end)
            if not outer or text[end : end + 1] not in (" ", ","):
                continue
            for after, inner in _latin_words(text, at):
                called = self._latin.get(inner, ())
                if inside := self._inside(called, outer):
                    one = self._highest(inside)
                    sure = len(inner) > SHORT_LATIN and self.meant(called) == one
                    if len(one) == 1 and not sure:
                        found[after] = one


def _is_idle(place: Place) -> bool:
    """Whether it is a zone that does not report."""
    return not place.known and not place.has_ended


def _lengths(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """First two characters to how long the words are that begin so, the shortest first."""
    found: dict[str, set[int]] = defaultdict(set)
    for word in words:
        found[word[:2]].add(len(word))
    return {first: tuple(sorted(lengths)) for first, lengths in found.items()}


def _kind_at(text: str, end: int) -> str:
    """The kind of place that is said at `end`, or none."""
    for n in _KIND_LENGTHS:
        kind = text[end : end + n]
        if kind in KINDS and not _goes_on(text, end + len(kind) - 1):
            return kind
    return ""


def _goes_on(text: str, at: int) -> bool:
    """Whether the kind of place that ends at `at` is part of another word: 市 of 市场."""
    return at + 1 < len(text) and text[at + 1] in NOT_AFTER.get(text[at], "")


def _is_latin(character: str) -> bool:
    return character == "'" or (character.isascii() and character.isalpha())


def _latin_words(text: str, start: int) -> Iterator[tuple[int, str]]:
    """(end, word without spaces) of the first Latin words at `start`, one, two …"""
    end = start
    for _ in range(MAX_LATIN_WORDS):
        while end < len(text) and _is_latin(text[end]):
            end += 1
        if end > start:
            yield end, text[start:end].replace(" ", "")
        if end >= len(text) - 1 or text[end] != " ":
            return
        end += 1


def _in_letters(place: Place) -> set[str]:
    """What the place is called in pinyin and in English, without spaces."""
    name = fold(place.name_en)
    own = name
    for kind in ENGLISH_KINDS:
        own = own.removesuffix(" " + kind)
    words = own.removesuffix(" autonomous").split()
    # Peoples stand behind the name: Xiangxi Tujia and Miao Autonomous Prefecture.
    first = words[:1] if place.pinyin.startswith(words[0].replace("'", "")) else words[:2]
    names = {place.pinyin, *(place.pinyin.removesuffix(s) for s in SUFFIXES)}
    spelt = {text.replace(",", "").replace(a, " ") for text in (name, own) for a in (" and ", " ")}
    return names | {text.replace(" ", "") for text in spelt} | {"".join(first)}
