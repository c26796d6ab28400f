"""Who is told of what: notices in the site, by e-mail and by text message; robots of offices."""

from flask import Blueprint

bp = Blueprint("notify", __name__)

from market.notify import (
    audit_labels,
    digests,
    fair_notices,
    links,
    listeners,
    office_views,
    offices,
    privacy,
    setting_views,
    warnings,
)
