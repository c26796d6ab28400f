"""Finding offers: the index, a disposable copy of the database, and asking it."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

bp = Blueprint("search", __name__)


@bp.record_once
def install(state: BlueprintSetupState) -> None:
    """Have the list of offers ask the index first."""
    from market.offers.finding import set_finder
    from market.search.engine import find
    from market.search.view import Snapshots

    state.app.extensions["search"] = Snapshots(state.app.config["SEARCH_INDEX"])
    with state.app.app_context():
        set_finder(find)
