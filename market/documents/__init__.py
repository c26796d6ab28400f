"""Figures to take away: tables as spreadsheets, papers to stamp or publish, and their check."""

from flask import Blueprint

bp = Blueprint("documents", __name__, cli_group="documents")

from market.documents import (  # noqa: E402
    awaiting,  # noqa: F401
    desk_table_views,  # noqa: F401
    desk_views,  # noqa: F401
    leaving,  # noqa: F401
    table_views,  # noqa: F401
    verify_views,  # noqa: F401
)
