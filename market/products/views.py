"""What the product picker asks for."""

from __future__ import annotations

from flask import jsonify, request
from werkzeug.wrappers import Response

from market.permissions import requires
from market.products import bp
from market.products.labels import trade_note
from market.products.queries import suggest_products
from market.web.filters import local_name

bp.add_app_template_filter(trade_note)


@bp.get("/products/suggest.json")
@requires("anyone")
def suggest() -> Response:
    """Up to 8 products that begin with `q`: value to fill in, label to read."""
    found = suggest_products(request.args.get("q", "")[:40])
    return jsonify(
        [
            {
                "value": p.name,
                "label": local_name(p) if word == p.name else f"{word} · {local_name(p)}",
            }
            for p, word in found
        ]
    )
