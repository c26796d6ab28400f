"""What products cost today and over the season: asked and agreed, by county and prefecture."""

from flask import Blueprint

bp = Blueprint("prices", __name__)

from market.prices import audit_labels, links
