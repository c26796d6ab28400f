"""Towns, townships and streets of counties, in memory: what they are called and what is typed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from market.text.characters import fold, tidy

KINDS = ("街道", "镇", "乡")
_ENGLISH_KINDS = {
    "镇": "Town", "乡": "Township", "街道": "Subdistrict", "林场": "Forest Farm",
    "农场": "Farm", "茶场": "Tea Farm", "原种场": "Seed Farm", "管理区": "Management District",
    "管理处": "Management Office", "开发区": "Development Zone", "工业园": "Industrial Park",
}  # fmt: skip
_PEOPLES = {
    "土家族": "Tujia", "苗族": "Miao", "侗族": "Dong", "瑶族": "Yao", "白族": "Bai",
    "回族": "Hui", "维吾尔族": "Uygur", "壮族": "Zhuang",
}  # fmt: skip
_OF_PEOPLES = re.compile(f"({'|'.join(_PEOPLES)})+(?=乡$)")
# No towns, though people call them as such: 秀坪园艺场.
_FARM = re.compile(r"(?:[场处园]|[^街]区)$")
# What stands between a town and its village.
_SEPARATORS = " ·・,，、.。-—/\u3000"
_VILLAGE = re.compile(r"(.+?(?:村(?!民)|社区|居委会))(.*)", re.DOTALL)
# A name that goes on: 新农村社区, 东村村.
_GOES_ON = re.compile(r"[^\d\s组]{0,4}(?:村(?!民)|社区)")
_COMMITTEE = re.compile(r"村?民?委员?会?")
_NUMBER = "[0-9一二三四五六七八九十百]+"
_GROUP = re.compile(rf"(?:第?{_NUMBER}\s*(?:(?:村|居)?民?小?组|社|队|号|户))+$")


@dataclass(frozen=True)
class NamedTownship:
    """A township as it is read and shown; attributes as in market.regions.models.Township.

    Attributes:
        name_en: in pinyin, with its kind in English.
        path: that of its county with its own code behind it, as a search is asked for it.
    """

    code: str
    name: str
    name_en: str
    county: str
    path: str

    @property
    def words(self) -> frozenset[str]:
        """What it is called, folded and without spaces."""
        own = {self.name, short_name(self.name), self.name_en}
        if self.name.endswith(KINDS):
            own.add(self.name_en.rpartition(" ")[0])
        return frozenset("".join(fold(word).split()) for word in own if word)


class Townships:
    """Those of every county, in the order of their codes."""

    def __init__(self, rows: Iterable[NamedTownship]) -> None:
        self._by_code = {row.code: row for row in rows}
        self._of: dict[str, list[NamedTownship]] = defaultdict(list)
        for row in self._by_code.values():
            self._of[row.county].append(row)

    def __iter__(self) -> Iterator[NamedTownship]:
        return iter(self._by_code.values())

    def get(self, code: str | None) -> NamedTownship | None:
        return self._by_code.get(code or "")

    def of(self, county: str) -> Sequence[NamedTownship]:
        """Those of a county; none where they are not known."""
        return self._of.get(county, ())

    def read(self, text: str, county: str) -> NamedTownship | None:
        """The one of the county that a whole text names: 皂市镇, 皂市, Zaoshi, 430726105, and 秀坪
        for 秀坪园艺场; None where it names none or several."""
        word = "".join(fold(tidy(text)).split())
        own = self.of(county)
        whole = [t for t in own if word in (t.code, fold(t.name))]
        found = whole or [t for t in own if word in t.words]
        if not found and len(word) > 1:
            found = [t for t in own if t.name.startswith(word) and _FARM.search(t.name)]
        return found[0] if len(found) == 1 else None

    def split(self, text: str, county: str) -> tuple[NamedTownship | None, str]:
        """The one that a text begins with, by its name in full, and what follows: 皂市镇阳泉村."""
        begun = [t for t in self.of(county) if text.startswith(t.name)]
        if not begun:
            return None, text
        first = max(begun, key=lambda t: len(t.name))
        return first, text[len(first.name) :].strip(_SEPARATORS)


def village_name(text: str) -> str:
    """The village of what was written for one: 秀坪村 of 秀坪村3组 and 秀坪村村委会.

    A group alone is no village: "". What names none in such words stays: 九伙坪, Xiuping.
    """
    text = text.strip()
    if found := _VILLAGE.fullmatch(text):
        village, rest = found.groups()
        goes_on = _GOES_ON.match(rest)
        return village + goes_on[0] if goes_on and not _COMMITTEE.match(rest) else village
    if group := _GROUP.search(text):
        return text[: group.start()].rstrip(_SEPARATORS)
    return text


def short_name(name: str) -> str:
    """Without its kind: 皂市 of 皂市镇; whole where two characters would not be left."""
    for kind in KINDS:
        if name.endswith(kind) and len(name) - len(kind) > 1:
            return _OF_PEOPLES.sub("", name).removesuffix(kind) or name
    return name


def english_township(name: str) -> str:
    """The name in pinyin with its kind in English: Zaoshi Town, Sanhekou Bai Township."""
    from pypinyin import lazy_pinyin

    kind = max((k for k in _ENGLISH_KINDS if name.endswith(k)), key=len, default="")
    own = name.removesuffix(kind) or name
    peoples = ""
    if found := _OF_PEOPLES.search(name):
        own = name[: found.start()]
        peoples = " ".join(p for word, p in _PEOPLES.items() if word in found[0])
    words = "".join(lazy_pinyin(own)).capitalize(), peoples, _ENGLISH_KINDS.get(kind, "")
    return " ".join(filter(None, words))
