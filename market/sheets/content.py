"""What a sheet says: gathered for a whole county at once, then chosen for each place of it.

However many villages a stack has, what they all share is read in the same few statements. All
texts are as a visitor reads them: telephone numbers in them are masked, whoever has it printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy import Row, bindparam, case, func, select
from sqlalchemy.orm import joinedload

from market.accounts.models import Account
from market.database import UTCDateTime, db, read, utcnow
from market.fairs.models import Fair, FairStatus
from market.offers.cards import Card, card_of
from market.offers.models import Offer, OfferPublication, Side
from market.offers.queries import card_columns, public
from market.prices.queries import Good, LocalPrice, PriceBoard, places_above, price_board
from market.products.queries import NamedProduct, named_products
from market.regions.lexicon import Place
from market.regions.queries import region_lexicon
from market.regions.rules import great_circle_km
from market.regions.townships import village_name
from market.sheets.choosing import MAX_ROWS, choose
from market.sheets.models import StationCard
from market.sheets.places import SheetPlace
from market.sheets.weeks import SheetWeek
from market.text.days import local_midnight
from market.text.phones import mask_phones
from market.web.home_time import home_today, home_zone
from market.web.language import is_english

# As the crow flies: what a lorry fetches on the way, in half a day, and in a whole one; what is
# in the last ring is listed only where too little is nearer.
RINGS_KM = (60, 120, 300)
NEARBY_KM = RINGS_KM[-1]
# Rings of purchases: of the township, of the county, and those above. Of sales: of the village,
# of the township, of the county.
TOWNSHIP_RING, COUNTY_RING = 0, 1
# Purchases to choose from.
MIN_CHOICE = 8 * MAX_ROWS
MAX_PRICES = 10
# New is what was published for the first time today or in the six days before.
NEW_DAYS = 7


@dataclass(frozen=True)
class SheetOffer:
    """An offer on a sheet.

    Attributes:
        km: from the county of the sheet; None for the county itself.
        who: whose it is.
        region_code, township_code, village: where it is, as far as that was told.
        is_new: whether it was first published less than NEW_DAYS ago.
    """

    card: Card
    km: int | None
    who: str
    region_code: str
    township_code: str | None
    village: str
    is_new: bool


@dataclass(frozen=True)
class SheetPrice:
    """A good's price in a place that has enough of them: figures of market.prices."""

    product: NamedProduct
    measure: str
    price: LocalPrice


@dataclass(frozen=True)
class SheetContent:
    """All of one sheet.

    Attributes:
        wanted, for_sale: the first of each, with how many there are in all.
        prices_day: the day the prices were counted.
        station: None where no station has told what to print.
    """

    place: SheetPlace
    week: SheetWeek
    wanted: Sequence[SheetOffer]
    wanted_count: int
    for_sale: Sequence[SheetOffer]
    for_sale_count: int
    prices: Sequence[SheetPrice]
    prices_day: date | None
    fair: Row[Any] | None
    station: StationCard | None


class CountySheets:
    """What the sheets of a county share in a week, read in a fixed number of statements."""

    def __init__(self, county: Place, week: SheetWeek) -> None:
        self.county, self.week = county, week
        # A sheet of the week to come leaves out what will have ended.
        self._at = max(utcnow(), local_midnight(week.first, home_zone()))
        self._near = _distances(county)
        self._new_since = local_midnight(home_today() - timedelta(days=NEW_DAYS - 1), home_zone())
        self._purchases, self._wanted_count = _purchases(self._near, self._at)
        self._wanted: dict[str | None, list[int]] = {}
        self._sales = read(_SALES, region=county.code, now=self._at).all()
        self._cards: dict[int, SheetOffer] = {}
        self.prices = county_prices(county)
        self.prices_day = price_board().day
        self.fair = _fair_of(county, week)
        self._stations = {card.township_code: card for card in reversed(stations_of(county))}

    def of(self, places: Iterable[SheetPlace]) -> list[SheetContent]:
        """The sheets of these places of the county."""
        chosen = [(p, self._wanted_at(p.township_code), self._sales_of(p)) for p in places]
        ids = {id_ for _, *lists in chosen for ids in lists for id_ in ids}
        self._read_cards(ids - self._cards.keys())
        return [
            SheetContent(
                place,
                self.week,
                self._shown(wanted),
                self._wanted_count,
                self._shown(for_sale),
                len(self._sales),
                self.prices,
                self.prices_day,
                self.fair,
                self.station_of(place),
            )
            for place, wanted, for_sale in chosen
        ]

    def station_of(self, place: SheetPlace) -> StationCard | None:
        """The station of the place's township, else of the county."""
        for code in (place.township_code, None):
            if found := self._stations.get(code):
                return found
        return None

    def _wanted_at(self, township: str | None) -> list[int]:
        """Purchases near a township or the whole county, the nearest first."""

        def ring(row: Row[Any]) -> int:
            km = self._near[row.region_code]
            if km is None:
                is_here = township is not None and row.township_code == township
                return TOWNSHIP_RING if is_here else COUNTY_RING
            return COUNTY_RING + 1 + next(n for n, most in enumerate(RINGS_KM) if km <= most)

        if township not in self._wanted:
            self._wanted[township] = choose(self._purchases, ring, COUNTY_RING + len(RINGS_KM) - 1)
        return self._wanted[township]

    def _sales_of(self, place: SheetPlace) -> list[int]:
        """Sales of the village, then of its township; of the county beyond that where those are
        few. On the county's own sheet all."""

        def ring(row: Row[Any]) -> int:
            if place.township_code and row.township_code != place.township_code:
                return 2
            if place.village in ("", village_name(row.village)):
                return 0
            return 1 if place.township_code else 2

        return choose(self._sales, ring, 1)

    def _shown(self, ids: Sequence[int]) -> list[SheetOffer]:
        # What ended between two statements is left out.
        return [self._cards[id_] for id_ in ids if id_ in self._cards]

    def _read_cards(self, ids: Iterable[int]) -> None:
        english, townships = is_english(), region_lexicon().townships
        for row in read(_CARDS, ids=sorted(ids), now=self._at):
            card = card_of(row, english, _masked, townships)
            self._cards[card.id] = SheetOffer(
                card,
                self._near.get(row.region_code),
                _masked(row.owner_name),
                row.region_code,
                row.township_code,
                village_name(_masked(row.village)),
                row.first_published_at >= self._new_since,
            )

    @property
    def named_ids(self) -> list[int]:
        """The accounts whose names are on the sheets made so far."""
        owners = {offer.card.owner_id for offer in self._cards.values()}
        return sorted(owners | {card.assistant_id for card in self._stations.values()})


def sheet_of(place: SheetPlace, week: SheetWeek) -> SheetContent:
    """The sheet of one place."""
    return CountySheets(place.county, week).of([place])[0]


def _masked(text: str | None) -> str:
    return mask_phones(text or "")


def _distances(county: Place) -> dict[str, int | None]:
    """Kilometres to each county near by, by its code; None to itself."""
    lexicon = region_lexicon()
    by_path = {place.path: place for place in lexicon.places.values()}
    near = [by_path[path] for path in lexicon.near_by(county.path, NEARBY_KM)]
    if not near:
        return {county.code: None}
    latitudes, longitudes = (
        np.array([getattr(place, name) for place in near], float)
        for name in ("latitude", "longitude")
    )
    far = great_circle_km(county.latitude, county.longitude, latitudes, longitudes)
    return {county.code: None} | {
        place.code: max(1, round(km)) for place, km in zip(near, far.tolist(), strict=True)
    }


def _purchases(near: dict[str, int | None], at: datetime) -> tuple[list[Row[Any]], int]:
    """(the purchases near by that may be shown, the nearest first and the newest of a place; how
    many there are in all): of a market of 100,000 offers no more is read than may be printed."""
    counts = dict(read(_PURCHASE_COUNTS, regions=list(near), now=at).all())
    regions: list[str] = []
    for code in near:
        if sum(counts.get(known, 0) for known in regions) >= MIN_CHOICE:
            break
        regions.append(code)
    rows = read(_PURCHASES, regions=regions, now=at).all()
    return sorted(rows, key=lambda row: near[row.region_code] or 0), sum(counts.values())


def county_prices(county: Place) -> list[SheetPrice]:
    """What ten goods cost: those of the county first, then those most offered; each where it was
    counted a week ago too, as near as that is, else as near as it is known at all."""
    board = price_board()
    at_home = [good for good in board.goods if board.price(good, county).asked is not None]
    goods = list(dict.fromkeys([*at_home, *board.most_offered, *board.goods]))
    named = named_products({good[0] for good in goods})
    found: list[SheetPrice] = []
    for good in goods:
        price = _nearest_compared(board, good, county)
        if price is not None and good[0] in named:
            found.append(SheetPrice(named[good[0]], good[1], price))
        if len(found) == MAX_PRICES:
            break
    return found


def _nearest_compared(board: PriceBoard, good: Good, county: Place) -> LocalPrice | None:
    for place in (county, *places_above(county)):
        price = board.price(good, place)
        if price.asked is not None and price.before is not None:
            return price
    return board.nearest(good, county)


def before_of(price: LocalPrice) -> Decimal | None:
    """What it cost a week before, in yuan per base unit, where that is known."""
    return price.before if price.change is not None else None


def _fair_of(county: Place, week: SheetWeek) -> Row[Any] | None:
    """The fair that runs in the week, else the next, of the county or of what it is in."""
    codes = [county.code, *(place.code for place in places_above(county))]
    day = max(home_today(), week.first)
    row: Row[Any] | None = read(_FAIRS, codes=codes, today=day).first()
    return row


def stations_of(county: Place) -> list[StationCard]:
    """The stations of the county that have said what to print, those of the whole county first;
    without those whose assistant is none any more."""
    cards = db.session.scalars(
        select(StationCard)
        .options(joinedload(StationCard.assistant))
        .where(StationCard.region_code == county.code)
        .order_by(StationCard.township_code.is_not(None), StationCard.assistant_id)
    )
    return [
        card
        for card in cards
        if card.assistant.is_active and card.assistant.serves(county.path, card.township_code)
    ]


def printed_stations(office: SheetPlace) -> list[StationCard]:
    """Those that sheets of the place name: of a township its own, else the county's."""
    cards = stations_of(office.county)
    own = [card for card in cards if office.township_code in (None, card.township_code)]
    return own or [card for card in cards if card.township_code is None]


# Made once: the columns that choose, then the cards of what is chosen.
_PUBLIC = public(bindparam("now", type_=UTCDateTime))
_CHOICE = (
    *(Offer.id, Offer.owner_id, Offer.region_code, Offer.product_code),
    *(Offer.township_code, Offer.village),
)
_NEWEST_FIRST = (Offer.published_at.desc(), Offer.id.desc())
_WANTED_IN = (
    _PUBLIC,
    Offer.side == Side.BUY,
    Offer.region_code.in_(bindparam("regions", expanding=True)),
)
_PURCHASE_COUNTS = (
    select(Offer.region_code, func.count()).where(*_WANTED_IN).group_by(Offer.region_code)
)
_PURCHASES = select(*_CHOICE).where(*_WANTED_IN).order_by(*_NEWEST_FIRST)
_SALES = (
    select(*_CHOICE)
    .where(_PUBLIC, Offer.side == Side.SELL, Offer.region_code == bindparam("region"))
    .order_by(*_NEWEST_FIRST)
)
_EARLIER = (
    select(func.min(OfferPublication.at))
    .where(OfferPublication.offer_id == Offer.id)
    .correlate(Offer)
    .scalar_subquery()
)
_CARDS = (
    card_columns()
    .add_columns(
        *(Offer.region_code, Offer.village, Account.name.label("owner_name")),
        func.coalesce(_EARLIER, Offer.published_at, type_=UTCDateTime).label("first_published_at"),
    )
    .join(Account, Account.id == Offer.owner_id)
    .where(Offer.id.in_(bindparam("ids", expanding=True)), _PUBLIC)
)
_FAIRS = (
    select(*Fair.__table__.columns)
    .where(
        Fair.region_code.in_(bindparam("codes", expanding=True)),
        Fair.status.in_((FairStatus.OPEN, FairStatus.ANNOUNCED)),
        Fair.totals_only.is_(False),
        Fair.ends_on >= bindparam("today"),
    )
    .order_by(case((Fair.status == FairStatus.OPEN, 0), else_=1), Fair.starts_on, Fair.id)
    .limit(1)
)
