"""The count of a fair: totals for every region, stored as a cache of listings and ledger."""

from flask import Blueprint

bp = Blueprint("tallies", __name__)

from market.tallies import (
    audit_labels,
    daily_views,
    region_changes,
    region_views,
    screen_views,
    session_views,
)
