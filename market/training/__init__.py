"""The training register 培训: sessions of a county, who came, and their certificates."""

from flask import Blueprint

bp = Blueprint("training", __name__)

from market.training import audit_labels, links, privacy, tables, views
