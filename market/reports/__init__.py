"""The official's desk: what awaits verification, statements to report, tables to take away."""

from flask import Blueprint

bp = Blueprint("reports", __name__)

from market.reports import export_views, filing_views, publishing_views  # noqa: E402, F401
