"""What an official should look at, of their own region only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request
from flask_login import current_user

from market.monitoring import activity as activities
from market.monitoring import bp, labels, queries
from market.monitoring import prices as moving
from market.monitoring.forms import ActivityFilter, MarketFilter, RegionFilter
from market.monitoring.positions import Good
from market.monitoring.queries import LEVELS, Finding, limits
from market.monitoring.rules import Kind, Level, judge
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
def _words() -> dict[str, Any]:
    return {"words": labels, "Level": Level, "Kind": Kind}


@bp.get("/desk/market")
@requires("official")
def market() -> str:
    paths = queries.scope(current_user)
    form = MarketFilter(request.args, queries.places_in(paths), paths)
    by = form.by.data if form.by.data in _steps(paths) else "county"
    found = queries.findings(paths, by)
    form.offer_categories(named_products(found.categories).values())
    asked = form.chosen()
    filters = asked.get("level"), asked.get("kind"), asked.get("category"), form.path
    kept = queries.chosen(found.rows, *filters)
    pagination = Pagination(asked.get("page", 1), PER_PAGE, len(kept))
    return render_template(
        "monitoring/market.html",
        form=form,
        by=by,
        steps=_steps(paths),
        places=_places(paths),
        found=found,
        rows=pagination.rows_of(kept),
        pagination=pagination,
        here={name: asked.get(name) for name in ("level", "kind", "category", "region")},
        thresholds=labels.threshold_rows(labels.MARKET, limits()),
        limits=limits(),
    )


@dataclass(frozen=True)
class Watched:
    """A product in one dimension in one place; `path` says who may look at it."""

    place: Place
    product: NamedProduct
    measure: str

    @property
    def path(self) -> str:
        return self.place.path


def load_market(code: str, product: str, of_measure: str) -> Watched:
    """What the address names, or 404."""
    lexicon = region_lexicon()
    place, good = lexicon.places.get(code), _good(product, of_measure)
    if place is None or not lexicon.at_home(code):
        abort(404)
    return Watched(place, *good)


def _good(product: str, of_measure: str) -> tuple[NamedProduct, str]:
    named = named_products([product]).get(product)
    if named is None or len(product) != 7 or of_measure not in MEASURES:
        abort(404)
    return named, of_measure


@bp.get("/desk/market/<code>/<product>/<of_measure>")
@requires("region.watch", load=load_market)
def position(watched: Watched) -> str:
    good: Good = watched.product.code, watched.measure
    unit, held, at = queries.position_of(watched.place, good)
    imbalance = judge(held, limits()) if held else None
    finding = (
        Finding(watched.place, watched.product, held, imbalance) if held and imbalance else None
    )
    lacking = imbalance.kind if imbalance else Kind.GLUT
    other = Side.BUY if lacking is Kind.GLUT else Side.SELL
    return render_template(
        "monitoring/position.html",
        watched=watched,
        held=held,
        finding=finding,
        offers=queries.standing_offers(unit, good),
        other=other,
        elsewhere=queries.elsewhere(unit, good, other)[:PLACES_SHOWN],
        places=region_lexicon().places,
        at=at,
        limits=limits(),
        UNITS=UNITS,
    )


@bp.get("/desk/prices")
@requires("official")
def prices() -> str:
    paths = queries.scope(current_user)
    form = MarketFilter(request.args, queries.places_in(paths), paths)
    chosen, home = [form.path] if form.path else paths, [region_lexicon().home]
    found, at = moving.price_rows(chosen)
    form.offer_categories(_categories(found))
    asked = form.chosen()
    kept = moving.chosen(found, asked.get("level"), asked.get("category"))
    pagination = Pagination(asked.get("page", 1), PER_PAGE, len(kept))
    return render_template(
        "monitoring/prices.html",
        form=form,
        places=_places(chosen),
        whole=_places(home) if chosen != home else [],
        found=found,
        rows=pagination.rows_of(kept),
        pagination=pagination,
        here={name: asked.get(name) for name in ("level", "category", "region")},
        at=at,
        thresholds=labels.threshold_rows(labels.PRICES, limits()),
    )


@bp.get("/desk/prices/<product>/<of_measure>")
@requires("official")
def product(product: str, of_measure: str) -> str:
    named, of_measure = _good(product, of_measure)
    paths = queries.scope(current_user)
    form = RegionFilter(request.args, queries.places_in(paths), paths)
    chosen = [form.path] if form.path else paths
    row, at = moving.price_row(chosen, (named.code, of_measure))
    home = [region_lexicon().home]
    whole, _ = moving.price_row(home, (named.code, of_measure))
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
    paths = queries.scope(current_user)
    choices = [place for place in queries.places_in(paths) if place.level == 1]
    form = ActivityFilter(request.args, choices, paths)
    sort = form.chosen().get("sort", "idle")
    rows, at = activities.activity_rows([form.path] if form.path else paths)
    return render_template(
        "monitoring/activity.html",
        form=form,
        sort=sort,
        rows=activities.ordered(rows, sort),
        columns=activities.columns,
        lacking={lack: sum(lack in row.lacks for row in rows) for lack in labels.LACKS},
        places=_places([form.path] if form.path else paths),
        at=at,
        thresholds=labels.threshold_rows(labels.ACTIVITY, limits()),
        limits=limits(),
    )


def _steps(paths: Sequence[str]) -> list[str]:
    """The levels the official can look at: their own and those below."""
    top = min((path.count("/") for path in paths), default=2)
    return [name for name, level in LEVELS.items() if level >= top]


def _places(paths: Sequence[str]) -> list[Place]:
    found = {place.path: place for place in queries.places_in(paths)}
    return [found[path] for path in paths if path in found]


def _categories(rows: Sequence[moving.PriceRow]) -> list[NamedProduct]:
    codes = sorted({row.product.path.partition("/")[0] for row in rows})
    return list(named_products(codes).values())
