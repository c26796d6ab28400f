"""The count: a fair's totals for every region, kept as a cache of what the ledger says."""

from flask import Blueprint

bp = Blueprint("tallies", __name__)

from market.tallies import services  # noqa: E402, F401  (adds its check to the ledger's)
