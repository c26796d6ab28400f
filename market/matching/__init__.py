"""Pairing offers of the two sides, with the reasons for each pair."""

from flask import Blueprint

bp = Blueprint("matching", __name__)
