"""Administrative regions: the tree of provinces, prefectures, counties and reporting zones."""

from flask import Blueprint

bp = Blueprint("regions", __name__)

from market.regions import admin_views, audit_labels
