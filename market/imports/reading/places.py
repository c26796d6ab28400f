"""Places in cells: the county, the township and the village, by the site's own readers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask_babel.speaklater import LazyString

from market.imports.reading.cells import CellProblem
from market.regions.lexicon import RegionLexicon
from market.regions.townships import village_name
from market.web.language import is_english
from market.web.language import lazy_gettext as _l

MAX_VILLAGE_LENGTH = 40
_COUNTY = re.compile(
    r"(?:[\u4e00-\u9fff]{2,3}省)?(?:[\u4e00-\u9fff]{2,3}市)?[\u4e00-\u9fff]{1,6}?县(?!村|社区|城|里)"
)
# 走马镇, 走马镇栗山村; a village may be called 古镇村.
_TOWNSHIP = re.compile(r"[\u4e00-\u9fff]{2,5}?(?:镇|乡|街道)(?!村|社区|居委|组|政府)")


@dataclass(frozen=True)
class PlaceFound:
    """A place: the codes of its county and of its township, and the village in words; each may
    be empty."""

    region: str = ""
    township: str = ""
    village: str = ""


class PlaceReader:
    """Reads the places of one sheet; each text once.

    Args:
        regions: codes of the counties that the station serves: what a township without a county
            is in, and which of several places of a name is meant.
    """

    def __init__(self, lexicon: RegionLexicon, regions: tuple[str, ...]) -> None:
        self.lexicon, self.regions = lexicon, regions
        self._read: dict[tuple[str, str, str], PlaceFound | CellProblem] = {}

    def read(self, region: str, township: str, village: str) -> PlaceFound:
        """What the cells of a row say together; any may be empty.

        Raises:
            CellProblem: with the field it is about: nobody knows the place, or it may be several.
        """
        key = region, township, village
        if key not in self._read:
            try:
                self._read[key] = self._place(*key)
            except PlaceProblem as problem:
                self._read[key] = problem
        found = self._read[key]
        if isinstance(found, CellProblem):
            raise found
        return found

    def _place(self, region: str, township: str, village: str) -> PlaceFound:
        code, below = self._county(region)
        village = self._within(code, village)
        if not code:
            code = self._default(township or below or village)
        if not code:
            return PlaceFound("", "", village_name(_joined(below, township, village)))
        town, rest = "", ""
        if below:
            town, rest = self._split(code, below)
        if township:
            own, after = self._split(code, township)
            if not own and self.lexicon.townships.of(code):
                county = self._named(code)
                raise PlaceProblem(
                    "township",
                    _l(
                        "%(county)s has no township of the name %(name)s: check it, or take the "
                        "column for the village.",
                        county=county,
                        name=township,
                    ),
                )
            if town and own and own != town:
                raise PlaceProblem(
                    "township",
                    _l("Is it %(one)s or %(other)s? Leave one.", one=below, other=township),
                )
            town, rest = own or town, _joined(rest, after)
        if village and not town:
            town, village = self._split(code, village)
        elif village:
            own, after = self._split(code, village)
            village = after if own == town else village
        detail = village if rest and rest in village else _joined(rest, village)
        self._check_below(code, town, detail)
        if len(detail) > MAX_VILLAGE_LENGTH:
            raise PlaceProblem("village", _l("Too long: the town or village is enough."))
        return PlaceFound(code, town, village_name(detail))

    def _within(self, county: str, village: str) -> str:
        """A village without the county before it; refused where that is another."""
        named = _COUNTY.match(village)
        codes = self.lexicon.resolve(named[0]) if named else ()
        if not named or not codes:
            return village
        own = (county,) if county else self.regions
        if own and not set(codes) & set(own):
            raise PlaceProblem(
                "village",
                _l(
                    "Is it %(one)s or %(other)s? Leave one.",
                    one=self._named(codes[0]),
                    other=LazyString(lambda: " / ".join(map(str, map(self._named, own)))),
                ),
            )
        return village[named.end() :]

    def _check_below(self, county: str, town: str, detail: str) -> None:
        """Refuse a township among the villages that the county has not, or beside another."""
        named = _TOWNSHIP.match(detail)
        # Of a buyer from anywhere the county is enough.
        if not named or not self.regions or not self.lexicon.townships.of(county):
            return
        if town and self._split(county, named[0])[0]:
            raise PlaceProblem("township", _l("Write one township, not several."))
        if not town:
            raise PlaceProblem(
                "township",
                _l(
                    "%(county)s has no township of the name %(name)s: check it, or take the "
                    "column for the village.",
                    county=self._named(county),
                    name=named[0],
                ),
            )

    def _county(self, text: str) -> tuple[str, str]:
        """(code, what is named below it) of a county; no code where a smaller place is named."""
        if not text:
            return "", ""
        codes, below = self.lexicon.read_address(text)
        below = below if codes else ""
        # 长沙 is a county, and a whole prefecture too.
        codes = tuple(dict.fromkeys((*self.lexicon.resolve(text), *codes)))
        if not codes:
            if self._default(text):
                return "", text
            raise PlaceProblem("region", _l("No such place: write the county's name in full."))
        inside = [leaf for code in codes for leaf in self.lexicon.leaves_of(code)]
        leaves = [code for code in inside if code in self.regions] or inside
        if len(leaves) == 1:
            return leaves[0], below
        names = LazyString(lambda: " / ".join(map(str, map(self._named, leaves))))
        if len(leaves) > 3 or len(codes) == 1:
            raise PlaceProblem("region", _l("That holds several counties: write which."))
        raise PlaceProblem(
            "region",
            _l("Several places have this name: %(names)s. Write which.", names=names),
        )

    def _named(self, code: str) -> LazyString:
        """A county in the reader's language."""
        place, lexicon = self.lexicon.places[code], self.lexicon
        return LazyString(
            lambda: lexicon.name_in_english(place) if is_english() else lexicon.full_name(place)
        )

    def _default(self, below: str) -> str:
        """The county that a township is in, of those served; the only one for anything else."""
        if len(self.regions) == 1:
            return self.regions[0]
        holders = [code for code in self.regions if below and self._split(code, below)[0]]
        return holders[0] if len(holders) == 1 else ""

    def _split(self, county: str, text: str) -> tuple[str, str]:
        """(code of the township that a text is or begins with, or empty; the rest)."""
        townships = self.lexicon.townships
        if whole := townships.read(text, county):
            return whole.code, ""
        first, rest = townships.split(text, county)
        return (first.code, rest) if first else ("", text)


class PlaceProblem(CellProblem):
    """What is wrong with a place, and which field says it."""

    def __init__(self, field: str, text: object) -> None:
        self.field = field
        super().__init__(text)


def _joined(*parts: str) -> str:
    return re.sub(r"\s+", " ", "".join(filter(None, parts)))
