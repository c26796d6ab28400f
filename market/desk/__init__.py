"""The official's desk: backlogs, queues, and deciding one thing after another."""

from flask import Blueprint

bp = Blueprint("desk", __name__)

from market.desk import (
    audit_labels,
    bulk_views,
    call_views,
    links,
    queue_tasks,
    tabs,
    verified_views,
)
