"""Finding offers: the index, a disposable copy of the database, and asking it."""

from flask import Blueprint

bp = Blueprint("search", __name__)
