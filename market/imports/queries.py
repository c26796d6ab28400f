"""Reading imports and the rows of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from flask import abort
from sqlalchemy import and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from market.accounts.models import OFFICIALS, Account
from market.database import db
from market.imports.models import ADDABLE, Import, ImportRow, ImportState, RowState
from market.offers.models import Offer
from market.offers.queries import public
from market.products.models import Product
from market.regions.models import Region, Township, within
from market.stations.scope import stations_of
from market.web.pagination import Pagination


def get_import(import_id: int) -> Import:
    """An import by its number, or 404."""
    return db.session.get(Import, import_id) or abort(404)


def visible_imports(
    account: Account, page: int, per_page: int
) -> tuple[Sequence[Import], Pagination]:
    """A page of the imports that the account may read, the newest first, but for those given
    up: its own of the places it still serves, those of its region, for an administrator all."""
    paths = [g.region.path for g in account.grants if g.role in OFFICIALS]
    served = (
        within(Region.path, station.region.path)
        if station.township_code is None
        else Import.township_code == station.township_code
        for station in stations_of(account)
    )
    own = and_(Import.assistant_id == account.id, or_(false(), *served))
    mine = [own, *(within(Region.path, path) for path in paths)]
    found = [Import.state != ImportState.DISCARDED]
    if not account.is_administrator:
        found.append(or_(*mine))
    query = select(Import).join(Region, Region.code == Import.region_code).where(*found)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pagination = Pagination(page, per_page, total)
    query = query.options(joinedload(Import.region), joinedload(Import.assistant))
    rows = db.session.scalars(pagination.limit(query.order_by(Import.id.desc())))
    return rows.unique().all(), pagination


def count_states(imported: Import) -> Counter[RowState]:
    """How many rows the import has in each state."""
    rows = db.session.execute(
        select(ImportRow.state, func.count())
        .where(ImportRow.import_id == imported.id)
        .group_by(ImportRow.state)
    )
    return Counter(dict(rows.all()))


def count_addable(imported: Import) -> int:
    """How many rows say what is there already and can be made once more."""
    return (
        db.session.scalar(
            select(func.count()).where(
                ImportRow.import_id == imported.id,
                ImportRow.state == RowState.DUPLICATE,
                ImportRow.duplicate_of["kind"].as_string().in_(ADDABLE),
            )
        )
        or 0
    )


def is_outdated(imported: Import) -> bool:
    """Whether the dry run left out a row for what has left the site since: an import that was
    undone, an offer that was closed. Tried anew in vain, it is not."""
    if imported.state is not ImportState.CHECKED or not imported.duplicates:
        return False
    if imported.changes is not None and not imported.changes:
        return False
    other = aliased(ImportRow)
    made = other.state.in_((RowState.MADE, RowState.RETAINED))
    about = ImportRow.duplicate_of["id"].as_integer()
    is_there = {
        "import": exists().where(other.row_key == ImportRow.row_key, made),
        "offer": exists().where(Offer.id == about, public()),
    }
    kind = ImportRow.duplicate_of["kind"].as_string()
    gone = (and_(kind == name, ~there) for name, there in is_there.items())
    left_out = (ImportRow.import_id == imported.id, ImportRow.state == RowState.DUPLICATE)
    return bool(db.session.scalar(select(exists().where(*left_out, or_(*gone)))))


def import_built_on(imported: Import) -> Import | None:
    """The latest import that made something for farmers whom this one registered."""
    mine, other = aliased(ImportRow), aliased(ImportRow)
    query = (
        select(Import)
        .join(other, other.import_id == Import.id)
        .join(mine, mine.account_id == other.account_id)
        .where(
            mine.import_id == imported.id,
            mine.is_registered,
            mine.state == RowState.MADE,
            other.state == RowState.MADE,
            Import.id != imported.id,
            Import.state.in_((ImportState.DONE, ImportState.UNDOING)),
        )
        .order_by(Import.done_at.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def rows_of(
    imported: Import, states: Collection[RowState], page: int, per_page: int
) -> tuple[Sequence[ImportRow], Pagination]:
    """A page of the rows in these states (none: in any), in the order of the sheet, those that
    somebody has to look at before the others."""
    query = select(ImportRow).where(ImportRow.import_id == imported.id)
    if states:
        query = query.where(ImportRow.state.in_(states))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pagination = Pagination(page, per_page, total)
    first = (RowState.WRONG, RowState.QUESTION, RowState.RETAINED)
    rank = case({state: n for n, state in enumerate(first)}, value=ImportRow.state, else_=9)
    query = pagination.limit(query.order_by(rank, ImportRow.row, ImportRow.part))
    return db.session.scalars(query).all(), pagination


def names_of(rows: Sequence[ImportRow]) -> dict[str, Any]:
    """What the codes of these rows are called: products, regions and townships by code."""
    codes: dict[type[Any], set[str]] = {Product: set(), Region: set(), Township: set()}
    for row in rows:
        for model, name in ((Product, "product"), (Region, "region"), (Township, "township")):
            if code := row.values.get(name):
                codes[model].add(code)
    return {
        each.code: each
        for model, wanted in codes.items()
        for each in db.session.scalars(select(model).where(model.code.in_(wanted)))
    }


def retained_farmers(imported: Import, rows: Sequence[ImportRow]) -> dict[Any, Any]:
    """The names by number of the station's farmers whose rows undoing left: what the rows said is
    deleted with the file."""
    retained = {row.account_id for row in rows if row.state is RowState.RETAINED}
    found = select(Account.id, Account.name).where(
        Account.id.in_(retained), Account.represented_by_id == imported.assistant_id
    )
    return dict(db.session.execute(found).all())


def days_imported(rows: Sequence[ImportRow]) -> dict[int, Any]:
    """When the imports were done that these rows repeat, by number."""
    numbers = {
        row.duplicate_of["id"]
        for row in rows
        if row.duplicate_of and row.duplicate_of["kind"] == "import"
    }
    found = select(Import.id, Import.done_at).where(Import.id.in_(numbers))
    return dict(db.session.execute(found).all())
