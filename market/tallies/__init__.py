"""The count: a fair's totals for every region, kept as a cache of what the ledger says."""

from flask import Blueprint

bp = Blueprint("tallies", __name__)

# The services add their check to the ledger's.
from market.tallies import services, session_views  # noqa: E402, F401
