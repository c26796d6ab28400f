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
    login_views,
    phone_views,
    region_changes,
    second_factor_views,
    security_views,
)
