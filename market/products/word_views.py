"""The desk's page of texts in which no product was understood, where words are added."""

from __future__ import annotations

from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from market.database import transaction
from market.permissions import requires
from market.products import bp, unmatched
from market.products.forms import ProductField
from market.products.models import AddedWord
from market.web.desk_registry import DeskTab, tabs
from market.web.errors import DomainError, add_form_error
from market.web.language import lazy_gettext as _l

tabs.append(DeskTab(75, _l("Unknown words"), "products.words"))


class WordForm(FlaskForm):
    """A word and the product that it means."""

    word = StringField(_l("Word"), [InputRequired(), Length(max=40)])
    product = ProductField(_l("Product"), [InputRequired()])


def load_added_word(word: str) -> AddedWord:
    """The word that was added, or 404."""
    return unmatched.get_added_word(word) or abort(404)


def _page(form: WordForm, status: int = 200) -> tuple[str, int]:
    weeks = unmatched.weeks()
    chosen = next((w for w in weeks if w.isoformat() == request.args.get("week")), None)
    week: date = chosen or (weeks[0] if weeks else unmatched.monday())
    page = render_template(
        "products/words.html",
        form=form,
        week=week,
        weeks=weeks,
        texts=unmatched.unmatched_texts(week),
        added=unmatched.added_words(),
    )
    return page, status


@bp.get("/desk/words")
@requires("official")
def words() -> tuple[str, int]:
    return _page(WordForm(word=request.args.get("word", "")[:40]))


@bp.post("/desk/words")
@requires("official")
def add_word() -> Response | tuple[str, int]:
    form = WordForm()
    if form.validate_on_submit() and form.product.data:
        try:
            with transaction():
                unmatched.add_word(form.word.data or "", form.product.data)
            flash(_("The word is known now."), "success")
            return redirect(url_for("products.words"), 303)
        except DomainError as error:
            add_form_error(form, error)
    return _page(form, 422)


@bp.post("/desk/words/<word>/withdraw")
@requires("official", load=load_added_word)
def withdraw_word(added: AddedWord) -> Response:
    with transaction():
        unmatched.withdraw_word(added)
    flash(_("The word is withdrawn."), "success")
    return redirect(url_for("products.words"), 303)
