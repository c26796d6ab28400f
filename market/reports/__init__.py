"""The official's desk: what awaits verification, and tables to take away."""

from flask import Blueprint

bp = Blueprint("reports", __name__)
