"""The deals of a fair's session 专场 as a Table."""

from __future__ import annotations

from flask_babel import gettext as _

from market.deals.labels import format_evidence
from market.fairs.models import FairSession
from market.products.units import UNITS
from market.tables.fair_tables import region_name
from market.tables.table import Block, Column, ColumnKind, Table
from market.tallies.session_queries import every_deal
from market.web.filters import day, local_name


def session_deals(session: FairSession) -> Table:
    """Every verified deal of the session, the latest first; the names masked for everyone."""
    columns = (
        Column(_("Deal number"), ColumnKind.COUNT),
        Column(_("Day agreed"), ColumnKind.DATE),
        Column(_("Product"), width=16),
        Column(_("Quantity"), ColumnKind.NUMBER),
        Column(_("Unit"), width=8),
        Column(_("Amount (CNY)"), ColumnKind.YUAN, True, 16),
        Column(_("Seller"), width=24),
        Column(_("Seller's county"), width=16, is_region=True),
        Column(_("Buyer"), width=24),
        Column(_("Buyer's county"), width=16, is_region=True),
        Column(_("Stands on"), width=16),
    )
    found = every_deal(session)
    rows = [
        (
            *(d.id, d.day, local_name(d.product), d.quantity, str(UNITS[d.unit].name)),
            *(d.amount_fen, d.seller, region_name(d.seller_region)),
            *(d.buyer, region_name(d.buyer_region), format_evidence(d.evidence)),
        )
        for d in found
    ]
    total = (*[""] * 5, sum(d.amount_fen for d in found), *[""] * 5)
    lines = (local_name(session.fair), f"{day(session.starts_on)} – {day(session.ends_on)}")
    label, title = _("Deal table"), local_name(session)
    return Table("deals", label, title, lines, columns, [Block(rows)], total)
