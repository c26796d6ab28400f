"""People: who they are, how they log in, and in which region their roles act."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)

from market.accounts import (
    administration,
    audit_labels,
    contact,
    desk_views,
    links,
    login,
    region_changes,
    security_views,
)
