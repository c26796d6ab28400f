"""Enquiries between the two sides of an offer, and questions to the county's office."""

from flask import Blueprint

bp = Blueprint("messages", __name__)

from market.messages import (
    audit_labels,
    backlog,
    desk_views,
    enquiry_views,
    farmer_merges,
    links,
    privacy,
    purchase_outcomes,
    purchase_views,
    region_changes,
    report_views,
    station_work,
)
