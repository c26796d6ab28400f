"""The official's desk: what awaits verification, and statements to report."""

from flask import Blueprint

bp = Blueprint("reports", __name__)

from market.reports import bulk_views, filing_views, publishing_views, tabs  # noqa: E402, F401
