"""Deals between two parties, and the append-only ledger that counts each verified one once."""

from flask import Blueprint

bp = Blueprint("deals", __name__, cli_group="ledger")

# The first adds itself to exports and erasing, the second its pages.
from market.deals import leaving, mend_views  # noqa: E402, F401
