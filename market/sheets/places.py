"""The place a sheet is for: a county, a township of it, a village of that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import abort

from market.regions.lexicon import Place
from market.regions.queries import region_lexicon
from market.regions.townships import NamedTownship
from market.sheets.models import MAX_VILLAGE_LENGTH, SheetPosting, SheetVillage
from market.text.characters import tidy
from market.web.filters import local_name
from market.web.language import is_english

# In the address of a village whose township nobody told.
NO_TOWNSHIP = "-"


@dataclass(frozen=True)
class SheetPlace:
    """
    Attributes:
        county: a reporting leaf of the region tree.
        village: as it is written; "" for the township or county itself.
    """

    county: Place
    township: NamedTownship | None = None
    village: str = ""

    @property
    def path(self) -> str:
        """Of the county, for permissions."""
        return self.county.path

    @property
    def township_code(self) -> str | None:
        return self.township.code if self.township else None

    @property
    def address(self) -> dict[str, Any]:
        """The arguments of its page's address."""
        codes = {"county": self.county.code, "township": self.township_code or NO_TOWNSHIP}
        if self.village:
            return {**codes, "village": self.village}
        return {name: code for name, code in codes.items() if code != NO_TOWNSHIP}

    @property
    def office(self) -> SheetPlace:
        """The place whose station serves it: its township, else its county."""
        return replace(self, village="")

    @property
    def name(self) -> str:
        """The place in one line, county first: 石门县皂市镇九伙坪村; in English the other way."""
        county = local_name(self.county)
        township = local_name(self.township) if self.township else ""
        parts = [part for part in (county, township, self.village) if part]
        return ", ".join(reversed(parts)) if is_english() else "".join(parts)

    @property
    def short_name(self) -> str:
        """What people of the county call it: 皂市镇九伙坪村, 石门县."""
        if self.township is None:
            return (self.village and self.name) or local_name(self.county)
        township = local_name(self.township)
        if not self.village:
            return township
        return f"{self.village}, {township}" if is_english() else f"{township}{self.village}"


def load_sheet_place(county: str, township: str = "", village: str = "") -> SheetPlace:
    """The place of these codes and that village, or 404: a village may have any name that is one
    line of text (villages.load_known_place asks for those there are), and only a county of today
    has sheets."""
    lexicon = region_lexicon()
    place = lexicon.places.get(county)
    if place is None or not place.is_leaf:
        abort(404)
    township = "" if township == NO_TOWNSHIP else township
    found = lexicon.townships.get(township)
    if township and (found is None or found.county != county):
        abort(404)
    if village and (village != tidy(village) or len(village) > MAX_VILLAGE_LENGTH):
        abort(404)
    return SheetPlace(place, found, village)


def place_of_row(row: SheetPosting | SheetVillage) -> SheetPlace:
    """Where a posting or a village is."""
    return load_sheet_place(row.region_code, row.township_code, row.village)


def village_places(office: SheetPlace, villages: Iterable[tuple[str, str]]) -> list[SheetPlace]:
    """Places of villages (township code, name) of a county."""
    townships = region_lexicon().townships
    return [
        SheetPlace(office.county, townships.get(township), village)
        for township, village in villages
    ]
