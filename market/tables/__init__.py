"""Tables to take away: one description each, written as workbook, CSV and a page to print."""

from flask import Blueprint

bp = Blueprint("tables", __name__)

from market.tables import (
    audit_labels,
    crosstab_views,
    desk_views,
    evidence_views,
    links,
    offer_views,
    privacy,
)
