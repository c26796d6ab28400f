"""The season: online matchmaking fairs, their dates and states, and which offers they list."""

from flask import Blueprint

bp = Blueprint("fairs", __name__)
