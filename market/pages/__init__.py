"""The front page, the language switch, and the component gallery for developers."""

from flask import Blueprint

bp = Blueprint("pages", __name__)

from market.pages import links
