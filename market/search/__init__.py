"""Finding offers: the index, a disposable copy of the database, and queries to it."""

from typing import cast

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState

bp = Blueprint("search", __name__)

from market.search import audit_labels, links


@bp.record_once
def install(state: BlueprintSetupState) -> None:
    """Have the list of offers ask the index first, and `flask reindex` rebuild it."""
    from market.offers.search.finder import set_finder
    from market.search.commands import reindex
    from market.search.engine import find
    from market.search.snapshots import Snapshots

    app = cast(Flask, state.app)
    app.extensions["search"] = Snapshots(app.config["SEARCH_INDEX"])
    with app.app_context():
        set_finder(find)
    # Operators type it without the room.
    app.cli.add_command(reindex)
