"""A market of its own whose only offers are those of the corpus."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from sqlalchemy import insert

from market.accounts.models import Account, TraderType
from market.database import db, transaction, utcnow
from market.offers.models import Offer, OfferStatus, PriceBasis, Side, Verification
from market.products.units import UNITS
from market.search.services import rebuild
from tests.conftest import fill_reference, make_app, running
from tests.quality import sets


@contextmanager
def market() -> Iterator[Flask]:
    """A market of its own in a temporary folder, with the corpus as its only offers."""
    with TemporaryDirectory() as folder, running(make_app(Path(folder))) as app:
        fill_reference()
        fill_corpus()
        yield app


def fill_corpus() -> None:
    """Publish the corpus in the current app's database and build its index.

    An offer's id is its line, so the database must hold none yet.
    """
    owner = Account(
        name="语料",
        phone="+8613900000000",
        password_hash="",
        trader_type=TraderType.FARMER,
        region_code="430726",
    )
    with transaction():
        db.session.add(owner)
    with transaction():
        db.session.execute(insert(Offer), [_row(one, owner.id) for one in sets.corpus()])
    rebuild()


def _row(one: sets.Sample, owner: int) -> dict[str, Any]:
    published = utcnow() - timedelta(days=one.days_ago, minutes=one.id)
    return {
        "id": one.id,
        "side": Side(one.side),
        "product_code": one.product,
        "title": one.title,
        "grade": one.grade,
        "description": one.description,
        "quantity": sets.QUANTITY,
        "remaining": sets.QUANTITY,
        "unit": one.unit,
        "price_low": one.price,
        "price_high": one.price,
        "price_unit": one.unit,
        "price_per_base": one.price and one.price / UNITS[one.unit].factor,
        "price_basis": PriceBasis.EX_FARM,
        "region_code": one.region,
        "valid_until": published + timedelta(days=60),
        "status": OfferStatus.PUBLISHED,
        "verification": Verification.VERIFIED if one.verified else Verification.UNVERIFIED,
        "owner_id": owner,
        "posted_by_id": owner,
        "published_at": published,
        "key": uuid.uuid5(uuid.NAMESPACE_OID, str(one.id)).hex,
    }
