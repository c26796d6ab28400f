"""Back-ups of a market: its database and files in one folder, and a market made from them again."""

from flask import Blueprint

bp = Blueprint("backups", __name__, cli_group=None)
