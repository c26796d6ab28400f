"""Which offers of the corpus answer a query, by rule from the query's judgement.

The rule is written out in README.md beside this file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from market.products.units import measure, per_base
from tests.quality.sets import (
    REFERENCE,
    Row,
    Sample,
    choices,
    corpus,
    is_within,
    product_paths,
    read,
    region_path,
    several,
)

ALL, WORDS_MISSING, ELSEWHERE, WRONG = 3, 2, 1, 0
UNJUDGED = "*"
TOP = 10


@dataclass(frozen=True)
class Judgement:
    """What a query asks of an offer.

    Attributes:
        products, never: paths.
        price_min, price_max: yuan per base unit of what `measured` is.
        quantity: how much there must be, and its unit.
        words: what an offer's text must hold; with products they only rank.
        nothing: it asks for nothing the market has.
    """

    side: str
    products: frozenset[str]
    named: frozenset[str]
    never: frozenset[str]
    region: str
    price_min: Decimal | None
    price_max: Decimal | None
    measured: str
    quantity: tuple[Decimal, str] | None
    words: tuple[str, ...]
    nothing: bool


def judgement(row: Row) -> Judgement | None:
    """None where what is found is not judged: a query whose side may be read both ways, or
    one without a letter, which asks for everything."""
    if row["side"] == UNJUDGED or not any(map(str.isalnum, row["text"])):
        return None
    codes = several(row["products"]).union(*choices(row["ambiguous"]).values())
    words = () if row["words"] == UNJUDGED else tuple(row["words"].split())
    others = ("side", "region", "price_max", "price_min", "quantity_min")
    asked = [codes, words, *(row[name] for name in (*others, "supply_from", "supply_to"))]
    unit = row["price_unit"]
    return Judgement(
        side=row["side"],
        products=frozenset(product_paths()[code] for code in codes),
        named=frozenset().union(*(names(code) for code in codes)),
        never=frozenset(
            product_paths()[code] for code in several(row["never"]) | several(row["excluded"])
        ),
        region=region_path(row["region"]) if row["region"] else "",
        price_min=_per_base(row["price_min"], unit),
        price_max=_per_base(row["price_max"], unit),
        measured=measure(unit) if unit else "",
        quantity=_quantity(row["quantity_min"], row["quantity_unit"]),
        words=words,
        nothing=not any(asked),
    )


def _per_base(price: str, unit: str) -> Decimal | None:
    return per_base(Decimal(price), unit) if price else None


def _quantity(quantity: str, unit: str) -> tuple[Decimal, str] | None:
    return None if quantity in {"", UNJUDGED} else (Decimal(quantity), unit)


@cache
def names(code: str) -> frozenset[str]:
    return _names().get(code, frozenset())


@cache
def _names() -> dict[str, frozenset[str]]:
    return {
        row["code"]: frozenset(filter(None, [row["name_zh"], *row["aliases"].split("|")]))
        for row in read(REFERENCE / "products.csv")
    }


def grade(asked: Judgement, offer: Sample) -> int:
    """From 3, fits everything, to 0, wrong; 1 lies outside the region asked for."""
    path = product_paths()[offer.product]
    if asked.nothing or any(is_within(path, one) for one in asked.never):
        return WRONG
    if asked.products and not _is_asked(asked, offer, path):
        return WRONG
    if asked.side and offer.side != asked.side:
        return WRONG
    if asked.quantity and not offer.covers(*asked.quantity):
        return WRONG
    price = offer.yuan_per_base(asked.measured)
    if asked.price_min is not None and (price is None or price < asked.price_min):
        return WRONG
    if asked.price_max is not None and (price is None or price > asked.price_max):
        return WRONG
    says_all = all(word in offer.text for word in asked.words)
    if not asked.products and not says_all:
        return WRONG
    if asked.region and not is_within(region_path(offer.region), asked.region):
        return ELSEWHERE
    return ALL if says_all else WORDS_MISSING


def _is_asked(asked: Judgement, offer: Sample, path: str) -> bool:
    if any(is_within(path, one) for one in asked.products):
        return True
    # Filed under the family, but its title names the kind.
    return any(is_within(one, path) for one in asked.products) and any(
        name in offer.title for name in asked.named
    )


@dataclass(frozen=True)
class Measured:
    """How well one query was answered; None where it can't be told.

    Attributes:
        recall: None where nothing answers the query.
        precision: None where nothing was found; of a query that asks for nothing, 1 when
            nothing was found.
    """

    recall: float | None
    precision: float | None
    ndcg: float | None
    missed: list[int]
    wrong: list[int]


def measured(asked: Judgement, ids: Sequence[int], widened: bool) -> Measured:
    """Judge what was found. What lies elsewhere is right only where the answer says that
    it was widened."""
    grades = {offer.id: grade(asked, offer) for offer in corpus()}
    if not widened:
        grades = {id: 0 if value == ELSEWHERE else value for id, value in grades.items()}
    wanted = {id for id, value in grades.items() if value > ELSEWHERE}
    wrong = [id for id in ids if not grades[id]]
    missed = sorted(wanted.difference(ids))
    precision = 1 - len(wrong) / len(ids) if ids else None
    if asked.nothing:
        precision = 0.0 if ids else 1.0
    best = sorted(grades.values(), reverse=True)
    return Measured(
        recall=1 - len(missed) / len(wanted) if wanted else None,
        precision=precision,
        ndcg=_gain([grades[id] for id in ids]) / _gain(best) if best[0] else None,
        missed=missed,
        wrong=wrong,
    )


def _gain(grades: Sequence[int]) -> float:
    """Discounted cumulative gain of the first ten (Järvelin and Kekäläinen 2002)."""
    return sum((2**g - 1) / math.log2(place + 2) for place, g in enumerate(grades[:TOP]))
