"""The administrator's pages of regions and townships: effective at once, with their history."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from market.cache.versions import recheck
from market.database import db, transaction
from market.permissions import requires
from market.regions import bp, editing, labels
from market.regions.admin_forms import EndRegionForm, RegionForm, RegionSearchForm, TownshipForm
from market.regions.models import Region, Township
from market.regions.queries import (
    REGION_LEXICON,
    get_region,
    home_region,
    resolve_region,
    suggest_regions,
)
from market.regions.reference_edits import is_edited
from market.web.errors import DomainError, add_form_error


def get_township(code: str) -> Township:
    """The township of that code, or 404."""
    return db.session.get(Township, code) or abort(404)


def _inside(region: Region) -> Sequence[Region]:
    """The regions directly inside, ended ones too, in the order of their codes."""
    rows = select(Region).where(Region.parent_code == region.code).order_by(Region.code)
    return db.session.scalars(rows).all()


def _townships(region: Region) -> Sequence[Township]:
    rows = select(Township).where(Township.region_code == region.code).order_by(Township.code)
    return db.session.scalars(rows).all()


@bp.get("/admin/regions")
@requires("administrator")
def admin() -> str:
    form = RegionSearchForm(request.args)
    home, text = home_region(), form.chosen().get("q", "")
    found = resolve_region(text, leaves_only=False) or suggest_regions(text) if text else ()
    return render_template(
        "regions/admin.html",
        form=form,
        text=text,
        regions=found if text else [home, *_inside(home)],
        labels=labels,
    )


def _page(
    region: Region, form: RegionForm | None = None, ending: EndRegionForm | None = None
) -> str:
    """The region's page; the form that was sent stands there with what is wrong."""
    return render_template(
        "regions/admin_region.html",
        region=region,
        form=form or RegionForm(formdata=None, obj=region),
        ending=ending or EndRegionForm(formdata=None),
        inside=_inside(region),
        townships=_townships(region),
        successor=region.successor_code and db.session.get(Region, region.successor_code),
        labels=labels,
        is_edited=is_edited(region),
    )


def _back(endpoint: str, code: str) -> Response:
    recheck(REGION_LEXICON)
    return redirect(url_for(endpoint, code=code), 303)


@bp.route("/admin/regions/<code>", methods=["GET", "POST"])
@requires("administrator", load=get_region)
def admin_region(region: Region) -> ResponseReturnValue:
    form = RegionForm(obj=region)
    if form.validate_on_submit():
        try:
            with transaction():
                editing.rename_region(region, *form.names())
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Saved. It holds at once."), "success")
            return _back("regions.admin_region", region.code)
    return _page(region, form)


@bp.post("/admin/regions/<code>/end")
@requires("administrator", load=get_region)
def end(region: Region) -> ResponseReturnValue:
    form = EndRegionForm()
    if form.validate_on_submit() and form.became.data:
        try:
            with transaction():
                editing.end_region(region, form.last_day.data, form.became.data)
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("The region has ended. What is live has moved."), "success")
            return _back("regions.admin_region", region.code)
    return _page(region, ending=form)


@bp.route("/admin/townships/<code>", methods=["GET", "POST"])
@requires("administrator", load=get_township)
def admin_township(township: Township) -> ResponseReturnValue:
    form = TownshipForm(obj=township)
    if form.validate_on_submit():
        try:
            with transaction():
                editing.rename_township(township, form.name.data or "", form.name_en.data or "")
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Saved. It holds at once."), "success")
            return _back("regions.admin_region", township.region_code)
    county = get_region(township.region_code)
    return render_template(
        "regions/admin_township.html", township=township, county=county, form=form
    )
