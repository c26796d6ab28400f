"""What may be asked of the offers, and what an answer tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from market.offers.models import Side
from market.products.units import Dimension
from market.regions.models import county_path, is_within

PER_PAGE = 20
LAST_PAGE = 500
# How far around the place asked for a list may reach, from near to far.
AREAS = ("place", "county", "prefecture", "neighbours", "province", "country")
# Said where somebody who begins on one side wants to see the other too.
BOTH_SIDES = "both"
# Yuan per jin, as people quote; the last has no upper end. A price on the border of two
# is counted in both, as it is found by either.
PRICE_BANDS = ((0, 1), (1, 2), (2, 5), (5, 10), (10, 20), (20, None))


@dataclass(frozen=True)
class Filters:
    """What a visitor asks for.

    Attributes:
        words: what their text says beside the rest. An offer must say them all or, when none
            does, any of them; with `products` they only rank, unless `words_required`.
        products: paths of products or categories; any of them, with everything below, and,
            if `by_title`, offers of a family above whose title names one of them.
        excluded: paths of products or categories that are left out, with everything below and
            offers of a family above whose title names one of them.
        excluded_words: what no title may say.
        regions: paths; any of them, with everything below. One may end with a township.
        excluded_regions: paths that are left out, with everything below.
        price_min, price_max: yuan per base unit of `price_measure` (of market.products.units); with
            either, only what is priced within that.
        quantity_min: how much must be left, in the base unit of `quantity_measure`.
        supply_from, supply_to: local days of a period that the offer's own must overlap, an open
            end of either reaching any day; None for an open end.
        area: of AREAS, exactly how far around the one place of `regions` to look; empty to
            look farther only where the place has too little.
        near: code of the region that distances are measured from.
        sort: relevance, newest, price or distance (which needs `near`).
        as_of: what was published later is left out, so that pages stay as they were.
        first: a path inside `regions`; what lies in it comes before all else, and by relevance
            what lies around follows by its distance, where that is what `near` measures from.
        page: from 1.
    """

    words: tuple[str, ...] = ()
    words_required: bool = False
    side: Side | None = None
    products: tuple[str, ...] = ()
    by_title: bool = True
    excluded: tuple[str, ...] = ()
    excluded_words: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    excluded_regions: tuple[str, ...] = ()
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    price_measure: str = Dimension.MASS
    quantity_min: Decimal | None = None
    quantity_measure: str = Dimension.MASS
    supply_from: date | None = None
    supply_to: date | None = None
    verified: bool = False
    area: str = ""
    near: str = ""
    sort: str = "relevance"
    as_of: datetime | None = None
    first: str = ""
    page: int = 1
    per_page: int = PER_PAGE

    @property
    def offset(self) -> int:
        """How many offers come before the page."""
        return (self.page - 1) * self.per_page

    @property
    def is_near_first(self) -> bool:
        """Whether distances are measured from what comes first."""
        first = county_path(self.first).rpartition("/")[2]
        return bool(self.near) and first.ljust(6, "0") == self.near

    @property
    def chooses(self) -> bool:
        """Whether it takes more than side, verification and price to tell what is found."""
        asked = (self.words, self.products, self.excluded, self.regions, self.excluded_regions)
        return any(asked) or bool(self.excluded_words) or self.supplies

    @property
    def supplies(self) -> bool:
        """Whether it asks how much there must be, or when."""
        return (self.quantity_min, self.supply_from, self.supply_to) != (None, None, None)

    @property
    def must_say(self) -> bool:
        """Whether an offer must say the words to be found."""
        return bool(self.words) and (self.words_required or not self.products)


@dataclass(frozen=True)
class Found:
    """The page's offers in order, how many there are in all, and counts to narrow by.

    Attributes:
        facets: by name (value, count), most first. `side`, `verified` and `price` (bands
            `low-high` in yuan per jin) count as if they were not filtered by themselves;
            `product` (codes of categories or products) and `region` (codes) count the next
            level below the one chosen, or those chosen where they are several.
        widened: of AREAS, what the search was widened to; empty where it was not.
        inside: with `widened`, how many are in the place itself.
        newest: when the offer published last of all that may be found was; None where the
            finder doesn't know.
    """

    ids: list[int]
    total: int
    facets: dict[str, list[tuple[str, int]]]
    widened: str = ""
    inside: int = 0
    newest: datetime | None = field(default=None, compare=False)


def below(counts: Iterable[tuple[str, int]], chosen: tuple[str, ...]) -> list[tuple[str, int]]:
    """Counts by path summed up by the step below the one path chosen, or by those chosen
    where they are several; most first."""
    sums: Counter[str] = Counter()
    for path, n in counts:
        if len(chosen) > 1:
            inside = (one for one in chosen if is_within(path, one))
            sums.update({one.rpartition("/")[2]: n for one in inside})
            continue
        start = f"{chosen[0]}/" if chosen else ""
        if path.startswith(start):
            sums[path[len(start) :].split("/", 1)[0]] += n
    return sorted(sums.items(), key=lambda row: (-row[1], row[0]))
