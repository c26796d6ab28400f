"""What leaves the site: the queue of text messages, e-mails and webhooks, and their gateways."""

from flask import Blueprint

bp = Blueprint("outgoing", __name__)

from market.outgoing import audit_labels
