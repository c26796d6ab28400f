"""What officials, assistants and administrators did: written by itself, never changed."""

from flask import Blueprint

bp = Blueprint("audit", __name__)

from market.audit import actor, audit_labels, links, privacy, recording
