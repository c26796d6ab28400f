"""Work targets and supervision 目标任务与督导: what counties aim at, and who looks after them."""

from flask import Blueprint

bp = Blueprint("supervision", __name__)

from market.supervision import (
    assessment_views,
    audit_labels,
    commendation_views,
    links,
    privacy,
    region_changes,
    supervisor_views,
    views,
)
