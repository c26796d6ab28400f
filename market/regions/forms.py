"""The region field: type a name, pinyin or code, or pick down the tree."""

from __future__ import annotations

from typing import Any

from flask import url_for
from wtforms import StringField

from market.choosing import ChoosingInput, process_choice
from market.language import lazy_gettext as _l
from market.regions.models import Region
from market.regions.queries import full_name, resolve_region
from market.text.characters import tidy


class RegionField(StringField):
    """A region; `data` is a Region or None.

    A name that fits several is refused with the choices shown as buttons to pick from.

    Attributes:
        leaves_only: accept only regions where people live and offers are placed.
        options: (code, name) of what an ambiguous text may mean.
    """

    widget = ChoosingInput()

    def __init__(
        self, label: Any = None, validators: Any = None, leaves_only: bool = True, **kwargs: Any
    ) -> None:
        self.leaves_only = leaves_only
        self.options: list[tuple[str, str]] = []
        super().__init__(label, validators, **kwargs)

    @property
    def suggest_url(self) -> str:
        return url_for("regions.suggest")

    @property
    def tree_url(self) -> str:
        return url_for("regions.tree")

    def _value(self) -> str:
        if isinstance(self.data, Region):
            return full_name(self.data)
        return (tidy(self.raw_data[-1]) or "") if self.raw_data else ""

    def process_data(self, value: Region | None) -> None:
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data, found = process_choice(
            valuelist, lambda text: resolve_region(text, self.leaves_only)
        )
        if self.data is None and found:
            self.options = [(r.code, full_name(r)) for r in found]
            raise ValueError(_l("Several places have this name: choose one."))
        if self.data is None and self._value():
            raise ValueError(_l("No such place: write the county's name in full."))
