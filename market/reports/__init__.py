"""The official's desk: what awaits verification, and tables to take away."""

from flask import Blueprint

bp = Blueprint("reports", __name__)

from market.reports import bulk_views, export_views, tabs  # noqa: E402, F401
