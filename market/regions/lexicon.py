"""The words that name places, in memory: from what is typed to codes."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np

from market.regions.models import Level, county_path
from market.regions.names import ENGLISH_KINDS, SUFFIXES, Place, PlaceMention, PlaceNames
from market.regions.rules import great_circle_km, name_in_english, short_english_name
from market.regions.townships import NamedTownship, Townships
from market.regions.vocabulary import BELOW_COUNTY, SEPARATORS
from market.text.characters import fold, is_chinese

# Answers for so few letters are made once, so many of them.
SHORT_LETTERS = 2
MAX_SUGGESTIONS = 8
# Names that begin with a numeral may pass for amounts: what is read for those has a blot there.
NUMERALS, BLOT = "一二三四五六七八九十百千万两双", "□"
# Characters of what stands before such a name, in full.
MAX_NAMES_LENGTH = 12


class RegionLexicon:
    """Words in memory. `home`: the path of the home region, whose places win over others."""

    def __init__(
        self,
        places: Iterable[Place],
        home: str,
        former: Iterable[tuple[str, str, str]] = (),
        townships: Iterable[NamedTownship] = (),
    ) -> None:
        """
        Args:
            former: (code, name, code today) of what has ended.
            townships: of which `townships` tells by county and by name.
        """
        self.home = home
        self.townships = Townships(townships)
        self.places = {place.code: place for place in places}
        self._by_path = {place.path: place for place in self.places.values()}
        self._names = PlaceNames(self.places, home, former, self.townships)
        letters: list[dict[str, list[str]]] = [defaultdict(list) for _ in range(3)]
        for place in sorted(self.places.values(), key=lambda p: p.path):
            english = fold(place.name_en)
            # Peoples are also written without "and" between them.
            for name in {english, english.replace(",", "").replace(" and ", " ")}:
                letters[0][name.replace(" ", "")].append(place.code)
            letters[1][place.pinyin].append(place.code)
            for suffix in SUFFIXES:
                if place.pinyin.endswith(suffix) and place.pinyin != suffix:
                    letters[1][place.pinyin.removesuffix(suffix)].append(place.code)
            if (short := short_english_name(place.name_en)) != place.name_en:
                letters[1][fold(short).replace(" ", "")].append(place.code)
            for kind in ENGLISH_KINDS:
                if fold(place.name_en).endswith(" " + kind):
                    letters[1][fold(place.name_en)[: -len(kind)].replace(" ", "")].append(
                        place.code
                    )
            letters[2][place.initials].append(place.code)
        self._letters = letters

    @cached_property
    def _leaves(self) -> tuple[list[str], np.ndarray, np.ndarray]:
        """(paths, latitudes, longitudes) of the leaves, nan where unknown."""
        leaves = [place for place in self.places.values() if place.is_leaf]
        latitudes = np.array([place.latitude for place in leaves], float)
        longitudes = np.array([place.longitude for place in leaves], float)
        return [place.path for place in leaves], latitudes, longitudes

    def near_by(self, path: str, km: float) -> list[str]:
        """Paths of the other leaves at most `km` kilometres from the place at `path`, the
        nearest first."""
        here = self._by_path[path]
        if here.latitude is None or here.longitude is None:
            return []
        paths, latitudes, longitudes = self._leaves
        far = great_circle_km(here.latitude, here.longitude, latitudes, longitudes)
        near = np.flatnonzero(far <= km)
        order = near[np.argsort(far[near], kind="stable")].tolist()
        return [paths[n] for n in order if paths[n] != path]

    def above(self, place: Place) -> Place | None:
        """The place that it is directly inside; None for a province."""
        return self._by_path.get(place.path.rpartition("/")[0])

    def directly_inside(self, place: Place) -> list[Place]:
        """The places that it is `above`, in the order of the tree."""
        return self._places_inside.get(place.path, [])

    @cached_property
    def _places_inside(self) -> dict[str, list[Place]]:
        found: dict[str, list[Place]] = defaultdict(list)
        for path in sorted(self._by_path):
            found[path.rpartition("/")[0]].append(self._by_path[path])
        return dict(found)

    def full_name(self, place: Place) -> str:
        """Prefecture and county in one word, as market.regions.queries.name_in_chinese()."""
        above = self.above(place)
        return f"{above.name}·{place.name}" if above and self.above(above) else place.name

    def name_in_english(self, place: Place) -> str:
        """Shimen County, Changde."""
        above = self.above(place)
        return name_in_english(place.name_en or place.name, above.name_en if above else "")

    def at_home(self, code: str) -> bool:
        """Whether the region is the home region or inside it."""
        return self._names.at_home(code)

    def resolve(self, text: str, leaves_only: bool = True) -> tuple[str, ...]:
        """Codes of what `text` may mean: a code, a name (alone or with the one above), pinyin,
        initials, also of a region that has ended: what it became. Home regions win. One: it is
        sure; none: unknown."""
        found = self._meant(text, leaves_only)
        return tuple([c for c in found if self.at_home(c)] or found)[:30]

    def _meant(self, text: str, leaves_only: bool) -> list[str]:
        """Codes of the likeliest reading of a text that names one place, in English with larger
        ones behind it: Shimen County, Changde, Hunan."""
        word = "".join(fold(text).split()).replace("·", "").replace("-", "")
        for codes in self._readings(word):
            if found := [c for c in dict.fromkeys(codes) if self._is_allowed(c, leaves_only)]:
                return found
        inner, _comma, outer = text.rpartition(",")
        if not inner or any(map(is_chinese, text)):
            return []
        around = self._meant(outer, leaves_only=False)
        found = self._meant(inner, leaves_only)
        return [c for c in found if any(self._inside(c, o) for o in around if o != c)]

    def _readings(self, word: str) -> Iterator[Iterable[str]]:
        """What `word` may mean, the likelier first."""
        if place := self.places.get(word):
            yield (word,)
            yield (place.successor,) if place.successor else ()
        yield self._names.former_codes.get(word, ())
        yield map(self._open, self._names.full.get(word, ()))
        codes, rest = self._read_names(word)
        if not rest:
            yield codes
        if word.isascii():
            for letters in self._letters:
                yield map(self._open, letters.get(word, ()))

    def _open(self, code: str) -> str:
        place = self.places[code]
        return code if place.known else place.successor or code

    def open_place(self, code: str) -> Place:
        """The place, or what offers are placed in where nobody reports: a zone's host. Of a
        township's code the township, as a place inside its county."""
        if town := self.townships.get(code):
            return replace(
                self.places[town.county],
                code=town.code,
                name=town.name,
                short_name=town.name,
                name_en=town.name_en,
                level=len(Level),
                path=town.path,
                is_leaf=False,
            )
        return self.places[self._open(code)]

    def is_known(self, code: str) -> bool:
        """Whether it is the code of a place or of a township."""
        return code in self.places or self.townships.get(code) is not None

    def county_of(self, place: Place) -> Place:
        """The county of a township; another place itself."""
        return self._by_path[county_path(place.path)]

    def read_township(self, text: str) -> Place | None:
        """The township that a whole text names, with its county or so that only one has it:
        石门县皂市镇, 石门县·皂市镇, 皂市镇; Zaoshi Town, Shimen County."""
        folded = fold(text.strip())
        for mention in self.mentions(folded, 0) if folded else ():
            if mention.end == len(folded) and mention.township:
                return self.open_place(mention.township)
        inner, _comma, outer = text.partition(",")
        counties, rest = (self.resolve(outer), inner) if outer else self.read_address(text)
        if len(counties) == 1 and (town := self.townships.read(rest, counties[0])):
            return self.open_place(town.code)
        return None

    def read_address(self, text: str) -> tuple[tuple[str, ...], str]:
        """(codes, rest) of places written one inside the other, and what follows the last.

        湖南省常德市澧县, 常德市·石门县夹山镇. No codes: it does not begin with a place.
        """
        codes, rest = self._read_names(text)
        return tuple([c for c in codes if self.at_home(c)] or codes), rest

    def _read_names(self, text: str) -> tuple[tuple[str, ...], str]:
        folded, at, is_whole = fold(text), 0, True
        codes: tuple[str, ...] = ()
        while True:
            while at < len(folded) and folded[at] in SEPARATORS:
                at += 1
            *_, name = (None, *self._names.names_at(folded, at, codes))
            if name is None:
                break
            word, codes = folded[at : name.end], name.codes
            is_whole = word in self._names.full or word not in self._names.short
            at = name.end
        rest = text[at:].strip(SEPARATORS)
        # 石门镇 is a town, in many counties.
        if not is_whole and rest[:1] in BELOW_COUNTY:
            return (), ""
        return tuple(map(self._open, codes)), rest

    def leaves_of(self, code: str) -> list[str]:
        """Codes of the leaves inside a place, by path; itself where it is one."""
        inside = [p for p in self.places.values() if p.is_leaf and self._inside(p.code, code)]
        return [place.code for place in sorted(inside, key=lambda p: p.path)]

    def _is_allowed(self, code: str, leaves_only: bool) -> bool:
        place = self.places[code]
        return place.is_leaf if leaves_only else place.known

    @cached_property
    def _begins(self) -> list[tuple[str, bool, str, str]]:
        rows = set()
        for place in self.places.values():
            if place.is_leaf:
                for typed in {fold(place.name), place.pinyin, place.initials}:
                    rows.add((typed, not self.at_home(place.code), place.path, place.code))
        return sorted(rows)

    def suggest(self, text: str, limit: int = 8) -> list[str]:
        """Codes of leaves whose name, pinyin or initials begin with `text`; home first."""
        typed = "".join(fold(text).split())
        if not typed:
            return []
        if len(typed) <= SHORT_LETTERS and limit <= MAX_SUGGESTIONS:
            return self._short.get(typed, [])[:limit]
        rows = self._begins
        start, end = bisect_left(rows, (typed,)), bisect_left(rows, (typed + "\uffff",))
        found = sorted({row[1:] for row in rows[start:end]})
        return [code for _abroad, _path, code in found[:limit]]

    @cached_property
    def _short(self) -> dict[str, list[str]]:
        """What to suggest for the first letters, which begin many names."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for typed, _abroad, _path, code in sorted(self._begins, key=lambda row: row[1:]):
            for n in range(1, SHORT_LETTERS + 1):
                if len(found[typed[:n]]) < MAX_SUGGESTIONS:
                    found[typed[:n]][code] = None
        return {typed: list(codes) for typed, codes in found.items()}

    # Finding places in a text

    def mentions(self, text: str, start: int, is_named: bool = False) -> list[PlaceMention]:
        """The places named at `start` of a folded text, one inside the other as one mention.

        Args:
            is_named: a proper name stands there (Cili), or what stands behind a word for where.
        """
        return self._names.mentions(text, start, is_named)

    def place_in_name(
        self, text: str, outer: tuple[int, int, tuple[str, ...]], start: int, end: int
    ) -> tuple[str, ...]:
        """What the place means that a product's name at `start` begins with, where the one it
        lies in (start, end, codes) stands before: 新疆库尔勒香梨, not 阳山水蜜桃. ( ): nothing."""
        if text[outer[1] : start].strip():
            return ()
        found = [m for at in (outer[0], start) for m in self.mentions(text, at)]
        inside = [m.codes for m in found if start < m.end < end and len(m.codes) == 1]
        return next((c for c in inside if self.narrowest_region([outer[2], c]) == c[0]), ())

    def without_numerals(self, text: str) -> str:
        """`text` with the numerals of places' names blotted out: 四川三台 is no three machines."""
        for at, character in enumerate(text):
            if character in NUMERALS:
                starts = range(max(0, at - MAX_NAMES_LENGTH), at + 1)
                for mention in (m for start in starts for m in self.mentions(text, start)):
                    is_named = mention.start < at or text[mention.end - 1] in "县市区旗州"
                    if is_named and at < mention.end:
                        blot = BLOT * (mention.end - at)
                        text = f"{text[:at]}{blot}{text[mention.end :]}"
        return text

    def narrowest_region(self, codes: Iterable[tuple[str, ...]]) -> str | None:
        """The one region that places named together mean: the narrowest of those that hold
        one another, of a name that fits several the one inside another named. None: unsure."""
        named = list(codes)
        sure = [c[0] for c in named if len(c) == 1]
        for several in named:
            if len(several) > 1:
                others = sure or [c for other in named if other is not several for c in other]
                inside = [c for c in several if any(self._inside(c, o) for o in others if o != c)]
                if len(inside) == 1:
                    sure.append(inside[0])
        if not sure:
            return None
        narrowest = sure[0]
        for code in sure[1:]:
            if self._inside(code, narrowest):
                narrowest = code
        return narrowest

    def _inside(self, code: str, outer: str) -> bool:
        return self._names.is_inside(code, outer)
