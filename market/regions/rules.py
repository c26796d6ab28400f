"""Levels of codes, and distances between places. Pure: no database, no Flask."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from market.regions.models import Level

EARTH_KM = 6371.0
# What goes without saying behind a county: Changde City, Guangxi Zhuang Autonomous Region.
_ENGLISH_KIND = re.compile(r"(?: City| Province|(?: Zhuang| Hui| Uygur)? Autonomous Region)$")


def level_of(code: str) -> Level:
    """The level of a region, by its code (GB/T 2260); a zone is one of a county."""
    if code.endswith("0000"):
        return Level.PROVINCE
    return Level.PREFECTURE if code.endswith("00") else Level.COUNTY


def short_english_name(name: str) -> str:
    """The English name of a prefecture or province behind that of a county: Changde, Hunan."""
    return _ENGLISH_KIND.sub("", name)


def name_in_english(name: str, above: str) -> str:
    """English names of a place and the one above as one: Shimen County, Changde."""
    return ", ".join(filter(None, (name, short_english_name(above))))


def great_circle_km(latitude: Any, longitude: Any, latitudes: Any, longitudes: Any) -> np.ndarray:
    """Great-circle distance (haversine) from a place to each of others, all in degrees.

    Returns:
        An array as long as the others are; nan where a coordinate is nan.
    """
    north, norths = np.radians(latitude), np.radians(latitudes)
    across = np.sin((north - norths) / 2) ** 2
    along = np.sin(np.radians(longitude - longitudes) / 2) ** 2
    part = np.minimum(1.0, across + np.cos(north) * np.cos(norths) * along)
    return 2 * EARTH_KM * np.arcsin(np.sqrt(part))
