"""Statements 上报: a unit's figures of a fair frozen, submitted, reviewed, published, corrected."""

from flask import Blueprint

bp = Blueprint("statements", __name__)

from market.statements import (
    audit_labels,
    links,
    list_views,
    override_views,
    privacy,
    publishing_views,
    review_views,
    tasks,
)
