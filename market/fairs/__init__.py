"""The season: online matchmaking fairs, their dates and states, and which offers they list."""

from flask import Blueprint

bp = Blueprint("fairs", __name__, cli_group="fair")

# The services follow what happens to offers; the calendar turns fairs.
from market.fairs import (
    audit_labels,
    clock_repair,
    lifecycle_views,
    privacy,
    services,
    session_views,
)
