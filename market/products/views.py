"""What the product picker asks for."""

from __future__ import annotations

from flask import jsonify, request
from werkzeug.wrappers import Response

from market.permissions import requires
from market.products import bp, quantities
from market.products.fitting_units import fitting_units
from market.products.labels import trade_note
from market.products.queries import resolve_product, suggest_products
from market.products.units import UNITS
from market.web.filters import local_name

bp.add_app_template_filter(trade_note)
for function in (
    quantities.format_quantity,
    quantities.format_quantity_beside,
    quantities.full_quantity,
    quantities.format_price,
    quantities.price_parts,
):
    bp.add_app_template_global(function)


@bp.get("/products/units.json")
@requires("anyone")
def units() -> Response:
    """The units that fit the product in `product`, a text: value and label; none for any other."""
    found = resolve_product(request.args.get("product", "")[:40])
    fitting = fitting_units(found[0].code, found[0].unit) if len(found) == 1 else ()
    return jsonify([{"value": c, "label": str(u.name)} for c, u in UNITS.items() if c in fitting])


@bp.get("/products/suggest.json")
@requires("anyone")
def suggest() -> Response:
    """Up to 8 products that begin with `q`: value to fill in, label to read."""
    found = suggest_products(request.args.get("q", "")[:40])
    return jsonify(
        [
            {
                "value": local_name(p),
                "label": local_name(p) if word == p.name else f"{word} · {local_name(p)}",
            }
            for p, word in found
        ]
    )
