"""Spreadsheets of offers, farmers and deals that stations bring in."""

from flask import Blueprint

bp = Blueprint("imports", __name__)
