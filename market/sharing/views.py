"""Files that search engines and phones ask for by name."""

from __future__ import annotations

from flask import Response, abort, jsonify, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _

from market.permissions import requires
from market.sharing import bp, canonical, sitemap
from market.web.assets import static_url
from market.web.page_meta import site_address

# Steps, lists of one's own, and forms: nothing to be found there, and each costs work. "/me" alone
# would be "/media" too.
DISALLOWED = (
    *("/admin", "/deals", "/desk", "/dev/", "/documents", "/forgotten-password", "/language/"),
    *("/login", "/logout", "/me$", "/me/", "/media/pending/", "/messages", "/notices"),
    *("/offers/mine", "/offers/new", "/pending-form", "/products", "/public-questions"),
    *("/questions", "/regions", "/register", "/searches", "/shortlist", "/station", "/stop"),
    *("/*?*sort=", "/*?*as_of=", "/*?*view="),
)
THEME, PAPER = "#1f6f43", "#fbfaf5"
ICONS = (
    ("img/icons/icon-192.png", "192x192", "any"),
    ("img/icons/icon-512.png", "512x512", "any"),
    ("img/icons/icon-maskable-512.png", "512x512", "maskable"),
)


@bp.record_once
def _add_words(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(
        listed_addresses=canonical.listed_addresses,
    )


@bp.get("/robots.txt")
@requires("anyone")
def robots() -> Response:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in DISALLOWED)]
    lines.append(f"\nSitemap: {site_address('sharing.sitemap_index')}\n")
    return _for_a_while(Response("\n".join(lines), mimetype="text/plain"))


@bp.get("/sitemap.xml")
@requires("anyone")
def sitemap_index() -> Response:
    return _xml(sitemap.index_xml(sitemap.sitemap_addresses()))


@bp.get("/sitemaps/pages.xml")
@requires("anyone")
def page_sitemap() -> Response:
    return _xml(sitemap.pages_xml(sitemap.page_addresses()))


@bp.get("/sitemaps/offers-<string(length=10):day>-<int:part>.xml")
@requires("anyone")
def offer_sitemap(day: str, part: int) -> Response:
    rows = sitemap.offers_of_day(day, part) or abort(404)
    return _for_a_while(Response(sitemap.offers_xml(rows), mimetype="application/xml"))


@bp.get("/manifest.webmanifest")
@requires("anyone")
def manifest() -> Response:
    response = jsonify(
        name=_("Harvest Market"),
        short_name=_("Harvest Market"),
        id="/",
        start_url=url_for("pages.home"),
        scope=url_for("pages.home"),
        display="minimal-ui",
        theme_color=THEME,
        background_color=PAPER,
        icons=[
            {"src": static_url(file), "sizes": size, "type": "image/png", "purpose": purpose}
            for file, size, purpose in ICONS
        ],
        shortcuts=[
            {"name": _("I want to sell"), "url": url_for("offers.new", side="sell")},
            {"name": _("I want to buy"), "url": url_for("offers.new", side="buy")},
            {"name": _("Market prices"), "url": url_for("prices.index")},
        ],
    )
    response.mimetype = "application/manifest+json"
    return response


def _xml(text: str) -> Response:
    return _for_a_while(Response(text, mimetype="application/xml"))


def _for_a_while(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={sitemap.MAX_AGE_SECONDS}"
    return response
