"""The count: a fair's totals for every region, kept as a cache of what the ledger says."""

from flask import Blueprint

bp = Blueprint("tallies", __name__)

from market.tallies import (  # noqa: E402
    region_views,  # noqa: F401
    screen_views,  # noqa: F401
    services,  # noqa: F401  (adds its check to the ledger's)
    session_views,  # noqa: F401
)
