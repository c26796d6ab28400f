"""Offers as a person would write them: round figures, a price, a sentence or two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from market.demonstration.people import phone
from market.demonstration.traded_products import SEEDS, TradedProduct
from market.offers import rules
from market.offers.models import OfferStatus, PriceBasis, Side, Verification
from market.regions.services import read_csv
from market.text.days import local_day
from market.text.units import UNIT_WORDS

# Mantissas of round figures.
ROUND_MANTISSAS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
# Below each price, to what it is rounded, in yuan.
STEPS = (
    (Decimal(1), Decimal("0.01")),
    (Decimal(10), Decimal("0.05")),
    (Decimal(100), Decimal("0.5")),
    (Decimal(1000), Decimal(5)),
    (Decimal(10_000), Decimal(50)),
)
# So soon after posting an official has verified what is right.
VERIFIED_WITHIN = timedelta(hours=30)
UNIT_NAMES = {code: word for word, code in reversed(UNIT_WORDS.items())}


@dataclass(frozen=True)
class Phrases:
    """Sentences by what they are about, and for which products: the longest prefix wins."""

    rows: Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]]

    def pick(self, rng: Random, side: Side, part: str, code: str) -> str:
        by_prefix = self.rows[side.value, part]
        for length in (4, 2, 0):
            if code[:length] in by_prefix:
                return rng.choice(by_prefix[code[:length]])
        return ""


def load_phrases() -> Phrases:
    rows: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
    for row in read_csv(SEEDS / "phrases.csv"):
        by_prefix = rows.setdefault((row["side"], row["part"]), {})
        by_prefix[row["prefix"]] = (*by_prefix.get(row["prefix"], ()), row["text"])
    return Phrases(rows)


def round_quantity(quantity: float) -> Decimal:
    """`quantity` as a round figure: one of ROUND_MANTISSAS times a power of ten, at
    least 1."""
    if quantity < 1:
        return Decimal(1)
    power = len(str(int(quantity))) - 1
    mantissa = min(ROUND_MANTISSAS, key=lambda m: abs(m - quantity / 10**power))
    return Decimal(max(1, round(mantissa * 10**power)))


def round_price(price: Decimal) -> Decimal:
    """A price as people would ask it, in yuan, never zero."""
    step = next((step for below, step in STEPS if price < below), Decimal(100))
    return max((price / step).quantize(Decimal(1), ROUND_HALF_UP) * step, Decimal("0.01"))


def with_noise(rng: Random, price: Decimal, spread: float = 0.12) -> Decimal:
    """`price` with the noise of a market."""
    return price * Decimal(round(1000 * rng.lognormvariate(0, spread))) / 1000


def amount_words(quantity: Decimal, unit: str) -> str:
    """12000 jin: 1.2万斤."""
    word = UNIT_NAMES[unit]
    if quantity >= 10_000:
        return f"{(quantity / 10_000).normalize():f}万{word}"
    return f"{quantity.normalize():f}{word}"


@dataclass(frozen=True)
class Posting:
    """What is fixed of an offer before its row is written.

    Attributes:
        days: for how long it is valid; size: how its owner compares with a usual one.
        quantity, price: where they are fixed; drawn by the good otherwise.
    """

    id: int
    side: Side
    good: TradedProduct
    owner_id: int
    region_code: str
    place: str
    at: datetime
    days: int
    status: OfferStatus = OfferStatus.PUBLISHED
    verified_by_id: int | None = None
    size: float = 1.0
    quantity: Decimal | None = None
    price: Decimal | None = None


def offer_row(rng: Random, phrases: Phrases, post: Posting, zone: tzinfo) -> dict[str, Any]:
    """The row of offers for `post`; fixed by the state of `rng`."""
    good, selling = post.good, post.side is Side.SELL
    grade = rng.choice(good.grades)
    quantity = post.quantity or round_quantity(
        good.quantity * post.size * rng.lognormvariate(0, 0.8)
    )
    basis = _basis(rng, post)
    low, high = _prices(rng, post, basis)
    lot = _minimum_lot(rng, quantity)
    hours = rng.randint(3, VERIFIED_WITHIN // timedelta(hours=1)) if post.verified_by_id else 0
    verified_at = post.at + timedelta(hours=hours) if hours else None
    start = local_day(post.at, zone)
    return {
        "id": post.id,
        "side": post.side,
        "product_code": good.code,
        "title": _title(rng, phrases, post, grade, quantity),
        "description": _description(rng, phrases, post, grade, lot),
        "grade": grade,
        "quantity": quantity,
        "remaining": quantity,
        "unit": good.unit,
        "price_low": low,
        "price_high": high,
        "price_unit": good.price_unit,
        "price_per_base": rules.price_per_base(post.side, low, high, good.price_unit),
        "price_basis": basis,
        "min_lot": lot,
        "region_code": post.region_code,
        **_supply(rng, start),
        "contact_phone": _contact_phone(post),
        "packaging": rng.choice(good.packaging) if selling else "",
        "delivery": rng.choice(DELIVERIES[post.side]),
        "valid_until": rules.valid_until(post.at, post.days, zone),
        "status": post.status,
        "status_reason": "",
        "verification": Verification.VERIFIED if verified_at else Verification.UNVERIFIED,
        "verification_reason": "",
        "verified_by_id": post.verified_by_id,
        "verified_at": verified_at,
        "owner_id": post.owner_id,
        "posted_by_id": post.owner_id,
        "consent_id": None,
        "published_at": None if post.status is OfferStatus.DRAFT else post.at,
        "key": f"{rng.getrandbits(128):032x}",
        "created_at": post.at,
        "updated_at": verified_at or post.at,
    }


def _contact_phone(post: Posting) -> str:
    """Of every twelfth sale somebody else is rung than its owner, who drives the lorry."""
    if post.side is not Side.SELL or post.id % 12:
        return ""
    return phone(270_000 + post.id % 10_000)


DELIVERIES = {
    Side.SELL: ("", "买家自提", "可代办物流", "五吨以上送货到市", "送货到县城", "可发快递"),
    Side.BUY: ("", "上门拉货", "送到仓库", "到地头装车", "送到市场档口"),
}


def _basis(rng: Random, post: Posting) -> PriceBasis:
    """Most sell at the farm and buy at the door."""
    is_usual = rng.random() < (0.8 if post.side is Side.SELL else 0.7)
    return PriceBasis.EX_FARM if is_usual is (post.side is Side.SELL) else PriceBasis.DELIVERED


def _prices(rng: Random, post: Posting, basis: PriceBasis) -> tuple[Decimal | None, Decimal | None]:
    if post.price is not None:
        return post.price, post.price
    if rng.random() < 0.08:
        return None, None
    price = with_noise(rng, post.good.price)
    if post.side is Side.BUY:
        price *= Decimal("0.97")
    if basis is PriceBasis.DELIVERED:
        price += post.good.freight
    low = round_price(price)
    wide = rng.random() < (0.3 if post.side is Side.SELL else 0.6)
    return low, max(low, round_price(price * Decimal("1.12"))) if wide else low


def _minimum_lot(rng: Random, quantity: Decimal) -> Decimal | None:
    if quantity < 10 or rng.random() < 0.35:
        return None
    return min(round_quantity(float(quantity) * rng.choice((0.02, 0.05, 0.1))), quantity)


def _supply(rng: Random, start: date) -> dict[str, date | None]:
    if rng.random() < 0.3:
        return {"supply_from": None, "supply_to": None}
    first = start + timedelta(days=rng.choice((0, 0, 3, 7, 15)))
    return {"supply_from": first, "supply_to": first + timedelta(days=rng.choice((30, 45, 60, 90)))}


def _title(rng: Random, phrases: Phrases, post: Posting, grade: str, quantity: Decimal) -> str:
    name, tail = post.good.name, phrases.pick(rng, post.side, "tail", post.good.code)
    amount = amount_words(quantity, post.good.unit)
    if post.side is Side.BUY:
        return rng.choice((f"{tail}{name}{amount}", f"{tail}{name}", f"{post.place}{tail}{name}"))
    return rng.choice(
        (
            f"{post.place}{name}{tail}",
            f"{post.place}{name}{amount}{tail}",
            f"{name}（{grade}）{tail}",
            f"{post.place}{name}，{grade}",
        )
    )


def _description(
    rng: Random, phrases: Phrases, post: Posting, grade: str, lot: Decimal | None
) -> str:
    minimum = amount_words(lot, post.good.unit) if lot else "整车"
    parts = (phrases.pick(rng, post.side, part, post.good.code) for part in ("quality", "trade"))
    text = "".join(part for part in parts if part)
    return text.format(minimum=minimum, grade=grade)
