"""Traders' public pages, ratings of deals, certificates, and complaints that counties decide."""

from flask import Blueprint

bp = Blueprint("traders", __name__)

from market.traders import (
    audit_labels,
    backlog,
    certificate_views,
    complaint_views,
    desk_views,
    line_views,
    links,
    privacy,
    region_changes,
)
