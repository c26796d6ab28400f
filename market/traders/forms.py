"""The forms of ratings, disputes and certificates."""

from __future__ import annotations

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from market.accounts.forms import Needed
from market.offers.photo_field import PhotosField
from market.traders.certificates import CertificateValues
from market.traders.labels import CERTIFICATE_KINDS, STARS
from market.traders.models import (
    MAX_ISSUER_LENGTH,
    MAX_NUMBER_LENGTH,
    MAX_RATING_LENGTH,
    CertificateDecision,
    CertificateKind,
    DisputeDecision,
)
from market.web.forms import DayField, Form, IdempotencyKey, Length
from market.web.language import lazy_gettext as _l
from market.web.reasons import MAX_REASON_LENGTH


class RateForm(Form):
    """How the other side was."""

    key = IdempotencyKey()
    stars = RadioField(
        _l("How was it?"),
        [InputRequired(_l("Choose from one to five."))],
        choices=[SelectChoice(str(number), words) for number, words in STARS.items()],
    )
    text = TextAreaField(
        _l("In a few words"),
        [Length(max=MAX_RATING_LENGTH)],
        description=_l("Were the goods as described, on time, was it paid in time?"),
    )


class AnswerRatingForm(Form):
    """What the rated say to it."""

    text = TextAreaField(_l("Your answer"), [Length(max=MAX_RATING_LENGTH)])


class DisputeForm(Form):
    """What is wrong with a line."""

    key = IdempotencyKey()
    reason = TextAreaField(_l("What is wrong?"), [Length(max=MAX_REASON_LENGTH)])


class DecideDisputeForm(Form):
    """What an official decides about it."""

    decision = RadioField(
        _l("Decision"),
        [InputRequired(_l("Choose what to do."))],
        choices=[
            SelectChoice(DisputeDecision.KEEP.value, _l("It is right: it stays on the page")),
            SelectChoice(DisputeDecision.HIDE.value, _l("It is wrong: take it off the page")),
        ],
    )
    reason = TextAreaField(_l("Why?"), [Length(max=MAX_REASON_LENGTH)])


class CertificateForm(Form):
    """What is printed on a certificate."""

    key = IdempotencyKey()
    kind = SelectField(
        _l("Which certificate?"),
        choices=[SelectChoice(kind.value, word) for kind, word in CERTIFICATE_KINDS.items()],
    )
    number = StringField(
        _l("Number"), [Needed(_l("Still missing: the number.")), Length(max=MAX_NUMBER_LENGTH)]
    )
    issued_by = StringField(
        _l("Issued by"),
        [Needed(_l("Still missing: who issued it.")), Length(max=MAX_ISSUER_LENGTH)],
    )
    valid_until = DayField(_l("Valid until"), description=_l("Leave it empty if it names no day."))
    photo = PhotosField(
        _l("Picture of it"),
        folder="certificates",
        max_photos=1,
        description=_l("Only the county office sees it."),
    )

    def values(self) -> CertificateValues:
        """The values of a valid form."""
        return CertificateValues(
            CertificateKind(self.kind.data),
            self.number.data or "",
            self.issued_by.data or "",
            self.valid_until.data,
        )


class DecideCertificateForm(Form):
    """What an official found."""

    decision = RadioField(
        _l("Decision"),
        [InputRequired(_l("Choose what to do."))],
        choices=[
            SelectChoice(CertificateDecision.CHECKED.value, _l("It is right: show it as checked")),
            SelectChoice(CertificateDecision.REFUSED.value, _l("It is not right: refuse it")),
        ],
    )
    source = StringField(_l("Where did you look it up?"), [Length(max=MAX_REASON_LENGTH)])
    reason = TextAreaField(_l("Why?"), [Length(max=MAX_REASON_LENGTH)])
