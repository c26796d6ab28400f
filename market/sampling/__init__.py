"""Second-level sampling 抽查: the level above the county looks again at some verified deals."""

from flask import Blueprint

bp = Blueprint("sampling", __name__)

from market.sampling import audit_labels, drawing, privacy, services, tasks, views
