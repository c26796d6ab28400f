"""The words that name places, in memory: from what is typed to codes."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from market.regions.rules import great_circle_km
from market.text.characters import fold


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Short names that are everyday words, or what several districts are called: in a text they
# are places only with 县, 市 or 区 after them.
EVERYDAY_WORDS = _words(
    "和平 红旗 新华 前进 长安 安居 城关 白云 东方 黄山 金山 大同 同心 平安 兴业 高明 丰满"
    " 大方 正定 安定 新乐 宝丰 永丰 新丰 新兴 长丰 民乐 乐业 平果 阳春 尖山 城区 郊区 矿区"
    " 东区 西区 南区 北区 城中 城北 城东 城西 城南 河东 河西 河口 江北 江南 江东 海南区 市中"
    " 桥东 桥西 铁东 铁西 向阳 东风 爱民 友好 青山 青云 东山 西山 南山 北关 新城 新民 新市"
    " 新区 中山 中原 中心 中宁 开平 开发 高要 安宁 安康 永福 永新 水城 山城 金水 金川 金湖"
    " 红花 长青 龙凤 凤山 梅花 桃山 麻山 茶花 花山 花都 果洛 合作 共和 建设 富裕 富民 集美"
    " 秀山 美溪 双城 二道 三水 五华 六合 百色 千山 万年 青冈 龙井 普洱 普兰 玉树 大豆 米易"
    " 米林 麦积 梨树 桦甸 松溪 杏花岭 枣强 枣阳 椒江 荔波 荔浦 荔湾 蒲江 藁城 莲花 莲池 瓜州"
    " 鲤城 鹤山 鹿城 牛 马山 马龙 羊 鸡东 鸡冠 鸭 雁山 鱼峰 鱼台 蚌山 盐田 盐池 盐山 盐都 盐边"
    " 新鲜 兴隆 正安 正阳 正宁 太和 太平 太子河 太湖 万全 万安 万载 安全 文成 成安 成华 商城"
    " 商河 商南 商水 市北 市南 通海 定远 定安 定南 定日 定结 定州 海安 海丰 海盐 海港 海阳"
    " 海门 石景 清新 清水 清流 清丰 沙市 沙湾 沙县区 沙坪坝 沙河 泉山 秋 冬 春 夏 夏津 寒亭"
    " 温泉 温江 光山 光明 光泽 大余 大化 大港 大东 大冶 大厂 大安 大洼 大观 大渡口 大足 大邑"
    " 大通 大理市区 广丰 广安 广饶 广平 长治 长春 特克斯 和静 和顺 和硕 和县 喜德 吉利 延长"
    " 庆元 康乐 康平 康保 康定 德保 德化"
)
# Answers for so few letters are made once, so many of them.
SHORT_LETTERS = 2
MAX_SUGGESTIONS = 8
MAX_NAME_LENGTH = 15
SEPARATORS = " ·・,，、.。-—/\u3000"
# What is smaller than a county, by its last character.
BELOW_COUNTY = tuple("镇乡村街路组社场屯寨")
SUFFIXES = ("xian", "shi", "qu", "zizhixian", "zizhizhou")
ENGLISH_KINDS = (
    "county", "city", "district", "prefecture", "province", "autonomous county", "region", "banner",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A region as the lexicon knows it; attributes as in market.regions.models.Region.

    Attributes:
        known: it is or holds leaves, so that a text may mean it.
        level: 0 province, 1 prefecture, 2 county.
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


@dataclass(frozen=True)
class PlaceMention:
    """A place's name in a text. `codes`: what it may mean; `sure`: no everyday word."""

    start: int
    end: int
    codes: tuple[str, ...]


class RegionLexicon:
    """Words in memory. `home`: the path of the home region, whose places win over others."""

    def __init__(self, places: Iterable[Place], home: str) -> None:
        self.home = home
        self.places = {place.code: place for place in places}
        self._by_path = {place.path: place for place in self.places.values()}
        readings: list[dict[str, list[str]]] = [defaultdict(list) for _ in range(6)]
        for place in sorted(self.places.values(), key=lambda p: p.path):
            full, short = fold(place.name), fold(place.short_name)
            readings[0][full].append(place.code)
            above = self._by_path.get(place.path.rpartition("/")[0])
            if above is not None:
                for outer in {fold(above.name), fold(above.short_name)}:
                    for inner in {full, short}:
                        readings[1][outer + inner].append(place.code)
            readings[2][short].append(place.code)
            readings[3][fold(place.name_en).replace(" ", "")].append(place.code)
            readings[4][place.pinyin].append(place.code)
            for suffix in SUFFIXES:
                if place.pinyin.endswith(suffix) and place.pinyin != suffix:
                    readings[4][place.pinyin.removesuffix(suffix)].append(place.code)
            for kind in ENGLISH_KINDS:
                if fold(place.name_en).endswith(" " + kind):
                    readings[4][fold(place.name_en)[: -len(kind)].replace(" ", "")].append(
                        place.code
                    )
            readings[5][place.initials].append(place.code)
        self._readings = readings

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

    def full_name(self, place: Place) -> str:
        """Prefecture and county in one word, as market.regions.queries.full_name()."""
        above = self.above(place)
        return f"{above.name}·{place.name}" if above and self.above(above) else place.name

    def at_home(self, code: str) -> bool:
        """Whether the region is the home region or inside it."""
        return f"{self.places[code].path}/".startswith(f"{self.home}/")

    def resolve(self, text: str, leaves_only: bool = True) -> tuple[str, ...]:
        """Codes of what `text` may mean: a code, a name (alone or with the one above), pinyin,
        initials. Home regions win. One: it is sure; none: unknown."""
        word = "".join(fold(text).split()).replace("·", "").replace("-", "")
        if word.isdigit() and word in self.places and self._is_allowed(word, leaves_only):
            return (word,)
        for reading in self._readings if word.isascii() else self._readings[:3]:
            if found := [c for c in reading.get(word, ()) if self._is_allowed(c, leaves_only)]:
                found = list(dict.fromkeys(found))
                return tuple([c for c in found if self.at_home(c)] or found)[:30]
        return ()

    def read_address(self, text: str) -> tuple[tuple[str, ...], str]:
        """(codes, rest) of places written one inside the other, and what follows the last.

        湖南省常德市澧县, 常德市·石门县夹山镇. No codes: it does not begin with a place.
        """
        folded, at, sure = fold(text), 0, True
        codes: tuple[str, ...] = ()
        while True:
            while at < len(folded) and folded[at] in SEPARATORS:
                at += 1
            found = self._longest(folded, at, codes)
            if found is None:
                break
            word, codes = found
            sure = any(fold(self.places[code].name) == word for code in codes)
            at += len(word)
        rest = text[at:].strip(SEPARATORS)
        # 石门镇 is a town, in many counties.
        if not sure and rest[:1] in BELOW_COUNTY:
            return (), ""
        return tuple([c for c in codes if self.at_home(c)] or codes), rest

    def _longest(
        self, text: str, at: int, outer: Sequence[str]
    ) -> tuple[str, tuple[str, ...]] | None:
        """The longest name of a place inside one of `outer` (or any) that stands at `at`."""
        for n in range(min(MAX_NAME_LENGTH, len(text) - at), 1, -1):
            word = text[at : at + n]
            known = (*self._readings[0].get(word, ()), *self._readings[2].get(word, ()))
            found = [
                code
                for code in dict.fromkeys(known)
                if self.places[code].known
                and (not outer or any(self._inside(code, o) for o in outer if o != code))
            ]
            if found:
                return word, tuple(found)
        return None

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

    @cached_property
    def _in_text(self) -> dict[str, tuple[str, ...]]:
        """Words that mean a place inside a text, to what they mean there."""
        words: dict[str, set[str]] = defaultdict(set)
        for place in self.places.values():
            if not place.known:
                continue
            if fold(place.name) not in EVERYDAY_WORDS:
                words[fold(place.name)].add(place.code)
            short = fold(place.short_name)
            if len(short) > 1 and (short not in EVERYDAY_WORDS or self.at_home(place.code)):
                words[short].add(place.code)
            for latin in _in_letters(place):
                if len(latin) > 4:
                    words[latin].add(place.code)
        return {word: self._meant(codes) for word, codes in words.items()}

    def _meant(self, codes: set[str]) -> tuple[str, ...]:
        """Home before others; then the highest, so that 长沙 is the prefecture."""
        found: Sequence[str] = [c for c in codes if self.at_home(c)] or list(codes)
        highest = min(self.places[c].level for c in found)
        return tuple(sorted(c for c in found if self.places[c].level == highest))

    @cached_property
    def _lengths(self) -> dict[str, tuple[int, ...]]:
        lengths: dict[str, set[int]] = defaultdict(set)
        for word in self._in_text:
            lengths[word[0]].add(len(word))
        return {first: tuple(sorted(found)) for first, found in lengths.items()}

    def mentions(self, text: str, start: int) -> list[PlaceMention]:
        """The places named at `start` of a folded text."""
        first = text[start]
        if first.isascii():
            return self._latin_mentions(text, start)
        found = []
        for n in self._lengths.get(first, ()):
            word = text[start : start + n]
            if len(word) == n and (codes := self._in_text.get(word)):
                found.append(PlaceMention(start, start + n, codes))
        return found

    def _latin_mentions(self, text: str, start: int) -> list[PlaceMention]:
        if not text[start].isalpha() or (start and text[start - 1].isalnum()):
            return []
        found, end = [], start
        for _ in range(4):
            while end < len(text) and (text[end] == "'" or _is_letter(text[end])):
                end += 1
            word = text[start:end].replace(" ", "")
            if codes := self._in_text.get(word):
                found.append(PlaceMention(start, end, codes))
            if end >= len(text) - 1 or text[end] != " ":
                break
            end += 1
        return found

    def narrowest_region(self, codes: Iterable[tuple[str, ...]]) -> str | None:
        """The one region that places named together mean: the narrowest of those that hold
        one another, of a name that fits several the one inside another named. None: unsure."""
        named = list(codes)
        sure = [c[0] for c in named if len(c) == 1]
        for several in named:
            if len(several) > 1:
                inside = [c for c in several if any(self._inside(c, s) for s in sure)]
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
        return f"{self.places[code].path}/".startswith(f"{self.places[outer].path}/")


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _in_letters(place: Place) -> set[str]:
    """What the place is called in pinyin and in English, without spaces."""
    name = fold(place.name_en)
    own = name
    for kind in ENGLISH_KINDS:
        own = own.removesuffix(" " + kind)
    words = own.removesuffix(" autonomous").split()
    # Peoples stand behind the name: Xiangxi Tujia Miao Autonomous Prefecture.
    first = words[:1] if place.pinyin.startswith(words[0].replace("'", "")) else words[:2]
    names = {place.pinyin, *(place.pinyin.removesuffix(s) for s in SUFFIXES)}
    return names | {name.replace(" ", ""), "".join(first), own.replace(" ", "")}
