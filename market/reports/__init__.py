"""The official's desk: what awaits verification."""

from flask import Blueprint

bp = Blueprint("reports", __name__)
