"""The desk's page of texts in which no product was understood, where words are added."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired

from market.cache.versions import recheck
from market.database import transaction
from market.permissions import requires
from market.products import bp, unmatched
from market.products.forms import ProductField
from market.products.models import AddedWord
from market.products.queries import LEXICON, PRODUCT_NAMES
from market.web.desk_registry import DeskTab, tabs
from market.web.errors import DomainError, add_form_error
from market.web.filters import local_name
from market.web.forms import Form, Length
from market.web.language import lazy_gettext as _l

MAX_WORD = 40

tabs.append(DeskTab(75, _l("Unknown words"), "products.words"))


class WordForm(Form):
    """A word and the product that it means."""

    word = StringField(
        _l("Word"), [InputRequired(_l("Still missing: the word.")), Length(max=MAX_WORD)]
    )
    product = ProductField(_l("What it means"), [InputRequired(_l("Still missing: the product."))])


def load_added_word(word: str) -> AddedWord:
    """The word that was added, or 404."""
    return unmatched.get_added_word(word) or abort(404)


def _page(form: WordForm, status: int = 200) -> tuple[str, int]:
    """The texts of one week; the form stands at the text that the address names, else below."""
    counts = dict(unmatched.weeks())
    asked = request.args.get("week")
    this = unmatched.monday()
    week = next((w for w in counts if w.isoformat() == asked), next(iter(counts), this))
    page = render_template(
        "products/words.html",
        form=form,
        week=week,
        weeks=counts,
        this_week=this,
        texts=unmatched.unmatched_texts(week),
        open_text=request.args.get("text"),
        added=unmatched.added_words(),
    )
    return page, status


@bp.get("/desk/words")
@requires("official")
def words() -> tuple[str, int]:
    return _page(WordForm(word=request.args.get("text", "")[:MAX_WORD]))


@bp.post("/desk/words")
@requires("official")
def add_word() -> Response | tuple[str, int]:
    form = WordForm()
    if form.validate_on_submit() and form.product.data:
        try:
            with transaction():
                added = unmatched.add_word(form.word.data or "", form.product.data)
        except DomainError as error:
            add_form_error(error, form)
        else:
            recheck(LEXICON, PRODUCT_NAMES)
            means = local_name(form.product.data)
            flash(_("“%(word)s” is %(product)s now.", word=added.word, product=means), "success")
            return _redirect_to_week()
    return _page(form, 422)


@bp.post("/desk/words/<path:word>/withdraw")
@requires("official", load=load_added_word)
def withdraw_word(added: AddedWord) -> Response:
    with transaction():
        unmatched.withdraw_word(added)
    recheck(LEXICON, PRODUCT_NAMES)
    flash(_("The word is withdrawn."), "success")
    return _redirect_to_week()


def _redirect_to_week() -> Response:
    # Without an anchor a browser would keep the form's, below what the flash says.
    there = url_for("products.words", week=request.args.get("week"), _anchor="main")
    return redirect(there, 303)
