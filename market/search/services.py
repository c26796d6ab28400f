"""Keeping the index as the database is: draining the outbox, building anew. Worker only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from flask import current_app
from sqlalchemy import Select, column, delete, func, select, table, union_all

from market.accounts.privacy.erasures import FileEraser, file_erasers
from market.cache.versions import recheck, versioned
from market.database import db, read, transaction
from market.offers.fields import SEARCHED_TEXTS
from market.offers.models import Offer, OfferChange
from market.offers.queries import public
from market.products.models import Category, Product, ProductAlias
from market.products.queries import words_version
from market.regions.models import Region
from market.regions.queries import names_version
from market.search import index
from market.search.engine import snapshots
from market.search.schema import IndexDocument, documents
from market.search.tables import Products, Regions
from market.search.tokens import Vocabulary, names, normal

BATCH = 500
SCAN = 2000
# So many changes are quicker done by building anew.
REBUILD_LAG = 10_000
# Deals come after search in the house, and only their count is wanted here: the table is
# named, not imported.
_deals = table("deals", column("seller_id"), column("buyer_id"), column("status"))
# Rewritten when it is more dead than alive; below this many dead it doesn't matter.
WASTE = 20_000
# The name of the versioned value.
SEARCH_WORDS = "search_words"


@dataclass(frozen=True)
class IndexStatus:
    """How the index stands to the database.

    Attributes:
        lag: changes in the outbox that it doesn't know of.
        missing, surplus: ids of public offers it lacks, and of others that it still has
            and would have to leave out.
    """

    folder: str
    generation: int
    segments: int
    documents: int
    deleted: int
    lag: int
    missing: list[int]
    surplus: list[int]


def drain(limit: int = BATCH) -> int:
    """Bring the index up to the oldest `limit` changes of the outbox; how many were done.

    The index is committed first and the rows are deleted after, so a process that dies
    between the two does the same again and changes nothing by it. An index that is
    missing, broken, of another version or of other names of products and places is built anew.

    Raises:
        Locked: another process holds the right to write. OSError: the disk fails.
    """
    root = current_app.config["SEARCH_INDEX"]
    with index.writing(root):
        folder = index.current(root)
        if folder is None or index.is_damaged(folder):
            return _rebuild()
        changes = db.session.execute(
            select(OfferChange.id, OfferChange.offer_id).order_by(OfferChange.id).limit(limit)
        ).all()
        if len(changes) == limit and _lag() > REBUILD_LAG:
            return _rebuild()
        offers = sorted({change.offer_id for change in changes})
        try:
            # Also when there is nothing to do: the first offer would wait for the reading.
            words = snapshots(current_app).words(folder)
            if words.digest != _current_digest():
                current_app.logger.info("the index is built anew: products or places changed")
                return _rebuild()
            if not changes:
                return 0
            rows = db.session.execute(columns().where(Offer.id.in_(offers))).all()
            finished = finished_deals({row.owner_id for row in rows})
            index.write(folder, documents(rows, words, finished), offers)
        except KeyError as error:
            current_app.logger.info("the index is built anew: %s is not in its tables", error)
            return _rebuild()
        except index.Broken as error:
            current_app.logger.warning("the index is built anew: %s", error)
            return _rebuild()
        _forget([change.id for change in changes])
    return len(changes)


def rebuild() -> int:
    """Build the index from the database beside the one in use and swap; how many offers.

    Raises:
        Locked: another process is at it.
    """
    with index.writing(current_app.config["SEARCH_INDEX"]):
        return _rebuild()


def _rebuild_without(states: list[Any]) -> list[Any]:
    """Build the index anew after an erasure, then delete the ones before.

    A deleted document stays in the files of its segment until that is written anew.
    """
    if any(state == "old" for state in states):
        rebuild()
        return ["new"] * len(states)
    root = current_app.config["SEARCH_INDEX"]
    with index.writing(root):
        return [None if index.forget_others(root) else "new"] * len(states)


file_erasers["index"] = FileEraser(lambda account: "old", _rebuild_without, of_texts=True)


def check() -> None:
    """Read the index once as a web process would; a broken one is marked for building anew."""
    root = current_app.config["SEARCH_INDEX"]
    folder = index.current(root)
    if folder is None or index.is_damaged(folder):
        return
    try:
        view = snapshots(current_app).newest()
        dead = view.size - view.documents
        if dead > WASTE and dead > view.documents:
            index.mark_damaged(folder)
    except index.Broken:
        index.mark_damaged(folder)
    finally:
        snapshots(current_app).close()


def status() -> IndexStatus:
    """Compare the index with the database, offer by offer.

    Raises:
        index.Broken: there is none that can be read.
    """
    public_ids = set(db.session.scalars(select(Offer.id).where(public())))
    state = snapshots(current_app)
    view = state.newest()
    present = set(view.present_ids().tolist())
    return IndexStatus(
        folder=state.folder.name if state.folder else "",
        generation=state.generation,
        segments=len(view.parts),
        documents=view.documents,
        deleted=view.size - view.documents,
        lag=_lag(),
        missing=sorted(public_ids - present),
        surplus=sorted(present - public_ids),
    )


def columns() -> Select[Any]:
    """A select of what a document is made of, of public offers only."""
    return (
        select(
            *(Offer.id, Offer.owner_id, Offer.side, Offer.product_code, Offer.region_code),
            *(Offer.township_code, Offer.title, Offer.verification),
            *(getattr(Offer, name) for name in SEARCHED_TEXTS),
            *(Offer.remaining, Offer.unit, Offer.min_lot, Offer.supply_from, Offer.supply_to),
            *(Offer.price_low, Offer.price_high, Offer.price_unit, Offer.price_per_base),
            *(Offer.price_basis, Product.storage_class, Product.perishable),
            *(Offer.published_at, Offer.valid_until),
            Product.path.label("product_path"),
            Product.family_path,
            Region.path.label("region_path"),
        )
        .select_from(Offer)
        .join(Product, Product.code == Offer.product_code)
        .join(Region, Region.code == Offer.region_code)
        .where(public())
    )


def finished_deals(accounts: Collection[int] | None = None) -> dict[int, int]:
    """Verified deals by account, on either side; of all who have any, or of these accounts."""
    parties = union_all(
        *(
            select(party.label("account"))
            .where(_deals.c.status == "verified")
            .where(*([] if accounts is None else [party.in_(accounts)]))
            for party in (_deals.c.seller_id, _deals.c.buyer_id)
        )
    ).subquery()
    rows = select(parties.c.account, func.count()).group_by(parties.c.account)
    return dict(db.session.execute(rows).all())


def _rebuild() -> int:
    # Only what is in the outbox before the scan began is certain to be in the scan; what
    # comes later, or is committed later under a lower number, stays for the next drain.
    known = db.session.scalars(select(OfferChange.id)).all()
    db.session.rollback()
    # Or the next drain would compare the new index with what was found before it.
    recheck(SEARCH_WORDS)
    words = _gathered_words()
    finished = finished_deals()
    count = 0

    def scan() -> Iterator[IndexDocument]:
        nonlocal count
        # By their ids: asked for a page at a time, SQLite would sort all that is public
        # for each page.
        ids = sorted(read(select(Offer.id).where(public())).scalars())
        for start in range(0, len(ids), SCAN):
            rows = read(columns().where(Offer.id.in_(ids[start : start + SCAN]))).all()
            count += len(rows)
            yield from documents(rows, words, finished)

    index.build(current_app.config["SEARCH_INDEX"], words, scan())
    db.session.rollback()
    for start in range(0, len(known), BATCH):
        _forget(known[start : start + BATCH])
    return count


def _lag() -> int:
    return db.session.scalar(select(func.count()).select_from(OfferChange)) or 0


def _forget(changes: Sequence[int]) -> None:
    with transaction():
        db.session.execute(delete(OfferChange).where(OfferChange.id.in_(changes)))


def _numbered(branches: list[str], products: Sequence[Any], named: dict[str, Any]) -> Products:
    """The table of the products and of the categories, whose paths are `branches`."""
    rows = [(path, path, "", False) for path in branches]
    rows += [(p.path, p.family_path, p.storage_class, p.perishable) for p in products]
    rows.sort()
    return Products(
        [path for path, _, _, _ in rows],
        named,
        families=[family for _, family, _, _ in rows],
        storage=[storage for _, _, storage, _ in rows],
        perishable=[perishable for _, _, _, perishable in rows],
    )


def _current_digest() -> str:
    """Of the words that an index built now would have, as they were within the last seconds."""
    return versioned(SEARCH_WORDS, _words_version, lambda: _gathered_words().digest)


def _words_version() -> tuple[Any, ...]:
    return tuple(words_version()), names_version()


def _gathered_words() -> Vocabulary:
    """The names and the trees of products and regions, from the database."""
    aliases: dict[str, list[str]] = defaultdict(list)
    for alias, code in db.session.execute(select(ProductAlias.alias, ProductAlias.product_code)):
        aliases[code].append(alias)
    of = (Product.code, Product.path, Product.name, Product.family_path)
    products = db.session.execute(select(*of, Product.storage_class, Product.perishable)).all()
    categories = db.session.execute(select(Category.code, Category.parent_code)).all()
    regions = db.session.execute(
        select(
            Region.path, Region.name, Region.short_name, Region.latitude, Region.longitude
        ).order_by(Region.path)
    ).all()
    named = {p.code: names(p.name, aliases[p.code]) for p in products}
    branches = [f"{c.parent_code}/{c.code}" if c.parent_code else c.code for c in categories]
    return Vocabulary(
        known=map(
            normal,
            chain(
                chain.from_iterable(named.values()),
                *((r.name, r.short_name) for r in regions),
            ),
        ),
        products=_numbered(branches, products, named),
        regions=Regions(
            [r.path for r in regions],
            [r.latitude for r in regions],
            [r.longitude for r in regions],
        ),
    )
