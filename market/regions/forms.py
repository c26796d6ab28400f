"""The region field: type a name, an address, pinyin or code, or pick down the tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from wtforms import StringField

from market.regions.models import Region
from market.regions.queries import (
    full_name,
    name_in_chinese,
    read_address,
    regions_inside,
    resolve_region,
)
from market.text.characters import tidy
from market.web.language import lazy_gettext as _l
from market.web.lookup import ChoosingInput, process_choice

# More places than these are no help to choose from.
MAX_OPTIONS = 30


class RegionField(StringField):
    """A region; `data` is a Region or None.

    A name that fits several, or a place that holds several where a county is asked, is refused
    with the choices shown as buttons to pick from.

    Attributes:
        leaves_only: accept only regions where people live and offers are placed.
        with_detail: accept an address that goes on below the region (石门县夹山镇).
        detail: what was typed below the region, as it was typed.
        whole_from: a place that holds several is accepted too, for the county of this region
            where that lies inside it, else for the first; `detail` begins with its name. (The
            codes of GB/T 2260 begin with the districts of the seat.)
        is_whole: one place was typed that holds several.
        within: the regions one may choose from, where not all: the selects begin there.
        options: (code, name) of what an ambiguous text may mean.
    """

    widget = ChoosingInput()

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        leaves_only: bool = True,
        with_detail: bool = False,
        **kwargs: Any,
    ) -> None:
        self.leaves_only, self.with_detail = leaves_only, with_detail
        self.whole_from: Region | None = None
        self.within: Sequence[Region] = ()
        self.detail, self.is_whole = "", False
        self.options: list[tuple[str, str]] = []
        super().__init__(label, validators, **kwargs)

    @property
    def suggest_url(self) -> str:
        return url_for("regions.suggest")

    @property
    def tree_url(self) -> str:
        return url_for("regions.tree")

    @property
    def tree_from(self) -> str:
        """What the tree's first select asks for: the children of the one region to choose in,
        or the several there are; empty for the whole tree."""
        return ",".join(region.code for region in self.within)

    def _value(self) -> str:
        if isinstance(self.data, Region):
            return address(self.data, self.detail)
        return (tidy(self.raw_data[-1]) or "") if self.raw_data else ""

    def process_data(self, value: Region | None) -> None:
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data, found = process_choice(valuelist, self._read)
        if self.data is None and found:
            if len(found) <= MAX_OPTIONS:
                self.options = [(r.code, full_name(r)) for r in found]
                if self.is_whole:
                    raise ValueError(_l("That holds several counties: choose one."))
                raise ValueError(_l("Several places have this name: choose one."))
            raise ValueError(_l("That holds many counties: write which."))
        if self.data is None and self._value():
            raise ValueError(_l("No such place: write the county's name in full."))

    def _read(self, text: str) -> Sequence[Region]:
        text = tidy(text)
        self.detail, self.is_whole = "", self.leaves_only and _is_whole(text)
        if found := resolve_region(text, self.leaves_only):
            return found
        found, rest = read_address(text)
        if rest and not self.with_detail:
            return []
        self.detail = rest
        if not self.leaves_only or len(found) != 1 or found[0].is_leaf:
            return [r for r in found if r.is_leaf or not self.leaves_only] or found
        return self._of_whole(found[0])

    def _of_whole(self, whole: Region) -> Sequence[Region]:
        """The county that stands for a larger place, or all of its counties to choose from."""
        inside, near = regions_inside(whole), self.whole_from
        if near is None or not inside:
            return inside
        self.detail = f"{whole.name}{self.detail}"
        own = [region for region in inside if region.code == near.code]
        return own or inside[:1]


def _is_whole(text: str) -> bool:
    """Whether the text is one place that holds several counties."""
    found, rest = read_address(text)
    return len(found) == 1 and not found[0].is_leaf and not rest


def whole_named(region: Region, detail: str) -> Region | None:
    """The larger place that `detail` begins with and `region` stands for; None: a part of it."""
    above = region.parent
    while above is not None and not detail.startswith(above.name):
        above = above.parent
    return above


def address(region: Region, detail: str) -> str:
    """The place as it would be typed: 常德市·石门县夹山镇."""
    if whole_named(region, detail):
        return detail
    # What follows is Chinese, so all of it is.
    return name_in_chinese(region) + detail if detail else full_name(region)
