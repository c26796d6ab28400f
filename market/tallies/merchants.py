"""Which records are one effective merchant 有效涉农商户: traders are counted, not records.

A trader is a person or firm (domain: Fair, "distinct traders"). The market knows one by the
phone, which is unique and normalised. A farmer without a phone is known as their station
knows them: by name and home county. So, of records with the same name in the same county,

- each with a phone of its own is a trader;
- one without is the same trader as another of the same station (the assistant who holds the
  consent), the one with a phone if there is one;
- one whose consent ended, which keeps neither phone nor station, is whoever registered anew
  under that name, with a phone of their own or at any station.

Namesakes of two stations are two traders; namesakes without a phone at one station can't be
distinguished and count once, so that the figure is never too large. Accounts erased
by their owners share a name that says nothing: each is a trader of its own.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Trader:
    """What tells a record from others; `station_id` is the assistant who represents it."""

    id: int
    name: str
    region_code: str
    phone: str | None
    station_id: int | None
    is_closed: bool = False

    @property
    def has_left(self) -> bool:
        """Its consent ended: nobody can reach or represent it any more."""
        return self.phone is None and self.station_id is None and not self.is_closed


def identities(traders: Iterable[Trader]) -> dict[int, int]:
    """Of each record that is the same trader as another, the id of the one it counts as."""
    namesakes: dict[tuple[str, str], list[Trader]] = defaultdict(list)
    for trader in traders:
        namesakes[_plain(trader.name), trader.region_code].append(trader)
    found: dict[int, int] = {}
    for group in namesakes.values():
        # Those with a phone first, those that left last; of equals the older record.
        group.sort(key=lambda t: (t.has_left, t.phone is None, t.id))
        for trader in group:
            one = next(other for other in group if _is_same(trader, other))
            if one.id != trader.id:
                found[trader.id] = found.get(one.id, one.id)
    return found


def _is_same(trader: Trader, other: Trader) -> bool:
    """Whether `trader` counts as `other`, of the same name and county."""
    if trader.id == other.id:
        return True
    if trader.phone or other.is_closed:
        return False
    if trader.has_left:
        return True
    return trader.station_id is not None and trader.station_id == other.station_id


def _plain(name: str) -> str:
    """The name without spaces, wide and narrow letters alike."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
