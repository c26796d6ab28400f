"""The pages of prices, open to everyone, and what other pages show of them."""

from __future__ import annotations

from flask import Response, abort, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from market.permissions import requires
from market.prices import bp, labels, listing
from market.prices.forms import MAX_SEARCH_LENGTH, PlaceFilter, ProductSearch
from market.prices.page_meta import price_meta
from market.prices.position import form_comparison, local_comparison, offer_comparison
from market.prices.price_table import price_table
from market.prices.product_page import product_prices
from market.prices.queries import home_place, price_board
from market.prices.reference import YEARS
from market.products.queries import NamedProduct, named_products, product_lexicon
from market.products.units import UNITS
from market.regions.queries import region_lexicon
from market.tables.views import table_response
from market.web.converters import page_number
from market.web.home_time import home_today
from market.web.page_cache import reuse_while_unchanged
from market.web.pagination import Pagination

PER_PAGE = 30


@bp.record_once
def _add_words(state: BlueprintSetupState) -> None:
    """Globals, because macros that are imported see them too."""
    state.app.jinja_env.globals.update(
        price_labels=labels,
        price_meta=price_meta,
        offer_comparison=offer_comparison,
        form_comparison=form_comparison,
        prices_in_season=listing.in_season,
        price_of=listing.listed_price,
    )


def load_product(code: str) -> NamedProduct:
    """The product of that code, or 404; a category is none."""
    return named_products([code]).get(code) or abort(404)


@bp.get("/prices")
@requires("anyone")
@reuse_while_unchanged
def index() -> ResponseReturnValue:
    form = ProductSearch(request.args)
    asked = form.chosen()
    if text := asked.get("q"):
        return _search(text)
    category = named_products([asked.get("category", "")]).get(asked.get("category", ""))
    rows = listing.products_of(category.code) if category else []
    page = Pagination(request.args.get("page", 1, type=page_number), PER_PAGE, len(rows))
    return render_template(
        "prices/index.html",
        form=form,
        board=price_board(),
        home=home_place(),
        groups=listing.groups(),
        category=category,
        rows=page.rows_of(rows),
        pagination=page,
        season=listing.in_season(),
    )


def _search(text: str) -> ResponseReturnValue:
    """The product that is meant; a choice where it may be several, or none."""
    found = listing.find_products(text)
    if len(found) == 1:
        return redirect(url_for("prices.product", code=found[0].code))
    rows = (listing.listed_price(each.code) for each in found)
    prices = {row.product.code: row for row in rows if row}
    return render_template("prices/found.html", text=text, found=found, prices=prices)


@bp.get("/prices/<string(length=7):code>")
@requires("anyone", load=load_product)
@reuse_while_unchanged
def product(product: NamedProduct) -> str:
    form = PlaceFilter(request.args)
    return render_template(
        "prices/product.html",
        page=product_prices(product, form.place, form.measure.data, home_today()),
        form=form,
        related=listing.related_prices(product),
        category=named_products([product.code[:2]])[product.code[:2]],
        places=region_lexicon().places,
        years=YEARS,
    )


@bp.get("/prices/<string(length=7):code>.<any(xlsx,csv):form>")
@requires("anyone", load=lambda code, form: (load_product(code), form))
def table(asked: tuple[NamedProduct, str]) -> Response:
    product, form = asked
    measure = request.args.get("measure")
    page = product_prices(product, home_place(), measure, home_today())
    return table_response(price_table(page), form, f"prices-{product.code}-{page.day}.{form}")


@bp.get("/prices/local")
@requires("anyone")
def local() -> str:
    """What is asked for a product in and around a county, each as typed into the form of an offer;
    nothing where either is not understood or there is too little."""
    text, place = (request.args.get(name, "")[:MAX_SEARCH_LENGTH] for name in ("product", "region"))
    codes = [code for code in product_lexicon().resolve(text) if len(code) == 7]
    regions, _detail = region_lexicon().read_address(place)
    unit = request.args.get("unit", "")
    comparison = None
    if len(codes) == 1 and len(regions) == 1 and unit in UNITS:
        comparison = local_comparison(codes[0], regions[0], unit)
    product = named_products(codes).get(codes[0]) if comparison else None
    return render_template("prices/_local.html", comparison=comparison, product=product)
