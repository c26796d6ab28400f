"""The official's desk: what awaits verification, and statements to report."""

from flask import Blueprint

bp = Blueprint("reports", __name__)

from market.reports import (  # noqa: E402
    bulk_views,  # noqa: F401
    filing_views,  # noqa: F401
    leaving,  # noqa: F401
    publishing_views,  # noqa: F401
    tabs,  # noqa: F401
)
