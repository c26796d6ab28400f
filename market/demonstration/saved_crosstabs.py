"""Custom statistics that officials of the demonstration saved."""

from __future__ import annotations

from market.database import db
from market.demonstration.participants import Participants
from market.tables.models import SavedCrosstab

COUNTIES_BY_DAY = "chart=line&columns=day&measure=value&order=value&rows=county"
PRODUCTS = "chart=bars&columns=measures&measure=value&order=value&rows=product"


def write_saved_crosstabs(participants: Participants) -> None:
    """Write one that the province shares in its office, and one in each county whose official can
    log in. Inside transaction()."""
    db.session.add(
        SavedCrosstab(
            account_id=participants.province_id,
            name="各县每日成交额（示范）",
            query=COUNTIES_BY_DAY,
            is_shared=True,
        )
    )
    for code in participants.journey:
        db.session.add(
            SavedCrosstab(
                account_id=participants.officials[code],
                name="本县各产品（示范）",
                query=PRODUCTS,
                is_shared=False,
            )
        )
