"""Deals between two parties, and the append-only ledger that counts each verified one once."""

from flask import Blueprint

bp = Blueprint("deals", __name__, cli_group="ledger")

from market.deals import (  # noqa: E402
    cancelling,  # noqa: F401  (adds itself to what cancelling a fair asks)
    leaving,  # noqa: F401  (adds itself to exports and erasing)
    mend_views,  # noqa: F401  (adds its pages)
)
