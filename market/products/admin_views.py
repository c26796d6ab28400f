"""The administrator's pages of products and their words: effective at once, with their history."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.cache.versions import recheck
from market.database import transaction
from market.permissions import requires
from market.products import bp, editing, labels, unmatched
from market.products.admin_forms import (
    EditProductForm,
    NewProductForm,
    ProductFilter,
    ProductWordForm,
)
from market.products.admin_queries import (
    find_products,
    get_product,
    get_withdrawn,
    get_word,
    is_added,
    words_of,
)
from market.products.models import AddedWord, Product, ProductAlias, WithdrawnAlias
from market.products.queries import LEXICON, PRODUCT_NAMES
from market.regions.reference_edits import is_edited
from market.web.converters import page_number
from market.web.errors import DomainError, add_form_error
from market.web.form_recovery import flash_refusal


@bp.get("/admin/products")
@requires("administrator")
def admin() -> str:
    form = ProductFilter(request.args)
    found = find_products(form.search(), request.args.get("page", 1, page_number))
    return render_template("products/admin.html", form=form, found=found, is_added=is_added)


@bp.route("/admin/products/new", methods=["GET", "POST"])
@requires("administrator")
def create() -> ResponseReturnValue:
    form = NewProductForm()
    if form.validate_on_submit():
        place = form.chosen_category, form.parent.data, form.chosen_relation
        try:
            with transaction():
                product = editing.add_product(form.name.data or "", *place, **form.values())
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Product added."), "success")
            return _back(product)
    return render_template("products/admin_new.html", form=form)


def _page(
    product: Product, form: EditProductForm | None = None, word: ProductWordForm | None = None
) -> str:
    """The product's page; the form that was sent stands there with what is wrong."""
    return render_template(
        "products/admin_product.html",
        product=product,
        form=form or EditProductForm(formdata=None, obj=product),
        word_form=word or ProductWordForm(formdata=None),
        words=words_of(product),
        labels=labels,
        is_edited=is_edited(product),
        is_added=is_added(product.code),
    )


def _back(product: Product) -> Response:
    recheck(LEXICON, PRODUCT_NAMES)
    return redirect(url_for("products.admin_product", code=product.code), 303)


@bp.route("/admin/products/<code>", methods=["GET", "POST"])
@requires("administrator", load=get_product)
def admin_product(product: Product) -> ResponseReturnValue:
    form = EditProductForm(obj=product)
    if form.validate_on_submit():
        try:
            with transaction():
                editing.edit_product(product, form.name.data or "", **form.values())
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Saved. It holds at once."), "success")
            return _back(product)
    return _page(product, form)


@bp.post("/admin/products/<code>/words")
@requires("administrator", load=get_product)
def add_admin_word(product: Product) -> ResponseReturnValue:
    form = ProductWordForm()
    if form.validate_on_submit():
        try:
            with transaction():
                unmatched.add_word(form.word.data or "", product)
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Word added. It holds at once."), "success")
            return _back(product)
    return _page(product, word=form)


@bp.post("/admin/products/<code>/words/<path:word>/withdraw")
@requires("administrator", load=get_word)
def withdraw_admin_word(word: ProductAlias | AddedWord) -> Response:
    product = word.product
    with transaction():
        if isinstance(word, ProductAlias):
            editing.withdraw_alias(word)
        else:
            unmatched.withdraw_word(word)
    flash(_("The word is withdrawn."), "success")
    return _back(product)


@bp.post("/admin/products/<code>/words/<path:word>/restore")
@requires("administrator", load=get_withdrawn)
def restore_admin_word(withdrawn: WithdrawnAlias) -> Response:
    product = withdrawn.product
    try:
        with transaction():
            editing.restore_alias(withdrawn)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(_("The word means the product again."), "success")
    return _back(product)
