"""The count: a fair's totals for every region, kept as a cache of what the ledger says."""

from flask import Blueprint

bp = Blueprint("tallies", __name__)

from market.tallies import audit_labels, region_views, screen_views, session_views
