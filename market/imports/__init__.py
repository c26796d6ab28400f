"""Spreadsheets of offers and farmers that a station imports: read, tried, imported, undone."""

from flask import Blueprint

bp = Blueprint("imports", __name__)

from market.imports import audit_labels, links, privacy, station_figures
