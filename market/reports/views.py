"""The official's desk: what waits to be verified, and the queues to do it in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from market.database import transaction
from market.deals.flags import flags
from market.deals.forms import ReasonForm
from market.deals.models import Deal, DealStatus
from market.deals.services import return_deal, verify_deal
from market.errors import DomainError
from market.extensions import db
from market.offers.models import Offer
from market.offers.services import return_offer, verify_offer
from market.permissions import requires
from market.products.units import UNITS
from market.reports import bp, queries
from market.reports.forms import QueueFilter


def load_offer(offer_id: int) -> Offer:
    return db.session.get(Offer, offer_id) or abort(404)


def load_deal(deal_id: int) -> Deal:
    return db.session.get(Deal, deal_id) or abort(404)


@bp.get("/desk")
@requires("official")
def desk() -> str:
    session, paths = db.session(), queries.scope(current_user)
    return render_template(
        "reports/desk.html",
        regions=[g.region for g in current_user.grants if g.region.path in paths],
        offers=queries.count_offers(session, paths),
        deals=queries.count_deals(session, paths, DealStatus.AGREED),
        returned=queries.count_deals(session, paths, DealStatus.RETURNED),
        disputed=queries.count_deals(session, paths, DealStatus.DISPUTED),
        fairs=queries.running_fairs(session, current_user),
    )


def _queue() -> tuple[QueueFilter, list[str], int]:
    """The filter, the subtrees it chooses, and the page."""
    paths = queries.scope(current_user)
    form = QueueFilter(request.args, queries.counties(db.session(), paths))
    chosen = form.chosen()
    county = form.paths.get(chosen.get("region", ""))
    return form, [county] if county else paths, chosen.get("page", 1)


def _show_queue(template: str, form: QueueFilter, page: int, total: int, **values: Any) -> str:
    return render_template(
        template,
        form=form,
        page=page,
        pages=-(-total // queries.PER_PAGE),
        total=total,
        here={"region": form.chosen().get("region"), "page": page if page > 1 else None},
        UNITS=UNITS,
        verifies=lambda path: queries.verifies(current_user, path),
        **values,
    )


@bp.get("/desk/offers")
@requires("official")
def desk_offers() -> str:
    form, paths, page = _queue()
    rows = queries.offers_waiting(db.session(), paths, page)
    total = queries.count_offers(db.session(), paths)
    return _show_queue("reports/desk_offers.html", form, page, total, rows=rows)


@bp.get("/desk/deals")
@requires("official")
def desk_deals() -> str:
    form, paths, page = _queue()
    rows = queries.deals_waiting(db.session(), paths, page)
    total = queries.count_deals(db.session(), paths, DealStatus.AGREED)
    found = flags(db.session(), rows)
    return _show_queue("reports/desk_deals.html", form, page, total, rows=rows, flags=found)


def _decide(queue: str, done: str, step: Callable[[], Any]) -> Response:
    """Take one decision in one transaction, say how it went, and go on with the queue."""
    given: dict[str, Any] = {
        name: value for name in ("region", "page") if (value := request.args.get(name))
    }
    try:
        with transaction():
            step()
    except DomainError as error:
        flash(str(error.message), "error")
    else:
        flash(done, "success")
    return redirect(url_for(queue, **given), 303)


@bp.post("/desk/offers/<int:offer_id>/verify")
@requires("offer.verify", load=load_offer)
def desk_verify_offer(offer: Offer) -> Response:
    done = _("Verified: %(title)s", title=offer.title)
    return _decide("reports.desk_offers", done, lambda: verify_offer(current_user, offer))


@bp.post("/desk/offers/<int:offer_id>/return")
@requires("offer.verify", load=load_offer)
def desk_return_offer(offer: Offer) -> Response:
    reason = ReasonForm().reason.data or ""
    done = _("Returned: %(title)s", title=offer.title)
    return _decide("reports.desk_offers", done, lambda: return_offer(current_user, offer, reason))


@bp.post("/desk/deals/<int:deal_id>/verify")
@requires("deal.verify", load=load_deal)
def desk_verify_deal(deal: Deal) -> Response:
    done = _("Deal %(id)s is verified and counted.", id=deal.id)
    return _decide("reports.desk_deals", done, lambda: verify_deal(current_user, deal))


@bp.post("/desk/deals/<int:deal_id>/return")
@requires("deal.verify", load=load_deal)
def desk_return_deal(deal: Deal) -> Response:
    reason = ReasonForm().reason.data or ""
    done = _("Deal %(id)s is returned.", id=deal.id)
    return _decide("reports.desk_deals", done, lambda: return_deal(current_user, deal, reason))
