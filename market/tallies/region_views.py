"""One region of a fair, followed down to its deals and to each deal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Response, abort, render_template, request
from flask_login import current_user

from market.database import db
from market.deals.labels import EVIDENCE_LABELS
from market.deals.models import Deal
from market.fairs.labels import STATUSES
from market.fairs.models import Fair
from market.permissions import may, requires
from market.products.units import UNITS
from market.tallies import bp, queries, region_queries
from market.tallies.addresses import load_counted_fair, load_held_fair
from market.tallies.comparisons import baseline_series, day_series, find_comparisons
from market.tallies.evidence import evidence_rate
from market.tallies.figures import BY_NAME
from market.tallies.forms import DealsForm, ProductsForm
from market.tallies.page_meta import count_meta
from market.tallies.pictures import CountyMap, map_drawing, outline_of
from market.tallies.quantities import format_quantities, product_quantities, together
from market.tallies.queries import CountyRow, Prefecture, StoredCount
from market.tallies.trees import Node
from market.web.assets import FOREVER
from market.web.filters import local_name
from market.web.fragments import page_body
from market.web.page_cache import depends_on, reuse_while_unchanged
from market.web.page_meta import PageMeta
from market.web.slots import link

# A province deals in several hundred products; the page must stay light.
MOST_PRODUCTS, LATEST = 12, 5


@dataclass(frozen=True)
class FairPlace:
    """A region of a fair as it was then, with the fair's count."""

    fair: Fair
    node: Node
    count: StoredCount

    @property
    def above(self) -> list[Node]:
        return self.count.tree.above(self.node)


def load_place(slug: str, code: str) -> FairPlace:
    """The fair and a region of it, or 404; redirects as load_held_fair."""
    return _place_of(load_held_fair(slug), code)


def load_announced_place(slug: str, code: str) -> FairPlace:
    """As load_place, of a fair that is only announced too: the wall screen has its map."""
    return _place_of(load_counted_fair(slug), code)


def _place_of(fair: Fair, code: str) -> FairPlace:
    depends_on(partial(queries.version_key, fair.id))
    count = queries.stored_count(fair)
    return FairPlace(fair, count.tree.get(code) or abort(404), count)


@bp.get("/fairs/<slug>/regions/<code>")
@requires("fair.read", load=load_place)
@reuse_while_unchanged
def region(place: FairPlace) -> str:
    fair = place.fair
    body = page_body(fair.id, place.node.code, queries.version_key(fair.id))
    return render_template(
        "tallies/region.html",
        fair=fair,
        place=place,
        meta=body.get_or_make("meta", lambda: _region_meta(place)),
        main=body.render("tallies/_region.html", lambda: _region_shown(place)),
    )


@bp.get("/fairs/<slug>/regions/<code>/borders.svg")
@requires("fair.read", load=load_announced_place)
def borders(place: FairPlace) -> Response:
    """The lines of the maps of a place: pages colour them and write on them."""
    drawn = outline_of(place.count.inside(place.node)) or abort(404)
    svg = render_template("tallies/borders.svg", outline=drawn)
    response = Response(svg, mimetype="image/svg+xml")
    current = request.args.get("v") == drawn.version
    response.headers["Cache-Control"] = FOREVER if current else "no-cache"
    return response


def _region_meta(place: FairPlace) -> PageMeta:
    fair, node = place.fair, place.node
    picture = link("place.picture", slug=fair.slug, code=node.code)
    return count_meta(fair, local_name(node), place.count.totals(node), picture)


def _region_shown(place: FairPlace) -> dict[str, Any]:
    """What the template of a region shows."""
    fair, node, count = place.fair, place.node, place.count
    rows, totals = count.inside(node), count.totals(node)
    products = region_queries.region_products(fair, node, count)
    dealt = product_quantities(fair, count, node)
    return {
        "fair": fair,
        "place": place,
        "count": count,
        "totals": totals,
        "unverified": queries.unverified_in(fair, rows),
        "evidence": evidence_rate(fair, totals.deals, [row.code for row in rows]),
        "own": own_rank(place),
        "children": count.parts(node),
        "map": _place_map(place),
        "dealt": dealt,
        "others": format_quantities(together(dealt.values())),
        "categories": region_queries.group_by_category(products),
        "shown": {product.code for product in products[:MOST_PRODUCTS]},
        "days": day_series(fair, node, count),
        "taken_back": region_queries.count_reversed(fair, node),
        "baseline": baseline_series(fair, node),
        "comparisons": find_comparisons(fair, totals, node),
        "deals": region_queries.region_deals(fair, node),
        "latest": LATEST,
        "units": UNITS,
        "statuses": STATUSES,
    }


def _place_map(place: FairPlace) -> CountyMap | None:
    """The map of a prefecture by value; the board has that of the whole fair."""
    rows = place.count.inside(place.node)
    if len(rows) < 2 or place.node == place.count.tree.root:
        return None
    return map_drawing(rows, BY_NAME["amount_fen"])


def own_rank(place: FairPlace) -> CountyRow | Prefecture | None:
    """The region's own line with its ranks; None for the fair's whole region."""
    rows = place.count.rows
    own = [row for row in rows if row.code == place.node.code]
    if place.node is place.count.tree.root:
        return None
    return next(iter(own), None) or next(
        (p for p in queries.group_by_prefecture(rows) if p.code == place.node.code), None
    )


@bp.get("/fairs/<slug>/regions/<code>/products")
@requires("fair.read", load=load_place)
@reuse_while_unchanged
def products(place: FairPlace) -> str:
    found = region_queries.region_products(place.fair, place.node)
    # All at once would be several hundred rows.
    opened = ProductsForm(request.args).code()
    return render_template(
        "tallies/products.html",
        fair=place.fair,
        place=place,
        count=place.count,
        categories=region_queries.group_by_category(found),
        dealt=product_quantities(place.fair, place.count, place.node),
        shown={product.code for product in found if product.category == opened},
    )


@bp.get("/fairs/<slug>/regions/<code>/deals")
@requires("fair.read", load=load_place)
@reuse_while_unchanged
def deals(place: FairPlace) -> str:
    form = DealsForm(request.args)
    chosen = form.deals()
    found = region_queries.region_deals(place.fair, place.node, form.asked.get("page", 1), chosen)
    return render_template(
        "tallies/deals.html",
        fair=place.fair,
        place=place,
        chosen=chosen,
        named=region_queries.product_or_category(chosen.product),
        found=found,
        units=UNITS,
    )


def load_deal(slug: str, deal_id: int) -> tuple[Fair, region_queries.PublicDeal]:
    """A verified deal of the fair, or 404; redirects as load_held_fair."""
    fair = load_held_fair(slug)
    return fair, region_queries.public_deal(fair, deal_id) or abort(404)


@bp.get("/fairs/<slug>/deals/<int:deal_id>")
@requires("fair.read", load=load_deal)
def deal(found: tuple[Fair, region_queries.PublicDeal]) -> str:
    fair, public = found
    tree = queries.stored_count(fair).tree
    home = tree.get(public.row.home_region_code)
    return render_template(
        "tallies/deal.html",
        fair=fair,
        deal=public.row,
        evidence_labels=EVIDENCE_LABELS,
        entries=public.entries,
        crumbs=[*tree.above(home), home] if home else [],
        # Parties, and the officials over the county it is counted in, see its proof.
        whole=may(current_user, "deal.read", db.session.get_one(Deal, public.row.id)),
        units=UNITS,
    )
