"""What to make a document of, and what to check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Optional

from market.fairs.models import Fair
from market.papers.document_figures import Issue
from market.papers.labels import KIND_LABELS
from market.papers.models import DocumentKind
from market.regions.models import Region
from market.web.filters import local_name
from market.web.forms import FilterForm, Form, Length
from market.web.language import lazy_gettext as _l

MAX_ISSUER_LENGTH, MAX_NUMBER_LENGTH = 60, 40


class RequestForm(Form):
    """A document to be made.

    Args:
        fairs, regions: those there are to choose from.
        kinds: the kinds the account may ask for.
        proposal: what a bulletin would be issued as; None where none may be asked for.
    """

    kind = SelectField(_l("What"), [DataRequired()])
    fair = SelectField(_l("Fair"), [DataRequired()])
    region = SelectField(_l("Region"), [DataRequired()])
    issuer = StringField(_l("Issuing body"), [Optional(), Length(max=MAX_ISSUER_LENGTH)])
    number = StringField(_l("Number of the bulletin"), [Optional(), Length(max=MAX_NUMBER_LENGTH)])

    def __init__(
        self,
        fairs: Sequence[Fair],
        regions: Sequence[Region],
        kinds: Sequence[DocumentKind],
        proposal: Issue | None = None,
    ) -> None:
        proposed = {"issuer": proposal.issuer, "number": proposal.number} if proposal else {}
        super().__init__(data=proposed)
        self.fairs = {fair.slug: fair for fair in fairs}
        self.regions = {region.code: region for region in regions}
        self.kind.choices = [SelectChoice(kind.value, KIND_LABELS[kind]) for kind in kinds]
        self.fair.choices = [SelectChoice(slug, local_name(f)) for slug, f in self.fairs.items()]
        self.region.choices = [
            SelectChoice(code, "　" * r.path.count("/") + local_name(r))
            for code, r in self.regions.items()
        ]

    def values(self) -> dict[str, Any]:
        """What request_document takes; a bulletin is always of the fair's whole region."""
        kind, fair = DocumentKind(self.kind.data), self.fairs[self.fair.data]
        whole = kind is DocumentKind.BULLETIN
        region = fair.region if whole else self.regions[self.region.data]
        values = {"kind": kind, "fair": fair, "region": region}
        if whole:
            values["issue"] = Issue(self.issuer.data or "", self.number.data or "")
        return values

    def validate(self, extra_validators: Any = None) -> bool:
        """A bulletin is issued by somebody under a number."""
        is_valid = super().validate(extra_validators)
        if self.kind.data == DocumentKind.BULLETIN:
            for field in (self.issuer, self.number):
                if not (field.data or "").strip() and not field.errors:
                    field.errors = [*field.errors, _("A bulletin needs it.")]
                    is_valid = False
        return is_valid


class CheckForm(FilterForm):
    """A code from paper, and if one likes the beginning of a hash or fingerprint beside it."""

    code = StringField(_l("Code on the paper"), [DataRequired(), Length(max=300)])
    hash = StringField(
        _l("Beginning of the fingerprint or of the ledger's hash"),
        [Optional(), Length(min=8, max=64)],
        description=_l("At least 8 characters, if you want to be sure that nothing was retyped."),
    )
