"""The season: online matchmaking fairs, their dates and states, and which offers they list."""

from flask import Blueprint

bp = Blueprint("fairs", __name__, cli_group="fair")

from market.fairs import services  # noqa: E402, F401  (follows what happens to offers)
