"""The calendar: what happens by itself once its time has come, and the clock it goes by."""

from flask import Blueprint

bp = Blueprint("calendar", __name__)

from market.calendar import audit_labels
