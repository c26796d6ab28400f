"""Questions to the county's commerce bureau, and its answers."""

from flask import Blueprint

bp = Blueprint("messages", __name__)

from market.messages import audit_labels, backlog, desk_views, links, privacy, region_changes
