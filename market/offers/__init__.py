"""What is for sale and what is wanted: posting it, its states, its photos, its list."""

from flask import Blueprint

bp = Blueprint("offers", __name__)

from market.offers import leaving  # noqa: E402, F401  (adds itself to exports and erasing)
