"""What the region pickers ask for."""

from __future__ import annotations

from flask import jsonify, request
from werkzeug.wrappers import Response

from market.permissions import requires
from market.regions import bp
from market.regions.queries import (
    children,
    full_name,
    place_below,
    region_lexicon,
    regions_of,
    suggest_regions,
)
from market.web.filters import local_name

# Regions that the first select of the tree may list at most.
MAX_STARTS = 50
bp.add_app_template_global(place_below)


@bp.get("/regions/suggest.json")
@requires("anyone")
def suggest() -> Response:
    """Up to 8 leaves that begin with `q`: value to fill in, label to read."""
    found = suggest_regions(request.args.get("q", "")[:40])
    return jsonify([{"value": full_name(r), "label": local_name(r)} for r in found])


@bp.get("/regions/tree.json")
@requires("anyone")
def tree() -> Response:
    """The children of `parent`, for picking province, prefecture, county in turn; of several
    codes with commas between, these regions themselves."""
    codes = request.args.get("parent", "").split(",")[:MAX_STARTS]
    rows = regions_of(codes) if len(codes) > 1 else children(codes[0][:6] or None)
    return jsonify(
        [
            {"code": r.code, "name": local_name(r), "leaf": r.is_leaf, "value": full_name(r)}
            for r in rows
        ]
    )


@bp.get("/regions/townships.json")
@requires("anyone")
def townships() -> Response:
    """The townships of the county that `region` names, as a form does; none of several."""
    lexicon, text = region_lexicon(), request.args.get("region", "")[:80]
    codes = lexicon.resolve(text) or lexicon.read_address(text)[0]
    found = lexicon.townships.of(codes[0]) if len(codes) == 1 else ()
    return jsonify([{"value": local_name(each)} for each in found])
