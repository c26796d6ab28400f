"""What is for sale and what is wanted: posting it, its states, its photos, its list."""

from flask import Blueprint

bp = Blueprint("offers", __name__)

# They add themselves to exports, erasing and the calendar.
from market.offers import (
    audit_labels,
    expiring,
    links,
    photo_views,
    privacy,
    question_views,
    region_changes,
    shortlist_views,
)
