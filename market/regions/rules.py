"""Distances between places. Pure: no database, no Flask."""

from __future__ import annotations

from typing import Any

import numpy as np

EARTH_KM = 6371.0


def kilometres(latitude: Any, longitude: Any, latitudes: Any, longitudes: Any) -> Any:
    """Great-circle distance (haversine) from a place to each of others, all in degrees.

    Returns:
        An array as long as the others are; nan where a coordinate is nan.
    """
    north, norths = np.radians(latitude), np.radians(latitudes)
    across = np.sin((north - norths) / 2) ** 2
    along = np.sin(np.radians(longitude - longitudes) / 2) ** 2
    part = np.minimum(1.0, across + np.cos(north) * np.cos(norths) * along)
    return 2 * EARTH_KM * np.arcsin(np.sqrt(part))
