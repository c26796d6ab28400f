"""Spreadsheets that a station imports, offers, farmers and deals: read, tried, made, undone."""

from flask import Blueprint

bp = Blueprint("imports", __name__)

from market.imports import audit_labels, links, privacy, station_figures
