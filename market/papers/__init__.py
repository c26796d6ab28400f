"""Papers to stamp or publish: figures frozen and set as PDF, and the public check of each."""

from flask import Blueprint

bp = Blueprint("papers", __name__, cli_group="papers")

from market.papers import audit_labels, backlog, desk_views, links, privacy, verify_views
