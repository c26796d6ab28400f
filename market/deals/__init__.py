"""Deals between two parties, and the append-only ledger that counts each verified one once."""

from flask import Blueprint

bp = Blueprint("deals", __name__, cli_group="ledger")

from market.deals import (
    audit_labels,
    fair_cancellation,
    fair_merging,
    links,
    price_check,
    privacy,
    proposing_views,
    revision_views,
    unregistered_views,
)
