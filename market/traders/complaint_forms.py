"""The forms of complaints."""

from __future__ import annotations

from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from market.messages.models import MAX_TEXT_LENGTH
from market.offers.photo_field import PhotosField
from market.traders.complaint_models import MAX_COMPLAINT_PHOTOS
from market.traders.labels import COMPLAINT_DECISIONS, COMPLAINT_KINDS
from market.web.forms import Form, IdempotencyKey, Length
from market.web.language import lazy_gettext as _l
from market.web.reasons import MAX_REASON_LENGTH


class ComplaintForm(Form):
    """What somebody did."""

    key = IdempotencyKey()
    kind = RadioField(
        _l("What is it about?"),
        [InputRequired(_l("Choose what it is about."))],
        choices=[SelectChoice(kind.value, word) for kind, word in COMPLAINT_KINDS.items()],
    )
    text = TextAreaField(
        _l("What happened?"),
        [Length(max=MAX_TEXT_LENGTH)],
        description=_l("When, how much, what was agreed. The other side reads it too."),
    )
    photos = PhotosField(_l("Pictures"), folder="complaints", max_photos=MAX_COMPLAINT_PHOTOS)


class StatementForm(Form):
    """What the accused say."""

    text = TextAreaField(_l("Your statement"), [Length(max=MAX_TEXT_LENGTH)])


class DecideComplaintForm(Form):
    """What an official decides."""

    decision = RadioField(
        _l("Decision"),
        [InputRequired(_l("Choose what to do."))],
        choices=[SelectChoice(each.value, word) for each, word in COMPLAINT_DECISIONS.items()],
    )
    reason = TextAreaField(_l("Why?"), [Length(max=MAX_REASON_LENGTH)])
