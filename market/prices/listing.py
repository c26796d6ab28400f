"""The products of the price pages: by group, by what is searched for, and those in season."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from market.prices.queries import Good, LocalPrice, home_place, price_board
from market.products.queries import NamedProduct, named_products, product_lexicon
from market.text.characters import fold

IN_SEASON, OF_EACH_GROUP = 6, 6


@dataclass(frozen=True)
class ListedPrice:
    """A product's price in the home region, with its line of the season.

    Attributes:
        serial: of the board that it is from.
    """

    product: NamedProduct
    measure: str
    price: LocalPrice
    line: Sequence[Decimal | None]
    serial: int


@dataclass(frozen=True)
class Group:
    """A category with the products that have a price, and how many there are in all."""

    category: NamedProduct
    rows: list[ListedPrice]
    total: int


def in_season() -> list[ListedPrice]:
    """The products offered most, one of each subcategory."""
    return _listed(price_board().most_offered[:IN_SEASON])


def listed_price(product: str) -> ListedPrice | None:
    """A product (code) with its asked price in the home region; None where too few ask one."""
    goods = price_board().of_products.get(product, [])[:1]
    return next((row for row in _listed(goods) if row.price.asked is not None), None)


def groups() -> list[Group]:
    """Every category with prices, and the first few products of each."""
    by_category = price_board().by_category
    categories = named_products(by_category)
    return [
        Group(category, _listed(by_category[code][:OF_EACH_GROUP]), len(by_category[code]))
        for code, category in categories.items()
    ]


def products_of(category: str) -> list[ListedPrice]:
    """The products of a category (code) that have a price, those offered most first."""
    return _listed(price_board().by_category.get(category, ()))


def find_products(text: str) -> list[NamedProduct]:
    """What the text may mean, products with a price first."""
    codes = [code for code in product_lexicon().resolve(text) if len(code) == 7]
    if not codes:
        codes = [code for code, _ in product_lexicon().suggest(fold(text), 30)]
    priced = price_board().of_products
    codes = sorted((c for c in codes if len(c) == 7), key=lambda code: code not in priced)
    return list(named_products(codes).values())


def related_prices(product: NamedProduct) -> list[ListedPrice]:
    """Prices of the varieties of the product, of what it is one of, and of others of that."""
    family = product.path.split("/")
    parents = {code for code in family if len(code) == 7} or {product.code}
    goods = price_board().goods
    named = named_products({code for code, _ in goods})
    return _listed(
        good
        for good in goods
        if good[0] in named
        and good[0] != product.code
        and parents.intersection(named[good[0]].path.split("/"))
    )


def _listed(goods: Iterable[Good]) -> list[ListedPrice]:
    board, home, goods = price_board(), home_place(), list(goods)
    named = named_products({code for code, _ in goods})
    return [
        ListedPrice(
            *(named[good[0]], good[1], board.price(good, home)),
            *(board.lines.get(good, ()), board.serial),
        )
        for good in goods
        if good[0] in named
    ]
