"""What the levels of regions are called, over a column and over a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel.speaklater import LazyString

from market.regions.models import Level
from market.regions.rules import level_of
from market.web.language import lazy_gettext as _l

LEVELS: dict[Level, Any] = {
    Level.PROVINCE: _l("Province"),
    Level.PREFECTURE: _l("Prefecture"),
    Level.COUNTY: _l("County"),
}
LEVELS_TOGETHER: dict[Level, Any] = {
    Level.PROVINCE: _l("Provinces"),
    Level.PREFECTURE: _l("Prefectures"),
    Level.COUNTY: _l("Counties"),
}


def level_word(codes: Iterable[str]) -> LazyString:
    """The heading of a column of these regions: the name of their level, if they share one."""
    levels = {level_of(code) for code in codes}
    return LEVELS[levels.pop()] if len(levels) == 1 else _l("Region")


def level_words(codes: Iterable[str]) -> LazyString:
    """The same of a heading over all of them."""
    levels = {level_of(code) for code in codes}
    return LEVELS_TOGETHER[levels.pop()] if len(levels) == 1 else _l("Regions")
