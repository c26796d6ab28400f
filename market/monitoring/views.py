"""Pages of gluts, shortages, price changes and idle counties in an official's own regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request
from flask_login import current_user

from market.monitoring import activity as activities
from market.monitoring import bp, labels, queries
from market.monitoring import prices as price_queries
from market.monitoring.forms import ActivityFilter, MarketFilter, RegionFilter
from market.monitoring.positions import ProductMeasure
from market.monitoring.queries import LEVELS, Finding, limits
from market.monitoring.rules import AlertLevel, ImbalanceKind, find_imbalance
from market.offers.models import Side
from market.permissions import requires
from market.products.queries import NamedProduct, named_products
from market.products.units import UNITS, Dimension, measure
from market.regions.lexicon import Place
from market.regions.queries import region_lexicon
from market.web.pagination import Pagination

PER_PAGE = 25
PLACES_SHOWN = 10
MEASURES = {measure(code) for code in UNITS}


@bp.context_processor
def template_labels() -> dict[str, Any]:
    return {"labels": labels, "AlertLevel": AlertLevel, "ImbalanceKind": ImbalanceKind}


@bp.get("/desk/market")
@requires("official")
def market() -> str:
    paths = queries.official_paths(current_user)
    form = MarketFilter(request.args, queries.places_in(paths), paths)
    by = form.by.data if form.by.data in _levels(paths) else "county"
    found = queries.find_imbalances(paths, by)
    form.offer_categories(named_products(found.categories).values())
    asked = form.chosen()
    filters = asked.get("level"), asked.get("kind"), asked.get("category"), form.path
    selected = queries.filter_findings(found.rows, *filters)
    pagination = Pagination(asked.get("page", 1), PER_PAGE, len(selected))
    return render_template(
        "monitoring/market.html",
        form=form,
        by=by,
        levels=_levels(paths),
        places=_places(paths),
        found=found,
        rows=pagination.rows_of(selected),
        pagination=pagination,
        here={name: asked.get(name) for name in ("level", "kind", "category", "region")},
        thresholds=labels.threshold_rows(labels.MARKET, limits()),
        limits=limits(),
    )


@dataclass(frozen=True)
class LocalProduct:
    """A product in one dimension in one place; `path` says who may look at it."""

    place: Place
    product: NamedProduct
    measure: str

    @property
    def path(self) -> str:
        return self.place.path


def load_market(code: str, product: str, of_measure: str) -> LocalProduct:
    """The product and place of the address, or 404."""
    lexicon = region_lexicon()
    place, good = lexicon.places.get(code), _good(product, of_measure)
    if place is None or not lexicon.at_home(code):
        abort(404)
    return LocalProduct(place, *good)


def _good(product: str, of_measure: str) -> tuple[NamedProduct, str]:
    named = named_products([product]).get(product)
    if named is None or len(product) != 7 or of_measure not in MEASURES:
        abort(404)
    return named, of_measure


@bp.get("/desk/market/<code>/<product>/<of_measure>")
@requires("region.watch", load=load_market)
def position(subject: LocalProduct) -> str:
    good: ProductMeasure = subject.product.code, subject.measure
    unit, current, at = queries.position_of(subject.place, good)
    imbalance = find_imbalance(current, limits()) if current else None
    finding = (
        Finding(subject.place, subject.product, current, imbalance)
        if current and imbalance
        else None
    )
    kind = imbalance.kind if imbalance else ImbalanceKind.GLUT
    other = Side.BUY if kind is ImbalanceKind.GLUT else Side.SELL
    return render_template(
        "monitoring/position.html",
        subject=subject,
        current=current,
        finding=finding,
        offers=queries.largest_offers(unit, good),
        other=other,
        elsewhere=queries.other_counties(unit, good, other)[:PLACES_SHOWN],
        places=region_lexicon().places,
        at=at,
        limits=limits(),
        UNITS=UNITS,
    )


@bp.get("/desk/prices")
@requires("official")
def prices() -> str:
    paths = queries.official_paths(current_user)
    form = MarketFilter(request.args, queries.places_in(paths), paths)
    chosen, home = [form.path] if form.path else paths, [region_lexicon().home]
    found, at = price_queries.price_rows(chosen)
    form.offer_categories(_categories(found))
    asked = form.chosen()
    selected = price_queries.filter_rows(found, asked.get("level"), asked.get("category"))
    pagination = Pagination(asked.get("page", 1), PER_PAGE, len(selected))
    return render_template(
        "monitoring/prices.html",
        form=form,
        places=_places(chosen),
        whole=_places(home) if chosen != home else [],
        found=found,
        rows=pagination.rows_of(selected),
        pagination=pagination,
        here={name: asked.get(name) for name in ("level", "category", "region")},
        at=at,
        thresholds=labels.threshold_rows(labels.PRICES, limits()),
    )


@bp.get("/desk/prices/<product>/<of_measure>")
@requires("official")
def product(product: str, of_measure: str) -> str:
    named, of_measure = _good(product, of_measure)
    paths = queries.official_paths(current_user)
    form = RegionFilter(request.args, queries.places_in(paths), paths)
    chosen = [form.path] if form.path else paths
    row, at = price_queries.price_row(chosen, (named.code, of_measure))
    home = [region_lexicon().home]
    whole, _ = price_queries.price_row(home, (named.code, of_measure))
    return render_template(
        "monitoring/product.html",
        form=form,
        product=named,
        measure=of_measure,
        places=_places(chosen),
        whole=whole if chosen != home else None,
        home=_places(home),
        row=row,
        at=at,
        mass=of_measure == Dimension.MASS,
    )


@bp.get("/desk/activity")
@requires("official")
def activity() -> str:
    paths = queries.official_paths(current_user)
    choices = [place for place in queries.places_in(paths) if place.level == 1]
    form = ActivityFilter(request.args, choices, paths)
    sort = form.chosen().get("sort", "idle")
    rows, at = activities.activity_rows([form.path] if form.path else paths)
    return render_template(
        "monitoring/activity.html",
        form=form,
        sort=sort,
        rows=activities.sort_rows(rows, sort),
        columns=activities.columns,
        missing_counts={
            item: sum(item in row.missing for row in rows) for item in labels.MISSING_LABELS
        },
        places=_places([form.path] if form.path else paths),
        at=at,
        thresholds=labels.threshold_rows(labels.ACTIVITY, limits()),
        limits=limits(),
    )


def _levels(paths: Sequence[str]) -> list[str]:
    """The levels of region the official can see: their own and those below."""
    top = min((path.count("/") for path in paths), default=2)
    return [name for name, level in LEVELS.items() if level >= top]


def _places(paths: Sequence[str]) -> list[Place]:
    found = {place.path: place for place in queries.places_in(paths)}
    return [found[path] for path in paths if path in found]


def _categories(rows: Sequence[price_queries.PriceRow]) -> list[NamedProduct]:
    codes = sorted({row.product.path.partition("/")[0] for row in rows})
    return list(named_products(codes).values())
