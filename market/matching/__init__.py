"""Pairing offers of the two sides, with the reasons for each pair; telling who is new."""

from flask import Blueprint

bp = Blueprint("matching", __name__)

from market.matching import audit_labels, privacy, services
