"""How the site is found and put on a phone: robots.txt, sitemaps, canonical addresses, manifest."""

from flask import Blueprint

bp = Blueprint("sharing", __name__)

from market.sharing import links, share_views
