"""Importing what the dry run found right: prepared first, then written in one short transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from market.accounts.models import Account, Consent
from market.audit.actor import acting_for
from market.database import Base, db, lock, next_ids, transaction, utcnow, violated
from market.deals.bulk_proposals import PreparedProposal, prepare_proposal, proposal_rows
from market.deals.checks import PROPOSALS
from market.deals.models import Deal
from market.deals.unregistered_models import UnregisteredParty
from market.imports.deal_rows import deal_terms, other_party
from market.imports.farmers import new_farmer
from market.imports.models import ADDABLE, DuplicatePolicy, Import, ImportRow, ImportState, RowState
from market.imports.offer_rows import offer_values
from market.imports.prepared import MAX_DRAFTS, PreparedWrites
from market.imports.priority import at_low_priority
from market.imports.reading.heads import ImportKind
from market.imports.services import move, try_anew
from market.imports.values import unpack
from market.offers.bulk_posting import (
    PreparedOffer,
    open_offers,
    posted_rows,
    prepare,
    standing_consents,
    tell_of_posted,
)
from market.offers.models import Offer, OfferChange, OfferPublication
from market.permissions import may
from market.products.models import Product
from market.stations.bulk import NewFarmer, farmer_rows
from market.web.errors import DomainError


class StaleDryRun(Exception):
    """Something the dry run went by is no longer so: it must be made again."""


class NumbersInUse(Exception):
    """Somebody else was given a number that the draft counts on."""


@dataclass
class Plan:
    """All that an import writes.

    Attributes:
        owners: by row's id, the farmer: an account's id, or of a new one the place in `farmers`.
        offers, deals: by row's id.
    """

    farmers: list[NewFarmer] = field(default_factory=list)
    accounts: dict[int, int] = field(default_factory=dict)
    new: dict[int, int] = field(default_factory=dict)
    offers: dict[int, PreparedOffer] = field(default_factory=dict)
    deals: dict[int, PreparedProposal] = field(default_factory=dict)


@dataclass
class Draft:
    """The plan as it is written at one moment, made ready before the transaction.

    Attributes:
        owners: by row's id, the farmer's account; offers, deals: the number of its offer or deal.
        consents: on which it is acted for each owner of an offer or deal, and each new farmer.
        numbers: of the new rows, which nobody else may have been given meanwhile.
        people: the farmers; rest: what is theirs.
    """

    now: datetime
    owners: dict[int, int]
    offers: dict[int, int]
    deals: dict[int, int]
    consents: dict[int, int | None]
    numbers: dict[type[Base], list[int]] = field(default_factory=dict)
    people: PreparedWrites = field(default_factory=PreparedWrites)
    rest: PreparedWrites = field(default_factory=PreparedWrites)


def is_chosen(imported: Import, row: Any) -> bool:
    """Whether a row of the dry run is imported, as it was decided."""
    asks = any(problem["asks"] for problem in row.problems)
    if asks and not imported.keeps_questioned:
        return False
    if row.state is RowState.DUPLICATE:
        adds = imported.duplicate_policy is DuplicatePolicy.ADD
        return adds and (row.duplicate_of or {}).get("kind") in ADDABLE
    return row.state in (RowState.READY, RowState.QUESTION)


def chosen_rows(imported: Import) -> Sequence[Any]:
    """The rows of the dry run that are imported, in the order of the sheet."""
    columns = (ImportRow.id, ImportRow.state, ImportRow.values, ImportRow.problems)
    rows = db.session.execute(
        select(*columns, ImportRow.duplicate_of, ImportRow.account_id)
        .where(
            ImportRow.import_id == imported.id,
            ImportRow.state.in_((RowState.READY, RowState.QUESTION, RowState.DUPLICATE)),
        )
        .order_by(ImportRow.row, ImportRow.part)
    )
    return [row for row in rows if is_chosen(imported, row)]


def make(imported: Import) -> None:
    """Import what was chosen: all of it, or nothing. Not inside a transaction.

    Where the dry run is no longer so, it is made again, and says what has changed.
    """
    try:
        with acting_for(imported.assistant, "imports.start", "import.manage"):
            plan = at_low_priority(_plan, imported)
            for _ in range(MAX_DRAFTS):
                draft = at_low_priority(_draft, imported, plan)
                try:
                    with transaction():
                        _write(imported, plan, draft)
                    return
                except NumbersInUse:
                    continue
            with transaction():
                # Others write all the time: once, they wait.
                _write(imported, plan, _draft(imported, plan))
    except (StaleDryRun, DomainError):
        with transaction():
            if lock(imported).state is ImportState.QUEUED:
                try_anew(imported)


def _plan(imported: Import) -> Plan:
    plan, places = Plan(), {}
    owner = Account(name="", phone=None)
    phones, regions = _known_farmers(imported)
    for row in chosen_rows(imported):
        stored, values = row.values["farmer"], unpack(row.values)
        if row.account_id is not None:
            plan.accounts[row.id] = row.account_id
            owner.phone = phones.get(row.account_id)
        else:
            if stored["number"] not in places:
                places[stored["number"]] = len(plan.farmers)
                plan.farmers.append(new_farmer(stored))
            plan.new[row.id] = places[stored["number"]]
            owner.phone = stored["phone"]
        if imported.kind is ImportKind.OFFERS:
            key = f"{imported.id}-{row.id}"
            plan.offers[row.id] = prepare(owner, offer_values(values, imported.side), key)
        elif imported.kind is ImportKind.DEALS:
            owner.region_code = regions.get(row.account_id, stored["region"])
            plan.deals[row.id] = prepare_proposal(
                imported.assistant,
                owner,
                other_party(values),
                db.session.get_one(Product, values["product"]),
                deal_terms(values),
                f"import {imported.id} {row.id}",
            )
    return plan


def _known_farmers(imported: Import) -> tuple[dict[int, str | None], dict[int, str]]:
    """The phone and the region of those whom the station represents."""
    columns = (Account.id, Account.phone, Account.region_code)
    theirs = select(*columns).where(Account.represented_by_id == imported.assistant_id)
    found = db.session.execute(theirs).all()
    return {row.id: row.phone for row in found}, {row.id: row.region_code for row in found}


def _draft(imported: Import, plan: Plan) -> Draft:
    """The plan as rows. Raises Refused: a consent was withdrawn."""
    now, assistant = utcnow(), imported.assistant
    accounts, consents = (next_ids(model, len(plan.farmers)) for model in (Account, Consent))
    owners = plan.accounts | {row: accounts[place] for row, place in plan.new.items()}
    offer_ids = next_ids(Offer, len(plan.offers))
    party_ids, deal_ids = (next_ids(model, len(plan.deals)) for model in (UnregisteredParty, Deal))
    of_offers = dict(zip(plan.offers, offer_ids, strict=True))
    of_deals = dict(zip(plan.deals, deal_ids, strict=True))
    acts_for = (of_offers | of_deals).keys() & plan.accounts.keys()
    given = standing_consents(assistant, {plan.accounts[row] for row in acts_for})
    given |= dict(zip(accounts, consents, strict=True))
    draft = Draft(now, owners, of_offers, of_deals, given)
    draft.numbers = {Account: accounts, Consent: consents, Offer: offer_ids}
    draft.numbers |= {UnregisteredParty: party_ids, Deal: deal_ids}
    farmers, theirs = farmer_rows(assistant, plan.farmers, accounts, consents, now)
    draft.people.insert(Account, farmers, unsaid=("name_skeleton",))
    draft.people.insert(Consent, theirs)
    posted = [(owners[row], offer) for row, offer in plan.offers.items()]
    draft.rest.insert(Offer, posted_rows(assistant, posted, given, offer_ids, now))
    for outbox in (OfferChange, OfferPublication):
        draft.rest.insert(outbox, [{"offer_id": id_, "at": now} for id_ in offer_ids])
    sold = [(owners[row], proposal) for row, proposal in plan.deals.items()]
    for model, rows in proposal_rows(sold, party_ids, deal_ids, now).items():
        draft.rest.insert(model, rows)
    draft.rest.update(ImportRow, _made_rows(plan, draft))
    return draft


def _made_rows(plan: Plan, draft: Draft) -> dict[int, dict[str, Any]]:
    return {
        row: {
            "state": RowState.MADE,
            "account_id": owner,
            "is_registered": row in plan.new,
            "offer_id": draft.offers.get(row),
            "deal_id": draft.deals.get(row),
        }
        for row, owner in draft.owners.items()
    }


def _write(imported: Import, plan: Plan, draft: Draft) -> None:
    """Inside the one transaction.

    Raises:
        NumbersInUse: somebody else was given one of the numbers of the draft.
        StaleDryRun: an offer of the same goods was posted since, a number of a phone or a
            consent is no longer as it was.
        Refused: a consent was withdrawn. QuotaReached: too many deals today.
    """
    lock(imported)
    if imported.state is not ImportState.QUEUED:
        raise StaleDryRun
    assistant = imported.assistant
    if not may(assistant, "import.manage", imported):
        move(imported, ImportState.FAILED, "no_right")
        return
    _check_still_new(imported, plan)
    if plan.deals:
        PROPOSALS.check(assistant, len(plan.deals))
    for model, ids in draft.numbers.items():
        _check_numbers(model, ids)
    try:
        draft.people.send()
    except IntegrityError as error:
        if violated(error, "phone"):
            raise StaleDryRun from None
        raise
    if standing_consents(assistant, draft.consents) != draft.consents:
        raise StaleDryRun
    draft.rest.send()
    tell_of_posted(list(draft.offers.values()), draft.now)
    move(imported, ImportState.DONE)
    imported.made, imported.done_at = len(draft.owners), draft.now
    imported.progress = 100


def _check_numbers(model: type[Base], ids: Sequence[int]) -> None:
    """Raises NumbersInUse."""
    column = model.__table__.c.id
    if ids and db.session.scalar(select(exists().where(column.between(ids[0], ids[-1])))):
        raise NumbersInUse


def _check_still_new(imported: Import, plan: Plan) -> None:
    """Refuse to post what was posted since the dry run. Raises StaleDryRun."""
    if imported.duplicate_policy is DuplicatePolicy.ADD or not plan.offers:
        return
    there = open_offers(set(plan.accounts.values()))
    for row, offer in plan.offers.items():
        if (plan.accounts.get(row), offer.product, offer.side) in there:
            raise StaleDryRun
