"""The weekly sheet of a village, stacks of them to print, where they hang, and fair posters."""

from flask import Blueprint

bp = Blueprint("sheets", __name__)

from market.sheets import (
    audit_labels,
    desk_views,
    links,
    poster_views,
    posting_views,
    privacy,
    station_figures,
    work_views,
)
