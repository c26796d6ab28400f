"""Pairs offers of the two sides, gives the reasons for each pair, and notifies of new ones."""

from flask import Blueprint

bp = Blueprint("matching", __name__)

from market.matching import audit_labels, comparison_views, links, privacy, services
