"""What is for sale and what is wanted: posting it, its states, its photos, its list."""

from flask import Blueprint

bp = Blueprint("offers", __name__)
