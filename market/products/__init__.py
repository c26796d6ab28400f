"""Products, their tree and aliases, and the units they are measured in."""

from flask import Blueprint

bp = Blueprint("products", __name__)

from market.products import admin_views, audit_labels, links, word_views
