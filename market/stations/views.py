"""The assistant's desk, and a page for each farmer."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts import labels as account_labels
from market.accounts.login import actor
from market.accounts.models import Account, TraderType
from market.database import db, transaction
from market.deals import labels as deal_labels
from market.deals.queries import DealTab, find_deals
from market.offers import labels as offer_labels
from market.offers.models import OfferStatus
from market.offers.queries import cards_of_owner
from market.permissions import requires
from market.products.units import UNITS
from market.regions.models import Township
from market.stations import bp, services
from market.stations.consents import consent_of, signed_consent_of, was_recorded
from market.stations.duplicates import possible_duplicates, similar_farmers
from market.stations.farmers import (
    PER_PAGE,
    FarmerSearch,
    farmer_ids,
    find_farmers,
    names_of,
    places_of,
    station_totals,
)
from market.stations.forms import ConsentPaperForm, FarmerFilter, FarmerForm
from market.stations.labels import WORK_KINDS, format_consent
from market.stations.merging import ids_of
from market.stations.queries import get_farmer
from market.stations.rules import consent_ends
from market.stations.scope import counties_of, own_township, stations_of
from market.stations.work import work_for
from market.web.errors import DomainError, Repeated, add_form_error
from market.web.pagination import Pagination

RECENT = 30
# What the desk shows of the work list.
FIRST_WORK = 5


@bp.get("/station")
@requires("assistant")
def desk() -> str:
    assistant = actor().id
    form = FarmerFilter(request.args, *places_of(assistant))
    search = form.search()
    farmers, pagination = find_farmers(assistant, search, form.chosen().get("page", 1))
    work = work_for(farmer_ids(assistant, FarmerSearch()))
    return render_template(
        "stations/desk.html",
        form=form,
        search=search,
        farmers=farmers,
        pagination=pagination,
        page_address=lambda page: page_address("stations.desk", form, page),
        totals=station_totals(assistant),
        duplicates=len(possible_duplicates(assistant)),
        work=work[:FIRST_WORK],
        work_total=len(work),
        names=names_of([item.farmer_id for item in work[:FIRST_WORK]]),
        stations=stations_of(actor()),
        kinds=WORK_KINDS,
    )


@bp.get("/station/work")
@requires("assistant")
def work() -> str:
    assistant = actor().id
    form = FarmerFilter(request.args, *places_of(assistant))
    search = form.search()
    items = work_for(farmer_ids(assistant, search))
    pagination = Pagination(form.chosen().get("page", 1), PER_PAGE, len(items))
    shown = pagination.rows_of(items)
    return render_template(
        "stations/work.html",
        form=form,
        search=search,
        work=shown,
        names=names_of([item.farmer_id for item in shown]),
        pagination=pagination,
        page_address=lambda page: page_address("stations.work", form, page),
        kinds=WORK_KINDS,
    )


def page_address(endpoint: str, form: FarmerFilter, page: int) -> str:
    """The address of another page of the same list."""
    return url_for(endpoint, **{**form.chosen(), "page": page})


@bp.route("/station/farmers/new", methods=["GET", "POST"])
@requires("assistant")
def new_farmer() -> ResponseReturnValue:
    scope = counties_of(actor())
    home = scope[0] if len(scope) == 1 and scope[0].is_leaf else None
    town = own_township(actor(), home) if home else None
    form = FarmerForm(
        region=home,
        township=db.session.get(Township, town) if town else None,
        trader_type=TraderType.FARMER,
    )
    form.region.within = scope
    if form.validate_on_submit() and not _asks_who_it_is(form):
        names = ("name", "phone", "trader_type", "region", "township", "way", "note", "key")
        chosen = {name: form[name].data for name in names}
        chosen |= {"village": form.village.data or "", "paper": form.picture}
        try:
            with transaction():
                farmer = services.register_farmer(actor(), **chosen)
            flash(_("%(name)s is registered.", name=farmer.name), "success")
            return redirect(url_for("stations.farmer", account_id=farmer.id), 303)
        except Repeated as error:
            return redirect(url_for("stations.farmer", account_id=error.existing.id), 303)
        except DomainError as error:
            add_form_error(error, form)
    return render_template("stations/new_farmer.html", form=form)


def _asks_who_it_is(form: FarmerForm) -> bool:
    """Whether there are farmers who are perhaps this one, and nobody said that it is another."""
    region, township = form.region.data, form.township.data
    # A form that is sent once more is no other farmer: it made the one that is found.
    if was_recorded(actor(), form.key.data):
        return False
    if not form.another.data and region is not None:
        form.similar = similar_farmers(
            *(actor(), form.name.data or "", form.phone.data, region.code),
            *(township.code if township else None, form.village.data or ""),
        )
    return bool(form.similar)


@bp.get("/station/farmers/<int:account_id>")
@requires("party.represent", load=get_farmer)
def farmer(account: Account) -> str:
    consent = consent_of(account)
    return render_template(
        "stations/farmer.html",
        farmer=account,
        consent=consent,
        signed=signed_consent_of(account),
        how=format_consent(consent.how) if consent else None,
        paper_form=ConsentPaperForm(),
        ends=consent_ends(consent.given_at) if consent else None,
        offers=cards_of_owner(ids_of(account), list(OfferStatus), Pagination(1, RECENT, RECENT)),
        deals=find_deals(ids_of(account), DealTab.ALL, Pagination(1, RECENT, RECENT)),
        labels=account_labels,
        offer_labels=offer_labels,
        deal_labels=deal_labels,
        UNITS=UNITS,
    )


@bp.post("/station/farmers/<int:account_id>/withdraw-consent")
@requires("party.represent", load=get_farmer)
def withdraw_consent(account: Account) -> Response:
    name = account.name
    with transaction():
        services.withdraw_consent(actor(), account)
    flash(_("%(name)s is no longer represented; what stood was withdrawn.", name=name), "success")
    return redirect(url_for("stations.desk"), 303)


@bp.post("/station/farmers/<int:account_id>/erase")
@requires("party.represent", load=get_farmer)
def erase_farmer(account: Account) -> Response:
    with transaction():
        services.erase_farmer(actor(), account)
    flash(_("The farmer's name and phone number are removed."), "success")
    return redirect(url_for("stations.desk"), 303)
