"""Figures to take away: tables as spreadsheets, papers to stamp or publish, and their check."""

from flask import Blueprint

bp = Blueprint("documents", __name__, cli_group="documents")

from market.documents import awaiting, desk_views, table_views, verify_views  # noqa: E402, F401
